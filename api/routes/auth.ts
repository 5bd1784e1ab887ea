import { audit, auditAs } from '../audit.ts'
import { passwordFits } from '../../db/passwords.ts'
import { deviceOf, keepDevice, setSessionCookie } from '../auth/cookies.ts'
import { isKnownDevice } from '../auth/devices.ts'
import { createPasswordCheck } from '../auth/own-password.ts'
import { hasSecondFactor, takeCode } from '../auth/second-factor.ts'
import { openSession, renewSession } from '../auth/sessions.ts'
import { SharedThrottle } from '../auth/shared-throttle.ts'
import { login, loginAnswer } from '../contract/config.ts'
import { passwordAgain } from '../contract/sign-in.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { isOwnRequest } from '../origin.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { userItem } from './users.ts'

/** Signing in and out of the browser app. */
export function authRoutes(deps: ApiDeps): Endpoint[] {
  const { db, pbx } = deps
  const throttle = new SharedThrottle(db, 'sign-in')
  /** Whoever comes here knows the password: codes are counted whatever address they come from. */
  const codes = new SharedThrottle(db, 'sign-in codes')
  const checkPassword = createPasswordCheck(deps)
  return [
    endpoint({
      route: 'POST /api/auth/login',
      summary: 'Sign in: sets the session cookie and gives the CSRF token',
      body: login,
      answer: loginAnswer,
      async handle(context) {
        const { req, body } = context
        if (!isOwnRequest(req)) throw new ApiError('wrong_origin')
        const name = body.login.trim().toLowerCase()
        const address = req.ip ?? ''
        const row = await db('users').where({ login: name, is_active: true }).first<Row | undefined>()
        const given = deviceOf(deps, req)
        const isKnown = row !== undefined && (await isKnownDevice(db, given, String(row['id'])))
        const device = isKnown ? (given ?? null) : null
        await throttle.begin(name, address, device)
        const stored = typeof row?.['password_hash'] === 'string' ? row['password_hash'] : null
        const fits = await passwordFits(body.password, stored)
        if (!fits || !row) {
          await auditAs(db, row ? String(row['id']) : null, address, { action: 'login.refused' })
          throw new ApiError('bad_credentials')
        }
        const userId = String(row['id'])
        if (await hasSecondFactor(db, userId)) {
          if (body.code === undefined) throw new ApiError('second_factor_needed')
          await codes.begin(userId, userId, device)
          const taken = await takeCode(db, userId, body.code)
          if (taken === null) {
            await auditAs(db, userId, address, { action: 'login.second_factor_refused' })
            throw new ApiError('bad_code')
          }
          await codes.succeeded(userId, userId, device)
          if (taken === 'recovery') await auditAs(db, userId, address, { action: 'login.recovery_code' })
        }
        await throttle.succeeded(name, address, device)
        const user = await userItem(db, pbx, row)
        const session = await openSession(db, user.id, { ip: address, userAgent: req.get('User-Agent') })
        await auditAs(db, user.id, address, { action: 'login' })
        setSessionCookie(deps, context, session.token, session.maxAgeMs)
        await keepDevice(deps, context, user.id)
        return { user, csrfToken: session.csrfToken }
      }
    }),
    endpoint({
      route: 'POST /api/auth/logout',
      summary: 'Sign out: ends this session',
      async handle(context) {
        const { who } = context
        if (who.via === 'session')
          await db.transaction(async (trx) => {
            await trx('sessions').where({ token_hash: who.key }).delete()
            await audit(trx, context, { action: 'logout' })
          })
        setSessionCookie(deps, context, '', 0)
      }
    }),
    endpoint({
      route: 'POST /api/me/verify',
      summary: 'Show the own password again, for what asks for it: the session gets a new name',
      body: passwordAgain,
      isUnrepeatable: true,
      async handle(context) {
        const { who, body } = context
        if (who.via !== 'session') throw new ApiError('forbidden')
        await checkPassword(context, body.password)
        const session = await renewSession(db, who.key)
        await audit(db, context, { action: 'login.verify', entity: 'user', entityId: who.userId })
        setSessionCookie(deps, context, session.token, session.maxAgeMs)
      }
    })
  ]
}
