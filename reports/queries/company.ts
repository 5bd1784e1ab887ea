import type { Knex } from 'knex'
import { readFactSettings } from '../facts/settings.ts'

/** What all reports need to know of the company. */
export interface Company {
  timeZone: string
  currency: string
}

/** The same clock and currency by which the sums are made. */
export async function readCompany(db: Knex): Promise<Company> {
  const { timeZone, rules } = await readFactSettings(db)
  return { timeZone, currency: rules.currency }
}
