import type { Problem } from '../../../api/contract/common.ts'

/** The server said no. `problem.code` is stable; `problem.errors` names the fields at fault. */
export class ApiError extends Error {
  readonly problem: Problem
  readonly retryAfterSeconds: number | null
  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(problem.detail ?? problem.title)
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

let csrfToken: string | null = null
let offsetMs = 0
let signedOut: () => void = () => undefined

/** The token that comes with a session and goes back with every request that changes something. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token
}

/** The same token for whoever sends a request otherwise than by `api`. */
export const csrfHeader = (): Record<string, string> => (csrfToken ? { 'x-csrf-token': csrfToken } : {})

/** Called once when the server no longer knows the session. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

let verify: (() => Promise<boolean>) | null = null

/**
 * Called when the server wants the password again before it does what was asked.
 * @param ask true once the password was shown; false when nobody wanted to
 */
export function onVerifyWanted(ask: (() => Promise<boolean>) | null): void {
  verify = ask
}

/** The server's clock, ms since the epoch: office computers are often minutes off. */
export function serverNowMs(): number {
  return Date.now() + offsetMs
}

function learnClock(response: Response): void {
  const at = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(at)) return
  const measured = at + 500 - Date.now()
  // The header has whole seconds, so a small difference says nothing.
  offsetMs = Math.abs(measured) < 1500 ? 0 : measured
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
    code: response.status >= 502 ? 'unavailable' : 'unknown'
  }
  if (!(response.headers.get('content-type') ?? '').includes('json')) return fallback
  const body: unknown = await response.json().catch(() => null)
  return body && typeof body === 'object' && 'code' in body ? (body as Problem) : fallback
}

/** Sends a request. @throws ApiError for every answer outside 200–299, and with code `network` when none came. */
async function send(
  method: Method,
  path: string,
  body: unknown,
  headers: Record<string, string>,
  isAgain = false
): Promise<Response> {
  const all: Record<string, string> = { accept: 'application/json', ...headers }
  // The browser itself writes where the parts of a form begin.
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) all['content-type'] = 'application/json'
  if (method !== 'GET' && csrfToken) all['x-csrf-token'] = csrfToken
  let response: Response
  try {
    const init: RequestInit = { method, headers: all, credentials: 'same-origin' }
    if (body !== undefined) init.body = isForm ? body : JSON.stringify(body)
    response = await fetch(path, init)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new ApiError({ type: 'about:blank', title: 'No answer', status: 0, code: 'network', detail }, null)
  }
  learnClock(response)
  if (response.ok) return response
  if (response.status === 401 && path !== '/api/auth/login') signedOut()
  const after = Number(response.headers.get('retry-after') ?? '')
  const problem = await problemOf(response)
  if (problem.code === 'verify_first' && !isAgain && (await verify?.()))
    return send(method, path, body, headers, true)
  throw new ApiError(problem, Number.isFinite(after) && after > 0 ? after : null)
}

/**
 * One request to our API. `body` is sent as JSON, or as the form that it is.
 * @throws ApiError for every answer outside 200–299, and with code `network` when none came.
 */
export async function api<T>(
  method: Method,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {}
): Promise<T> {
  const response = await send(method, path, body, headers)
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return (isJson ? await response.json() : undefined) as T
}

/** As `api`, where the answer is a file. */
export async function apiFile(method: Method, path: string, body?: unknown): Promise<Blob> {
  return (await send(method, path, body, { accept: '*/*' })).blob()
}

/** A last request of a page that goes: it is sent although nobody will see the answer. */
export function apiAtLeaving(path: string, body: unknown): void {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (csrfToken) headers['x-csrf-token'] = csrfToken
  const init = { method: 'POST', headers, body: JSON.stringify(body), keepalive: true } as const
  // There is nobody left to tell.
  fetch(path, { ...init, credentials: 'same-origin' }).catch(() => undefined)
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
