import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'
import type { ApiDeps } from '../deps.ts'
import { isHttpsOutside } from '../outside.ts'
import { rememberedDays, rememberDevice } from './devices.ts'
import { cookieNameOf } from './sessions.ts'

const deviceName = (deps: ApiDeps): string => `${cookieNameOf(deps)}_device`

/** Of the browser, whoever is signed in; see `devices.ts`. */
export const deviceOf = (deps: ApiDeps, req: Request): string | undefined =>
  parseCookie(req.headers.cookie ?? '')[deviceName(deps)]

/** Gives the browser its session; an empty token takes it away. */
export function setSessionCookie(
  deps: ApiDeps,
  { req, res }: { req: Request; res: Response },
  token: string,
  maxAgeMs: number
): void {
  // Lax: whoever follows a link in a mail is signed in; what changes anything asks for the CSRF token.
  setCookie(deps, { req, res }, { name: cookieNameOf(deps), token, maxAgeMs, sameSite: 'lax' })
}

/** Remembers the browser for this person, and tells it. */
export async function keepDevice(
  deps: ApiDeps,
  { req, res }: { req: Request; res: Response },
  userId: string
): Promise<void> {
  const token = await rememberDevice(deps.db, deviceOf(deps, req), userId)
  const maxAgeMs = rememberedDays * 24 * 3_600_000
  setCookie(deps, { req, res }, { name: deviceName(deps), token, maxAgeMs, sameSite: 'strict' })
}

function setCookie(
  deps: ApiDeps,
  { req, res }: { req: Request; res: Response },
  {
    name,
    token,
    maxAgeMs,
    sameSite
  }: { name: string; token: string; maxAgeMs: number; sameSite: 'lax' | 'strict' }
): void {
  const cookie = stringifySetCookie({
    name,
    value: token,
    path: '/',
    httpOnly: true,
    sameSite,
    secure: req.secure || isHttpsOutside(deps),
    maxAge: Math.floor(maxAgeMs / 1000)
  })
  res.append('Set-Cookie', cookie)
}
