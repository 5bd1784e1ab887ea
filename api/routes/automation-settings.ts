import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { readSettings, settingsKey } from '../../crm/automation/settings.ts'
import { audit } from '../audit.ts'
import {
  automationSettings,
  automationSettingsPut,
  smsSettings,
  smsSettingsPut,
  smsTest,
  smsTestAnswer,
  type SmsSettings
} from '../contract/automation.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** As `integrations/sms/settings.ts` reads it. */
const smsKey = 'sms'
type Stored = Omit<SmsSettings, 'hasKey' | 'url'> & { url: string | null; sealedKey: string }

const noGateway: Stored = {
  url: null,
  method: 'POST',
  body: 'json',
  template: '{"to": "{{digits}}", "text": "{{text}}"}',
  headers: [],
  expects: '',
  sealedKey: ''
}
const testText = { ru: 'Ringtrace: проверка SMS', en: 'Ringtrace: a test of SMS' }

/** How automation speaks with clients, and the gateway of SMS. */
export function automationSettingsRoutes({ db, sms, publicUrl, dialling }: ApiDeps): Endpoint[] {
  const hasPublicAddress = publicUrl !== undefined
  const put = async (trx: Knex, key: string, value: object): Promise<void> => {
    await trx('settings')
      .insert({ key, value: JSON.stringify(value), updated_at: trx.fn.now() })
      .onConflict('key')
      .merge()
  }

  return [
    endpoint({
      route: 'GET /api/automation-settings',
      summary: 'Quiet hours, and who may be sent advertising',
      answer: automationSettings,
      handle: async () => ({ ...(await readSettings(db)), hasPublicAddress })
    }),
    endpoint({
      route: 'PUT /api/automation-settings',
      summary: 'Set quiet hours, and who may be sent advertising',
      body: automationSettingsPut,
      answer: automationSettings,
      async handle(context) {
        const { body } = context
        await db.transaction(async (trx) => {
          const before = await readSettings(trx)
          await put(trx, settingsKey, body)
          await audit(trx, context, {
            action: 'automation_settings.change',
            entity: 'settings',
            entityId: settingsKey,
            change: { before, after: body }
          })
        })
        return { ...body, hasPublicAddress }
      }
    }),
    endpoint({
      route: 'GET /api/sms-settings',
      summary: 'The gateway of SMS; its key never leaves',
      answer: smsSettings,
      handle: async () => shown(await read(db))
    }),
    endpoint({
      route: 'PUT /api/sms-settings',
      summary: 'Set the gateway of SMS; a key that is left out stays',
      body: smsSettingsPut,
      answer: smsSettings,
      async handle(context) {
        const { key, ...rest } = context.body
        checkTemplate(rest)
        return db.transaction(async (trx) => {
          const before = await read(trx)
          const stored: Stored = { ...rest, sealedKey: sealed(before, rest.url, key) }
          await put(trx, smsKey, stored)
          await audit(trx, context, {
            action: 'sms_settings.change',
            entity: 'settings',
            entityId: smsKey,
            data: { isKeyChanged: key !== undefined },
            change: { before: shown(before), after: shown(stored) }
          })
          return shown(stored)
        })
      }
    }),
    endpoint({
      route: 'POST /api/sms-settings/test',
      summary: 'Send an SMS by the saved settings, and tell what the gateway said',
      body: smsTest,
      answer: smsTestAnswer,
      isUnrepeatable: true,
      async handle(context) {
        const { who, body } = context
        if (!sms) throw new ApiError('not_found')
        // The same countries and lists as for calls: a test costs money too.
        const { number } = dialling.policy.explain({ number: body.to, byUserId: null, isUnsolicited: false })
        if (number === null) throw new ApiError('bad_number')
        const user = await db('users')
          .where({ id: who.userId })
          .first<{ locale: 'ru' | 'en' } | undefined>('locale')
        const gone = await sms.send({ to: number, text: testText[user?.locale ?? 'ru'], id: randomUUID() })
        await audit(db, context, {
          action: 'sms_settings.test',
          entity: 'settings',
          data: { isSent: gone.is === 'sent' }
        })
        return gone.is === 'sent' ? { isOk: true, message: null } : { isOk: false, message: gone.error }
      }
    })
  ]

  /** The key to store: a new one, none, or the one from before. Not for another host: it would be sent there. */
  function sealed(before: Stored, url: string | null, key: string | undefined): string {
    if (key === '' || url === null) return ''
    if (key !== undefined) {
      if (!sms) throw new ApiError('not_found')
      return sms.seal(key)
    }
    const isSame = before.url !== null && hostOf(before.url) === hostOf(url)
    if (before.sealedKey === '' || isSame) return before.sealedKey
    const message = 'must be given again when the host changes'
    throw new ApiError('invalid', { errors: [{ path: 'key', message }] })
  }
}

const hostOf = (url: string): string => {
  const { protocol, host } = new URL(url.replace(/\{\{\s*\w+\s*\}\}/g, 'x'))
  return `${protocol}//${host}`
}

const places = new Set(['phone', 'digits', 'text', 'id', 'key'])

/** @throws ApiError invalid: the host must stand fast, places must be known, and JSON must stay JSON */
function checkTemplate(given: Omit<SmsSettings, 'hasKey'>): void {
  const wrong = (path: string, message: string): never => {
    throw new ApiError('invalid', { errors: [{ path, message }] })
  }
  if (given.url === null) return
  if (/\{\{/.test(given.url.split(/[/?#]/).slice(0, 3).join('/'))) wrong('url', 'must name its host')
  const texts = [given.url, given.template, ...given.headers.map(({ value }) => value)]
  for (const [, name = ''] of texts.join('\n').matchAll(/\{\{\s*([^{}\s]*)\s*\}\}/g))
    if (!places.has(name)) wrong('template', `{{${name}}} is not a known place`)
  const all = texts.join('\n')
  if (!/\{\{\s*text\s*\}\}/.test(all)) wrong('template', 'must hold {{text}}')
  if (!/\{\{\s*(phone|digits)\s*\}\}/.test(all)) wrong('template', 'must hold {{phone}} or {{digits}}')
  if (given.method === 'POST' && given.body === 'json') {
    try {
      JSON.parse(given.template.replace(/\{\{\s*\w+\s*\}\}/g, '1'))
    } catch {
      wrong('template', 'must be JSON')
    }
  }
}

async function read(db: Knex): Promise<Stored> {
  const row = await db('settings').where({ key: smsKey }).first<{ value: Stored } | undefined>('value')
  return row?.value ?? noGateway
}

const shown = ({ sealedKey, ...rest }: Stored): SmsSettings => ({ ...rest, hasKey: sealedKey !== '' })
