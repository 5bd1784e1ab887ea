import { performance } from 'node:perf_hooks'
import { Pool } from 'undici'

/**
 * Why a request did not do what it asked:
 * - `gone`: the thing it speaks of is no longer there
 * - `already`: what it would create exists
 * - `unreachable`: nothing answered, or too late; whether it was done is unknown
 * - `rejected`: Asterisk understood and refused
 */
export type AriFailureCode = 'gone' | 'already' | 'unreachable' | 'rejected'

export interface AriFailure {
  ok: false
  code: AriFailureCode
  /** What was asked for holds all the same: a repeated create or a repeated hang-up. */
  done: boolean
  /** HTTP status; null when nothing answered. */
  status: number | null
  message: string
}

/** Expected outcomes are values: nothing here throws because a call ended at the wrong moment. */
export type AriResult<T = void> = { ok: true; value: T } | AriFailure

/** Whether the wish is fulfilled, now or earlier: the "already done" rule in one word. */
export function settled(result: AriResult<unknown>): boolean {
  return result.ok || result.done
}

/** One request, and what its statuses mean. */
export interface AriRequest {
  /** For metrics and logs: the name of the function that asked. */
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/ari`, parts already encoded. */
  path: string
  query?: Record<string, string | number>
  body?: Record<string, unknown>
  /** Statuses that are not plain refusals. */
  means?: Readonly<Record<number, { code: 'gone' | 'already'; done: boolean }>>
  /** How long the answer may take; 5 s when left out. */
  timeoutMs?: number
  /** May be sent again when the connection broke under it. */
  repeatable?: boolean
  /** The answer's body is wanted; else nobody reads it: Asterisk describes the whole channel after many a request. */
  wantsBody?: boolean
}

export interface AriHttpOptions {
  host: string
  port: number
  user: string
  password: string
  /** Told of each request: its name, how it ended, and how long it took. */
  observe?: ((name: string, outcome: 'ok' | AriFailureCode, tookMs: number) => void) | undefined
  /** Asked before each request: whoever does not lead the calls any more asks for nothing. */
  mayAct?: (() => true | Promise<boolean>) | undefined
}

export interface AriHttp {
  send(request: AriRequest): Promise<AriResult<unknown>>
  close(): Promise<void>
}

const headersTimeoutMs = 5000

const overtaken: AriFailure = {
  ...{ ok: false, code: 'unreachable', done: false, status: null },
  message: 'Another controller leads the calls'
}

/** The REST half: kept connections, one request at a time on each. */
export function createHttp(options: AriHttpOptions): AriHttp {
  const pool = new Pool(`http://${options.host}:${options.port}`, {
    connections: 48,
    pipelining: 1,
    connect: { timeout: 3000 },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: headersTimeoutMs,
    // Shorter than Asterisk's own (http.conf): leaving first means never writing into a closing socket.
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 10_000
  })
  const headers = {
    authorization: `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`,
    'content-type': 'application/json'
  }

  /** By `dispatch`, without the stream per answer that `request` makes: several answers are got in every call. */
  function exchange(request: AriRequest): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let status = 0
      pool.dispatch(
        {
          method: request.method,
          path: `/ari${request.path}`,
          headers,
          ...(request.query === undefined ? {} : { query: request.query }),
          body: request.body === undefined ? null : JSON.stringify(request.body),
          ...(request.timeoutMs === undefined ? {} : { headersTimeout: request.timeoutMs })
        },
        {
          // Without it undici takes the rest for its older handlers.
          onRequestStart: () => undefined,
          onResponseStart(_controller, statusCode) {
            status = statusCode
          },
          onResponseData(_controller, chunk) {
            if (request.wantsBody === true || status >= 300) chunks.push(Buffer.from(chunk))
          },
          onResponseEnd: () => resolve({ status, text: Buffer.concat(chunks).toString('utf8') }),
          onResponseError: (_controller, error) => reject(error)
        }
      )
    })
  }

  async function once(request: AriRequest): Promise<AriResult<unknown>> {
    try {
      const { status, text } = await exchange(request)
      if (status < 300) return { ok: true, value: text === '' ? undefined : parse(text) }
      const meaning = request.means?.[status] ?? { code: 'rejected' as const, done: false }
      return { ok: false, ...meaning, status, message: reason(text) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { ok: false, code: 'unreachable', done: false, status: null, message }
    }
  }

  return {
    async send(request) {
      const may = options.mayAct?.() ?? true
      if (may !== true && !(await may)) return overtaken
      const startedMs = performance.now()
      let result = await once(request)
      if (!result.ok && result.code === 'unreachable' && request.repeatable === true) {
        result = await once(request)
      }
      options.observe?.(request.name, result.ok ? 'ok' : result.code, performance.now() - startedMs)
      return result
    },
    close: () => pool.destroy()
  }
}

function parse(text: string): unknown {
  return JSON.parse(text) as unknown
}

/** Asterisk explains itself as `{ "message" }` or, when out of memory or endpoints, `{ "error" }`. */
function reason(text: string): string {
  try {
    const said = parse(text)
    if (typeof said === 'object' && said !== null) {
      if ('message' in said && typeof said.message === 'string') return said.message
      if ('error' in said && typeof said.error === 'string') return said.error
    }
    return text
  } catch (error) {
    return error instanceof SyntaxError ? text : String(error)
  }
}
