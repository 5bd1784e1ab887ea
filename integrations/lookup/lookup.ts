import { request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Logger } from 'pino'
import type { CallFacts, LookupAnswer } from '../../ivr/block.ts'
import { checkUrl, guardedAgent } from '../webhooks/guard.ts'
import { parseAnswer, resolve, type FindOperator } from './answer.ts'

export interface LookupOptions {
  /** Whether systems in the own network may be asked. */
  allowPrivate: boolean
  findOperator: FindOperator
  /** E.164 of a number as people write it; null when it is none. */
  normalise: (number: string) => string | null
  log: Logger
}

const usualTimeoutMs = 1500
const mostBytes = 64 * 1024

/**
 * Asks outside systems about calls in progress (`routing.lookup`). GET with the call's facts as parameters; with
 * `#post` behind the URL the same as a form by POST. The caller waits for it, so whatever goes wrong is told to the
 * log and answered with null.
 */
export function createLookup(options: LookupOptions) {
  const { log } = options
  const dispatcher = guardedAgent(options.allowPrivate, usualTimeoutMs)

  async function ask(rawUrl: string, timeoutMs: number, facts: CallFacts): Promise<LookupAnswer | null> {
    try {
      const url = new URL(rawUrl)
      checkUrl(url, options.allowPrivate)
      const body = await fetchText(url, factsAsParameters(facts), timeoutMs || usualTimeoutMs, dispatcher)
      const raw = parseAnswer(body)
      if (raw === null) throw new Error(`Not an answer: ${body.slice(0, 200)}`)
      return resolve(raw, options.findOperator, options.normalise)
    } catch (error) {
      log.warn({ err: error, callId: facts.callId, url: withoutQuery(rawUrl) }, 'A lookup gave no answer')
      return null
    }
  }

  return { ask, close: (): Promise<void> => dispatcher.close() }
}

/** @throws what undici throws, and Error for a status other than 2xx or a body that is too long */
async function fetchText(
  url: URL,
  parameters: Record<string, string>,
  timeoutMs: number,
  dispatcher: Dispatcher
): Promise<string> {
  const isPost = url.hash === '#post'
  url.hash = ''
  if (!isPost) for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const answer = await request(url, {
    method: isPost ? 'POST' : 'GET',
    headers: {
      'user-agent': 'Ringtrace-Lookup/1',
      accept: 'application/json, text/plain',
      ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
    },
    ...(isPost ? { body: new URLSearchParams(parameters).toString() } : {}),
    dispatcher,
    // From the name to the last byte: the caller waits.
    signal: AbortSignal.timeout(timeoutMs)
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`An answer of more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`Status ${answer.statusCode}`)
  return Buffer.concat(chunks).toString('utf8')
}

/** Names as CoMagic sends them, which systems in use understand, then our own. */
function factsAsParameters(facts: CallFacts): Record<string, string> {
  const parameters: Record<string, string | null> = {
    cdr_id: facts.callId,
    numa: facts.callerNumber?.replace('+', '') ?? '',
    numb: facts.dialed.replace('+', ''),
    input_result: facts.pressed,
    caller: facts.callerNumber,
    caller_name: facts.callerName,
    dialed: facts.dialed,
    region: facts.region,
    source_id: facts.sourceId,
    inquiry_channel: facts.inquiryChannel,
    campaign: facts.campaign,
    keyword: facts.keyword,
    site_id: facts.siteId,
    contact_id: facts.contactId,
    tags: facts.tags.join(',') || null
  }
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
  )
}

/** A key in the query is a secret that no log needs. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/, '')
