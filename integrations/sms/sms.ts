import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { request } from 'undici'
import type { Secrets } from '../../db/secrets.ts'
import { checkUrl, ForbiddenAddress, guardedAgent } from '../webhooks/guard.ts'
import { readSms, smsPurpose } from './settings.ts'
import { requestOf, type SmsRequest } from './template.ts'

/** `unknown`: the gateway may have taken it, so it is not sent again by itself. */
export type SmsGone =
  | { is: 'sent'; note: string | null }
  | { is: 'failed'; error: string; isForGood: boolean }
  | { is: 'unknown'; error: string }

export interface Sms {
  isSetUp(): Promise<boolean>
  /** Never throws for a gateway that is away or refuses. */
  send(message: { to: string; text: string; id: string }): Promise<SmsGone>
  /** A key as it is stored. */
  seal(key: string): string
  close(): Promise<void>
}

const waitMs = 20_000
const excerptBytes = 500
/** Errors from before anything was said: nothing can have gone. */
const before = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'FORBIDDEN_ADDRESS'
])

/** @param allowPrivate whether the gateway may live in the own network */
export function createSms(options: {
  db: Knex
  secrets: Secrets
  allowPrivate: boolean
  log: Logger
  timeoutMs?: number
}): Sms {
  const { db, secrets, allowPrivate, timeoutMs = waitMs } = options
  const log = options.log.child({ part: 'sms' })
  const dispatcher = guardedAgent(allowPrivate, timeoutMs)

  async function ask(wanted: SmsRequest, expects: string): Promise<SmsGone> {
    const url = new URL(wanted.url)
    checkUrl(url, allowPrivate)
    const answer = await request(url, {
      method: wanted.method,
      headers: wanted.headers,
      ...(wanted.body !== null && { body: wanted.body }),
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs)
    })
    const said = (await answer.body.text()).slice(0, excerptBytes)
    const { statusCode: status } = answer
    if (status >= 200 && status < 300) {
      if (expects === '' || said.includes(expects)) return { is: 'sent', note: null }
      return { is: 'failed', error: `the gateway refused it: ${said}`, isForGood: true }
    }
    const error = `the gateway answered ${status}: ${said}`
    if (status === 429 || status === 503) return { is: 'failed', error, isForGood: false }
    // It broke while it worked on it, perhaps after it was sent.
    if (status >= 500) return { is: 'unknown', error }
    return { is: 'failed', error, isForGood: true }
  }

  return {
    isSetUp: async () => (await readSms(db, secrets)) !== null,
    async send({ to, text, id }) {
      const found = await readSms(db, secrets)
      if (!found) return { is: 'failed', error: 'no gateway is set up', isForGood: true }
      const hide = (said: string): string =>
        found.key === ''
          ? said
          : said.replaceAll(found.key, '•••').replaceAll(encodeURIComponent(found.key), '•••')
      try {
        const values = { phone: to, digits: to.replace('+', ''), text, id, key: found.key }
        const gone = await ask(requestOf(found.template, values), found.template.expects)
        return 'error' in gone ? { ...gone, error: hide(gone.error) } : gone
      } catch (error) {
        if (error instanceof SyntaxError)
          return { is: 'failed', error: 'the template makes no JSON', isForGood: true }
        const code =
          error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
        const told = hide(error instanceof Error ? error.message || code : String(error))
        log.warn({ code }, 'an SMS could not be handed over')
        if (error instanceof ForbiddenAddress) return { is: 'failed', error: told, isForGood: true }
        if (before.has(code)) return { is: 'failed', error: told, isForGood: false }
        return { is: 'unknown', error: told }
      }
    },
    seal: (key) => secrets.seal(key, smsPurpose),
    close: () => dispatcher.destroy()
  }
}
