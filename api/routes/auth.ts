import { stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'
import { audit, auditAs } from '../audit.ts'
import { passwordFits } from '../../db/passwords.ts'
import { hasSecondFactor, takeCode } from '../auth/second-factor.ts'
import { cookieNameOf, openSession } from '../auth/sessions.ts'
import { LoginThrottle } from '../auth/throttle.ts'
import { login, loginAnswer } from '../contract/config.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { isOwnOrigin } from '../origin.ts'
import { isHttpsOutside } from '../outside.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { userItem } from './users.ts'

/** Signing in and out of the browser app. */
export function authRoutes(deps: ApiDeps): Endpoint[] {
  const { db, pbx } = deps
  const throttle = new LoginThrottle()
  /** Whoever comes here knows the password: codes are counted whatever address they come from. */
  const codes = new LoginThrottle()
  return [
    endpoint({
      route: 'POST /api/auth/login',
      summary: 'Sign in: sets the session cookie and gives the CSRF token',
      body: login,
      answer: loginAnswer,
      async handle({ req, res, body }) {
        if (!isOwnOrigin(req)) throw new ApiError('wrong_origin')
        const name = body.login.trim().toLowerCase()
        const address = req.ip ?? ''
        throttle.begin(name, address)
        const row = await db('users').where({ login: name, is_active: true }).first<Row | undefined>()
        const stored = typeof row?.['password_hash'] === 'string' ? row['password_hash'] : null
        const fits = await passwordFits(body.password, stored)
        if (!fits || !row) {
          await auditAs(db, row ? String(row['id']) : null, address, { action: 'login.refused' })
          throw new ApiError('bad_credentials')
        }
        const userId = String(row['id'])
        if (await hasSecondFactor(db, userId)) {
          if (body.code === undefined) throw new ApiError('second_factor_needed')
          codes.begin(userId, userId)
          const taken = await takeCode(db, userId, body.code)
          if (taken === null) {
            await auditAs(db, userId, address, { action: 'login.second_factor_refused' })
            throw new ApiError('bad_code')
          }
          codes.succeeded(userId, userId)
          if (taken === 'recovery') await auditAs(db, userId, address, { action: 'login.recovery_code' })
        }
        throttle.succeeded(name, address)
        const user = await userItem(db, pbx, row)
        const session = await openSession(db, user.id, { ip: address, userAgent: req.get('User-Agent') })
        await auditAs(db, user.id, address, { action: 'login' })
        setCookie(deps, req, res, session.token, session.maxAgeMs / 1000)
        return { user, csrfToken: session.csrfToken }
      }
    }),
    endpoint({
      route: 'POST /api/auth/logout',
      summary: 'Sign out: ends this session',
      async handle(context) {
        const { req, res, who } = context
        if (who.via === 'session')
          await db.transaction(async (trx) => {
            await trx('sessions').where({ token_hash: who.key }).delete()
            await audit(trx, context, { action: 'logout' })
          })
        setCookie(deps, req, res, '', 0)
      }
    })
  ]
}

function setCookie(deps: ApiDeps, req: Request, res: Response, token: string, maxAgeSeconds: number): void {
  const cookie = stringifySetCookie({
    name: cookieNameOf(deps),
    value: token,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: req.secure || isHttpsOutside(deps),
    maxAge: maxAgeSeconds
  })
  res.append('Set-Cookie', cookie)
}
