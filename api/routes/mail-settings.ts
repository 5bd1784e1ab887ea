import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import {
  mailSettings,
  mailSettingsPut,
  mailTest,
  mailTestAnswer,
  type MailSettings
} from '../contract/mail.ts'
import type { ApiDeps, MailSender } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** As `integrations/mail/settings.ts` reads it. */
const key = 'mail'

type Stored = Omit<MailSettings, 'hasPassword'> & { sealedPassword: string }

/** The server through which mail leaves. Its password goes in and never out. */
export const mailSettingsRoutes = ({ db, mail }: ApiDeps): Endpoint[] => {
  /** The password to store: a new one, none, or the one from before. */
  function sealed(before: Partial<Stored>, now: Omit<Stored, 'sealedPassword'>, password?: string): string {
    if (password === undefined) return kept(before, now)
    if (password === '') return ''
    if (!mail?.seal) throw new ApiError('not_found')
    return mail.seal(password)
  }

  return [
    endpoint({
      route: 'GET /api/mail-settings',
      summary: 'The mail server; its password never leaves',
      answer: mailSettings,
      handle: async () => shown(await read(db), mail)
    }),
    endpoint({
      route: 'PUT /api/mail-settings',
      summary: 'Set the mail server; a password that is left out stays',
      body: mailSettingsPut,
      answer: mailSettings,
      async handle(context) {
        const { password, ...rest } = context.body
        return db.transaction(async (trx) => {
          const before = await read(trx)
          const stored: Stored = { ...rest, sealedPassword: sealed(before, rest, password) }
          await trx('settings')
            .insert({ key, value: JSON.stringify(stored), updated_at: trx.fn.now() })
            .onConflict('key')
            .merge()
          await audit(trx, context, {
            action: 'mail_settings.change',
            entity: 'settings',
            entityId: key,
            data: { isPasswordChanged: password !== undefined },
            change: { before: shown(before, mail), after: shown(stored, mail) }
          })
          return shown(stored, mail)
        })
      }
    }),
    endpoint({
      route: 'POST /api/mail-settings/test',
      summary: 'Send a letter by the saved settings, and say in plain words why it failed',
      body: mailTest,
      answer: mailTestAnswer,
      isUnrepeatable: true,
      async handle(context) {
        const { body, who } = context
        if (!mail) throw new ApiError('not_found')
        const user = await db('users')
          .where({ id: who.userId })
          .first<{ locale: 'ru' | 'en' } | undefined>('locale')
        const sent = await mail.test(body.to, user?.locale ?? 'ru')
        await audit(db, context, {
          action: 'mail_settings.test',
          entity: 'settings',
          data: { isSent: sent.ok }
        })
        if (!sent.ok) return { ok: false, reason: sent.reason, message: sent.message, detail: sent.detail }
        return { ok: true, reason: null, message: null, detail: null }
      }
    })
  ]
}

async function read(db: Knex): Promise<Partial<Stored>> {
  const row = await db('settings').where({ key }).first<{ value: Partial<Stored> } | undefined>('value')
  return row?.value ?? {}
}

const shown = (
  { sealedPassword = '', ...rest }: Partial<Stored>,
  mail: MailSender | undefined
): MailSettings =>
  mailSettings.parse({
    ...rest,
    hasPassword: sealedPassword !== '' && mail?.canOpen?.(sealedPassword) === true
  })

/**
 * The password from before. Not for another server or user: else a change of the host alone would send it to whoever
 * answers there. @throws ApiError invalid
 */
function kept(before: Partial<Stored>, now: Omit<Stored, 'sealedPassword'>): string {
  const { sealedPassword = '' } = before
  const isSame = before.host === now.host && before.port === now.port && before.user === now.user
  if (sealedPassword === '' || isSame) return sealedPassword
  const message = 'must be given again when the host, port or user changes'
  throw new ApiError('invalid', { errors: [{ path: 'password', message }] })
}
