import type { Knex } from 'knex'

/** How automation speaks with clients. */
export interface AutomationSettings {
  /** No letters, SMS and callbacks then, in the client's time zone. */
  quiet: { from: string; to: string } | null
  /** Advertising goes only to those who agreed to it; else to all who have not refused it. */
  onlyWithConsent: boolean
  /** Before the address of the page on which letters can be refused. */
  refuseWords: string
}

export const settingsKey = 'automation'

export const usualSettings: AutomationSettings = {
  quiet: { from: '21:00', to: '09:00' },
  onlyWithConsent: true,
  refuseWords: 'Отписаться'
}

export async function readSettings(db: Knex): Promise<AutomationSettings> {
  const row = await db('settings')
    .where({ key: settingsKey })
    .first<{ value: Partial<AutomationSettings> } | undefined>('value')
  return { ...usualSettings, ...row?.value }
}

/** The company's time zone. */
export async function zoneOfCompany(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'company.timeZone' })
    .first<{ value: unknown } | undefined>('value')
  return typeof row?.value === 'string' ? row.value : 'Europe/Moscow'
}
