import type { Knex } from 'knex'
import type { Secrets } from '../../db/secrets.ts'
import type { SmsTemplate } from './template.ts'

export const smsKey = 'sms'
export const smsPurpose = 'sms.key'

/** As it is stored; null: no gateway is set up. */
export interface StoredSms extends SmsTemplate {
  sealedKey: string
}

export async function readSms(
  db: Knex,
  secrets: Secrets
): Promise<{ template: SmsTemplate; key: string } | null> {
  const row = await db('settings').where({ key: smsKey }).first<{ value: StoredSms } | undefined>('value')
  if (!row?.value.url) return null
  const { sealedKey, ...template } = row.value
  return { template, key: sealedKey === '' ? '' : (secrets.open(sealedKey, smsPurpose) ?? '') }
}
