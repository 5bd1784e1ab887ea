import { z } from 'zod'
import { ChannelError } from '../channels/kind.ts'

const answer = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error_code: z.number().optional(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().optional() }).optional()
})

export interface BotApi {
  /** @throws ChannelError */
  call<T>(method: string, body: Record<string, unknown> | FormData, waitMs?: number): Promise<T>
  /** @throws ChannelError */
  download(path: string, mostBytes: number): Promise<Buffer | null>
}

const waitMs = 20_000

/** Telegram's Bot API. No error of it tells the token, which stands in each address. */
export function botApi(apiUrl: string, token: string, stop?: AbortSignal): BotApi {
  const base = apiUrl.replace(/\/$/, '')
  const signal = (ms: number): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(ms), ...(stop ? [stop] : [])])

  async function fetched(path: string, init: RequestInit, ms: number): Promise<Response> {
    try {
      return await fetch(base + path, { ...init, redirect: 'error', signal: signal(ms) })
    } catch (error) {
      throw lost(error)
    }
  }

  return {
    async call<T>(method: string, body: Record<string, unknown> | FormData, ms = waitMs): Promise<T> {
      const init: RequestInit =
        body instanceof FormData
          ? { method: 'POST', body }
          : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const response = await fetched(`/bot${token}/${method}`, init, ms)
      const text = await response.text().catch((error: unknown) => {
        throw lost(error)
      })
      const said = answer.safeParse(parsed(text)).data
      if (said?.ok) return said.result as T
      throw refused(
        said ?? { ok: false, error_code: response.status, description: `HTTP ${response.status}` }
      )
    },
    async download(path, mostBytes) {
      const response = await fetched(`/file/bot${token}/${path}`, {}, 60_000)
      if (!response.ok)
        throw new ChannelError('other', `A file could not be fetched: HTTP ${response.status}`)
      const bytes = Buffer.from(await response.arrayBuffer())
      return bytes.length > mostBytes ? null : bytes
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** What its errors mean: https://core.telegram.org/bots/api#making-requests */
function refused({ error_code, description = '', parameters }: z.infer<typeof answer>): ChannelError {
  const detail = description || `error ${error_code ?? ''}`
  switch (error_code) {
    case 401:
    case 404:
      return new ChannelError('badLogin', detail, { isFinal: true })
    case 403:
      return new ChannelError('blocked', detail, { isFinal: true })
    case 409:
      return new ChannelError('elsewhere', detail)
    case 413:
      return new ChannelError('tooLarge', detail, { isFinal: true })
    case 429:
      return new ChannelError('limited', detail, { afterMs: (parameters?.retry_after ?? 5) * 1000 })
    case 400:
      return new ChannelError('recipientRefused', detail, { isFinal: true })
    default:
      return new ChannelError('other', detail)
  }
}

function lost(error: unknown): ChannelError {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ChannelError('timeout', 'Telegram did not answer in time')
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
  const code = cause?.code ?? ''
  if (/^(ENOTFOUND|EAI_)/.test(code)) return new ChannelError('nameNotFound', code)
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return new ChannelError('timeout', code)
  if (/CERT|TLS|SSL/.test(code)) return new ChannelError('tls', code)
  return new ChannelError('refused', code || 'The connection was lost')
}
