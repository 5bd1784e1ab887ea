import { FormData, request } from 'undici'
import type { Dispatcher } from 'undici'
import { ForbiddenAddress, checkUrl } from '../webhooks/guard.ts'
import { hidden, hiddenUrl, keptBytes } from './hide.ts'
import { ForeignError, type HttpAnswer, type HttpRequest } from './kind.ts'
import type { Exchange } from './store.ts'

/** More than any answer that we read. */
const mostBytes = 4 * 1024 * 1024

/**
 * One request to a foreign system: only where it may go (`webhooks/guard.ts`), never after a redirect, with an end, and
 * written down with its secrets hidden.
 * @throws ForeignError `away` when no whole answer came
 */
export async function exchange(
  wanted: HttpRequest,
  options: {
    dispatcher: Dispatcher
    allowPrivate: boolean
    timeoutMs: number
    stop: AbortSignal
    keep: (
      told: Pick<Exchange, 'method' | 'request' | 'status' | 'response' | 'error' | 'tookMs'>
    ) => Promise<void>
  }
): Promise<HttpAnswer> {
  const startedMs = performance.now()
  const told = {
    method: wanted.name,
    request: {
      url: hiddenUrl(wanted.url),
      ...(wanted.json !== undefined && { body: hidden(wanted.json) }),
      ...(wanted.form && { body: hidden(wanted.form) }),
      ...(wanted.text && { body: hidden(wanted.text.body) }),
      ...(wanted.file && { file: wanted.file.name, bytes: wanted.file.bytes.length })
    }
  }
  const tookMs = (): number => Math.round(performance.now() - startedMs)
  try {
    const answer = await send(wanted, options)
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(hidden(answer.body))
    const response = (typeof answer.body === 'string' ? String(hidden(text)) : text).slice(0, keptBytes)
    await options.keep({ ...told, status: answer.status, response, error: null, tookMs: tookMs() })
    return answer
  } catch (error) {
    const failed = failureOf(error)
    await options.keep({ ...told, status: null, response: null, error: failed.message, tookMs: tookMs() })
    throw failed
  }
}

async function send(
  wanted: HttpRequest,
  options: { dispatcher: Dispatcher; allowPrivate: boolean; timeoutMs: number; stop: AbortSignal }
): Promise<HttpAnswer> {
  const url = new URL(wanted.url)
  checkUrl(url, options.allowPrivate)
  const answer = await request(url, {
    method: wanted.method,
    headers: {
      'user-agent': 'Ringtrace/1',
      accept: 'application/json',
      ...(wanted.json !== undefined && { 'content-type': 'application/json' }),
      ...(wanted.form && !wanted.file && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(wanted.text && { 'content-type': wanted.text.contentType }),
      ...wanted.headers
    },
    ...bodyOf(wanted),
    dispatcher: options.dispatcher,
    signal: AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.stop])
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]]
    )
  )
  return { status: answer.statusCode, headers, body: parsed(Buffer.concat(chunks).toString('utf8')) }
}

function bodyOf({ json, form, text, file }: HttpRequest): { body?: string | FormData } {
  if (file) {
    const data = new FormData()
    for (const [name, value] of Object.entries(form ?? {})) data.append(name, value)
    data.append(file.field, new Blob([new Uint8Array(file.bytes)], { type: file.contentType }), file.name)
    return { body: data }
  }
  if (json !== undefined) return { body: JSON.stringify(json) }
  if (text) return { body: text.body }
  return form ? { body: new URLSearchParams({ ...form }).toString() } : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/** Nobody was there to take it. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

function failureOf(error: unknown): ForeignError {
  if (error instanceof ForeignError) return error
  const { message, code, name } = error as { message?: string; code?: string; name?: string }
  if (error instanceof ForbiddenAddress) return new ForeignError('refused', 'forbiddenAddress', error.message)
  const failed =
    name === 'TimeoutError'
      ? new ForeignError('away', 'timeout', 'No answer in time')
      : new ForeignError('away', code ?? 'noAnswer', `${message || 'No answer'}${code ? ` (${code})` : ''}`)
  failed.isLost = !neverSent.test(code ?? '')
  return failed
}
