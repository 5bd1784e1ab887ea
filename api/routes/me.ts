import { z } from 'zod'
import { audit } from '../audit.ts'
import { hashPassword } from '../../db/passwords.ts'
import { keepDevice, setSessionCookie } from '../auth/cookies.ts'
import { createPasswordCheck } from '../auth/own-password.ts'
import { acceptPasswordHere } from '../auth/password-rules.ts'
import { endSessions, renewSession } from '../auth/sessions.ts'
import { meLocale, mePassword } from '../contract/access.ts'
import { presenceWish, wrapUpExtend } from '../contract/operators.ts'
import { me, softphone, user } from '../contract/config.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { sipSecretOf } from '../provisioning/details.ts'
import type { Row } from '../rows.ts'
import { pauseReasonFor } from './pause-reasons.ts'
import { userItem } from './users.ts'

/** What a signed-in person sees and sets of themselves. */
export function meRoutes(deps: ApiDeps): Endpoint[] {
  const { db, pbx } = deps
  const checkPassword = createPasswordCheck(deps)
  /** The company demands a wrap-up code of their last talk. */
  const owesCode = (userId: string): boolean =>
    pbx.operators().some((operator) => operator.userId === userId && operator.owesCode !== null)
  return [
    endpoint({
      route: 'GET /api/me',
      summary: 'Who is signed in',
      answer: me,
      async handle({ who }) {
        const row = await findRow(db, 'users', who.userId)
        return { ...(await userItem(db, pbx, row)), csrfToken: who.csrfToken ?? '' }
      }
    }),
    endpoint({
      route: 'GET /api/me/softphone',
      summary: 'What the softphone of the signed-in operator needs to register',
      answer: softphone,
      async handle({ req, who }) {
        const row = await db('devices')
          .where({ user_id: who.userId, kind: 'browser', is_active: true })
          .first<Row | undefined>('sip_user', 'sip_secret')
        if (!row) throw new ApiError('not_found', { detail: 'The browser device is switched off.' })
        const sipUser = String(row['sip_user'])
        return {
          uri: `sip:${sipUser}@${req.hostname}`,
          authUser: sipUser,
          secret: sipSecretOf(row),
          wsPath: '/sip'
        }
      }
    }),
    endpoint({
      route: 'PUT /api/me/presence',
      summary: 'Say whether calls may ring here',
      body: presenceWish,
      async handle({ who, body }) {
        if (body.presence === 'available' && owesCode(who.userId)) throw new ApiError('wrap_up_code_owed')
        const reason = await pauseReasonFor(db, body)
        await pbx.setPresence(who.userId, { presence: body.presence, reason })
      }
    }),
    endpoint({
      route: 'POST /api/me/wrap-up/end',
      summary: 'End the wrap-up before its time: calls may ring again',
      async handle({ who }) {
        if (owesCode(who.userId)) throw new ApiError('wrap_up_code_owed')
        if (!(await pbx.endWrapUp(who.userId))) throw new ApiError('no_wrap_up')
      }
    }),
    endpoint({
      route: 'POST /api/me/wrap-up/extend',
      summary: 'Let the wrap-up last longer, up to an hour',
      body: wrapUpExtend,
      async handle({ who, body }) {
        if (!(await pbx.extendWrapUp(who.userId, body.seconds))) throw new ApiError('no_wrap_up')
      }
    }),
    endpoint({
      route: 'PUT /api/me/locale',
      summary: 'Choose the language of the screens',
      body: meLocale,
      answer: user,
      async handle(context) {
        const { who, body } = context
        const { locale } = body
        await db.transaction(async (trx) => {
          const before = await findRow(trx, 'users', who.userId)
          await trx('users').where({ id: who.userId }).update({ locale, updated_at: trx.fn.now() })
          await audit(trx, context, {
            ...{ action: 'user.change', entity: 'user', entityId: who.userId },
            change: { before: { locale: before['locale'] ?? null }, after: { locale } }
          })
        })
        return userItem(db, pbx, await findRow(db, 'users', who.userId))
      }
    }),
    endpoint({
      route: 'GET /api/me/fresh',
      summary:
        'Whether the password was shown lately: 403 `verify_first` otherwise; asked before a guarded file is fetched',
      answer: z.object({ isFresh: z.literal(true) }),
      handle: () => Promise.resolve({ isFresh: true as const })
    }),
    endpoint({
      route: 'PUT /api/me/password',
      summary: 'Change the own password; other sessions end',
      body: mePassword,
      async handle(context) {
        const { who, body } = context
        const row = await checkPassword(context, body.current, 'current')
        await acceptPasswordHere(db, body.password, {
          login: String(row['login']),
          name: String(row['name'])
        })
        const passwordHash = await hashPassword(body.password)
        await db.transaction(async (trx) => {
          await trx('users').where({ id: who.userId }).update({ password_hash: passwordHash })
          await endSessions(trx, who.userId, who.key)
          await audit(trx, context, { action: 'password.change', entity: 'user', entityId: who.userId })
        })
        if (who.via !== 'session') return
        const session = await renewSession(db, who.key)
        setSessionCookie(deps, context, session.token, session.maxAgeMs)
        await keepDevice(deps, context, who.userId)
      }
    })
  ]
}
