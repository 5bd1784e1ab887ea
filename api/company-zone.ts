import type { Knex } from 'knex'

const usual = 'Europe/Moscow'

/** The company's time zone: days and hours of reports and of the journal are its own. */
export async function companyZone(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'company.timeZone' })
    .first<{ value: unknown } | undefined>('value')
  return typeof row?.value === 'string' ? row.value : usual
}
