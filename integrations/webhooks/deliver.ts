import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { checkUrl } from './guard.ts'
import { parseRetryAfter } from './schedule.ts'
import type { Request } from './core/message.ts'
import { shownHeaders } from './requests.ts'
import { signedHeaders } from './sign.ts'
import { storable } from './storable.ts'

/** One attempt to hand over one delivery. */
export interface Attempt {
  deliveryId: string
  secrets: readonly string[]
  request: Request
  /** The same without what nobody shall read: for the log. */
  shown: Request
}

/** What was sent and answered, as the log shows it. */
export interface Exchange {
  method: string
  url: string
  requestHeaders: Record<string, string>
  requestBody: string | null
  responseHeaders: Record<string, string> | null
}

export interface AttemptResult {
  /** `gone` is HTTP 410: the receiver wants no more. `aborted`: we are stopping, the receiver is not to blame. */
  outcome: 'ok' | 'failed' | 'gone' | 'aborted'
  status: number | null
  /** What went wrong, for people; null when it went well. */
  error: string | null
  /** The first 2 kB of the answer. */
  response: string | null
  retryAfterMs: number | null
  tookMs: number
  exchange: Exchange
}

const excerptBytes = 2048

/**
 * Sends one delivery, signed, and says how it went; never throws. Redirects are failures: following one would send the
 * payload to an address that nobody entered. `timeoutMs` covers everything from name to the answer's last kept byte.
 * @param stop aborts the attempt when this process is going down
 */
export async function deliver(
  attempt: Attempt,
  options: { dispatcher: Dispatcher; allowPrivate: boolean; timeoutMs: number; stop: AbortSignal }
): Promise<AttemptResult> {
  const startedMs = Date.now()
  const { request: wanted, shown } = attempt
  const exchange: Exchange = {
    method: shown.method,
    url: shown.url,
    requestHeaders: shownHeaders(shown.headers),
    requestBody: shown.body,
    responseHeaders: null
  }
  const finish = (
    outcome: AttemptResult['outcome'],
    rest: Partial<Omit<AttemptResult, 'outcome' | 'tookMs' | 'exchange'>>
  ): AttemptResult => ({
    status: null,
    error: null,
    response: null,
    retryAfterMs: null,
    ...rest,
    outcome,
    exchange,
    tookMs: Date.now() - startedMs
  })
  const timeout = AbortSignal.timeout(options.timeoutMs)
  try {
    const url = new URL(wanted.url)
    checkUrl(url, options.allowPrivate)
    const at = Math.floor(startedMs / 1000)
    const own = {
      'user-agent': 'Ringtrace-Webhooks/1',
      ...signedHeaders(attempt.deliveryId, at, wanted.body ?? '', attempt.secrets)
    }
    exchange.requestHeaders = { ...exchange.requestHeaders, ...own }
    const answer = await request(url, {
      method: wanted.method,
      headers: { ...wanted.headers, ...own },
      ...(wanted.body !== null && { body: wanted.body }),
      dispatcher: options.dispatcher,
      signal: AbortSignal.any([timeout, options.stop])
    })
    exchange.responseHeaders = shownHeaders(answer.headers)
    const status = answer.statusCode
    const response = await excerpt(answer.body)
    if (status >= 200 && status < 300) return finish('ok', { status, response })
    const error = `the receiver answered ${status}${status >= 300 && status < 400 ? '; redirects are not followed' : ''}`
    const retryAfter = status === 429 || status === 503 ? answer.headers['retry-after'] : undefined
    return finish(status === 410 ? 'gone' : 'failed', {
      status,
      error,
      response,
      retryAfterMs: parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, Date.now())
    })
  } catch (error) {
    if (options.stop.aborted) return finish('aborted', { error: 'the system was stopping' })
    if (timeout.aborted) return finish('failed', { error: `no full answer within ${options.timeoutMs} ms` })
    return finish('failed', { error: describe(error) })
  }
}

/** The beginning of the body; the rest is not waited for. The status has decided already, so a broken body is no failure. */
async function excerpt(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      // Leaving the loop destroys the stream, and its connection with it.
      if (bytes >= excerptBytes) break
    }
  } catch (error) {
    chunks.push(Buffer.from(` [cut: ${describe(error)}]`))
  }
  return storable(new TextDecoder().decode(Buffer.concat(chunks).subarray(0, excerptBytes)))
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return storable(String(error))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return storable(`${error.message || 'connection failed'} (${code})`.slice(0, 500))
}
