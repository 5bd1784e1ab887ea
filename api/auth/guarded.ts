import type { RouteKey } from '../access.ts'
import { ApiError } from '../problems.ts'
import type { Who } from './sessions.ts'

/** Shown longer ago, the password is asked for again before what `guarded` names. */
export const verifiedMs = 15 * 60_000

/** Which requests of a route are dangerous: all of them, or those with one of these fields. */
type Danger = 'always' | readonly string[]

/**
 * What a stolen session must not be able to do: take accounts over, let others in, spend money, destroy what cannot come
 * back. Routes that ask for the password themselves (the own password, the second factor) are not named.
 */
const guarded: Partial<Record<RouteKey, Danger>> = {
  'GET /api/me/fresh': 'always',
  'POST /api/tokens': 'always',
  'POST /api/users': 'always',
  'PATCH /api/users/:id': ['password', 'role', 'login'],
  'DELETE /api/users/:id': 'always',
  'POST /api/users/:id/links': 'always',
  'DELETE /api/users/:id/second-factor': 'always',
  'POST /api/trunks': ['secret'],
  'PATCH /api/trunks/:id': ['secret'],
  'POST /api/devices': 'always',
  'POST /api/devices/:id/rotate-secret': 'always',
  'POST /api/webhooks/:id/rotate-secret': 'always',
  'PUT /api/dial-policy': 'always',
  'PUT /api/certificate': 'always',
  'DELETE /api/certificate': 'always',
  'POST /api/contacts/:id/erase': 'always',
  'PUT /api/retention': 'always',
  'PUT /api/recording-sealing': 'always',
  'GET /api/backups/:id/file': 'always',
  'DELETE /api/backups/:id': 'always',
  'PUT /api/backup-settings': 'always',
  'DELETE /api/demo': 'always'
}

/** The routes that ask for the password again, for tests and the documentation. */
export const guardedRoutes = Object.keys(guarded) as RouteKey[]

/**
 * Machines with a token show no password: what a token may is decided when it is made, which is guarded itself.
 * @throws ApiError verify_first
 */
export function refuseUnverified(
  who: Pick<Who, 'via' | 'verifiedAtMs'>,
  route: RouteKey,
  body: unknown,
  nowMs = Date.now()
): void {
  const danger = guarded[route]
  if (danger === undefined || who.via !== 'session') return
  const fields = typeof body === 'object' && body !== null ? body : {}
  if (danger !== 'always' && !danger.some((field) => Object.hasOwn(fields, field))) return
  if (nowMs - (who.verifiedAtMs ?? 0) > verifiedMs) throw new ApiError('verify_first')
}
