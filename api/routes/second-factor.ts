import type { Knex } from 'knex'
import { seal } from '../../db/sealed.ts'
import { audit } from '../audit.ts'
import { hasSecondFactor, removeSecondFactor, renewRecoveryCodes, takeCode } from '../auth/second-factor.ts'
import { keepDevice } from '../auth/cookies.ts'
import { createPasswordCheck } from '../auth/own-password.ts'
import { endSessions } from '../auth/sessions.ts'
import { SharedThrottle } from '../auth/shared-throttle.ts'
import { newTotpSecret, totpUri } from '../auth/totp.ts'
import {
  passwordAgain,
  recoveryCodes,
  secondFactor,
  secondFactorCode,
  secondFactorSetup
} from '../contract/sign-in.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** A code of an app beside the password. Setting it up or off takes the password again. */
export function secondFactorRoutes(deps: ApiDeps): Endpoint[] {
  const { db } = deps
  const throttle = new SharedThrottle(db, 'second factor')
  const wrong = (path: string): ApiError =>
    new ApiError('invalid', { errors: [{ path, message: `is not the right ${path}` }] })

  const passwordOf = createPasswordCheck(deps)
  const checkPassword = async (context: Context<unknown, { password: string }>): Promise<string> =>
    String((await passwordOf(context, context.body.password))['login'])
  const note = (trx: Knex, context: Context, verb: string, userId: string): Promise<void> =>
    audit(trx, context, { action: `second_factor.${verb}`, entity: 'user', entityId: userId })

  return [
    endpoint({
      route: 'GET /api/me/second-factor',
      summary: 'Whether a code of an app is asked for when signing in',
      answer: secondFactor,
      async handle({ who }) {
        const left = await db('recovery_codes')
          .where({ user_id: who.userId, used_at: null })
          .pluck('code_hash')
        return { isOn: await hasSecondFactor(db, who.userId), recoveryCodesLeft: left.length }
      }
    }),
    endpoint({
      route: 'POST /api/me/second-factor',
      summary: 'Begin to set the second factor up: gives the secret for the app',
      body: passwordAgain,
      answer: secondFactorSetup,
      isUnrepeatable: true,
      async handle(context) {
        const { userId } = context.who
        const login = await checkPassword(context)
        if (await hasSecondFactor(db, userId)) throw new ApiError('second_factor_on')
        const secret = newTotpSecret()
        await db('users')
          .where({ id: userId, totp_at: null })
          .update({ totp_secret: seal(secret, 'users.totp_secret'), totp_step: null })
        return { secret, uri: totpUri(secret, login, 'Ringtrace') }
      }
    }),
    endpoint({
      route: 'POST /api/me/second-factor/confirm',
      summary: 'Switch the second factor on by its first code; gives recovery codes, and other sessions end',
      body: secondFactorCode,
      answer: recoveryCodes,
      isUnrepeatable: true,
      async handle(context) {
        const { userId, key } = context.who
        await throttle.begin(userId, context.req.ip ?? '')
        if (await hasSecondFactor(db, userId)) throw new ApiError('second_factor_on')
        if (!(await takeCode(db, userId, context.body.code, true))) throw wrong('code')
        await throttle.succeeded(userId, context.req.ip ?? '')
        const codes = await db.transaction(async (trx) => {
          await trx('users').where({ id: userId }).update({ totp_at: trx.fn.now() })
          const made = await renewRecoveryCodes(trx, userId)
          await endSessions(trx, userId, key)
          await note(trx, context, 'on', userId)
          return made
        })
        await keepDevice(deps, context, userId)
        return { recoveryCodes: codes }
      }
    }),
    endpoint({
      route: 'POST /api/me/second-factor/off',
      summary: 'Switch the second factor off',
      body: passwordAgain,
      async handle(context) {
        await checkPassword(context)
        await db.transaction(async (trx) => {
          await removeSecondFactor(trx, context.who.userId)
          await note(trx, context, 'off', context.who.userId)
        })
      }
    }),
    endpoint({
      route: 'DELETE /api/users/:id/second-factor',
      summary: 'Take the second factor from somebody who has lost telephone and recovery codes',
      async handle(context) {
        await db.transaction(async (trx) => {
          if (!(await removeSecondFactor(trx, context.id))) throw new ApiError('not_found')
          await endSessions(trx, context.id, context.who.key)
          await note(trx, context, 'reset', context.id)
        })
      }
    })
  ]
}
