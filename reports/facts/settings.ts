import type { Knex } from 'knex'
import { z } from 'zod'
import { reportRules, type ReportRules } from '../core/rules.ts'

export const rulesKey = 'reports.rules'
const zoneKey = 'company.timeZone'
const stateKey = 'reports.facts'

/** What the sums were made with: a change of any of it makes them all anew. */
const factState = z.object({
  version: z.number(),
  timeZone: z.string(),
  currency: z.string(),
  /** Visits of the days before this one are counted for good. */
  visitsUntil: z.string().nullable()
})
export type FactState = z.infer<typeof factState>

/** Raise it when facts are worked out in another way: history is then made anew by itself. */
export const factVersion = 1

export interface FactSettings {
  readonly rules: ReportRules
  readonly timeZone: string
  /** Null: nothing was ever worked out. */
  readonly state: FactState | null
}

export async function readFactSettings(db: Knex): Promise<FactSettings> {
  const rows = await db('settings')
    .whereIn('key', [rulesKey, zoneKey, stateKey])
    .select<{ key: string; value: unknown }[]>('key', 'value')
  const settings = new Map(rows.map(({ key, value }) => [key, value]))
  const zone = settings.get(zoneKey)
  return {
    rules: reportRules.parse(settings.get(rulesKey) ?? {}),
    timeZone: typeof zone === 'string' && isTimeZone(zone) ? zone : 'Europe/Moscow',
    state: factState.safeParse(settings.get(stateKey)).data ?? null
  }
}

export async function writeFactState(db: Knex, state: FactState): Promise<void> {
  await db('settings')
    .insert({ key: stateKey, value: JSON.stringify(state), updated_at: db.fn.now() })
    .onConflict('key')
    .merge()
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
