import type { Knex } from 'knex'
import { policyKey } from '../dialling/policy-keeper.ts'
import { normalise } from '../tracking/phones.ts'

export interface ReadPhone {
  phone: string
  is_prefix: boolean
}

/**
 * Reads numbers as people of the company's country write them, or beginnings of numbers (with a star at the end, or
 * where `isPrefix` says so); null for what is none.
 */
export async function phoneReader(db: Knex): Promise<(raw: string, isPrefix?: boolean) => ReadPhone | null> {
  const country = await homeCountry(db)
  return (raw, isPrefix = false) => {
    const text = raw.trim()
    if (isPrefix || text.endsWith('*')) {
      const phone = beginning(text.replace(/\*+$/, ''), country)
      return phone === null ? null : { phone, is_prefix: true }
    }
    const phone = normalise(text, country)?.e164
    return phone === undefined ? null : { phone, is_prefix: false }
  }
}

/** At least a country and one digit more: a whole country is no spammer. */
function beginning(text: string, country: string): string | null {
  if (!/^\+?[\d\s().–-]+$/.test(text)) return null
  const digits = text.replace(/\D/g, '')
  const isNational = !text.startsWith('+') && (country === 'RU' || country === 'KZ') && digits.startsWith('8')
  const whole = isNational ? `7${digits.slice(1)}` : digits
  return whole.length >= 3 && whole.length <= 15 ? `+${whole}` : null
}

async function homeCountry(db: Knex): Promise<string> {
  const row = await db('settings').where({ key: policyKey }).first<{ value: unknown } | undefined>('value')
  const country = (row?.value as { homeCountry?: unknown } | undefined)?.homeCountry
  return typeof country === 'string' ? country : 'RU'
}
