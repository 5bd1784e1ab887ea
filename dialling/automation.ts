import type { Knex } from 'knex'
import { isOpen } from '../ivr/blocks/schedule.ts'
import { schedulesOf, type ScheduleRow } from '../ivr/schedules.ts'
import { orderCallback } from './callbacks.ts'
import { clientTimeZone } from './core/region-time.ts'

/** What rules of automation may ask of dialling; they are handed it as ports. */
export const dialsForRules = {
  /** Orders a callback in this transaction; it joins one that is open. */
  async callback(
    trx: Knex,
    wanted: {
      phone: string
      name: string | null
      contactId: string | null
      inquiryId: string | null
      groupId: string | null
    }
  ): Promise<string> {
    return (await orderCallback(trx, { ...wanted, kind: 'manual' })).id
  },
  zoneOf: clientTimeZone,
  /** Which of these schedules are open at a moment; one that is gone is not told of. */
  async openSchedules(db: Knex, ids: readonly string[], atMs: number): Promise<Map<string, boolean>> {
    const columns = ['id', 'time_zone as timeZone', 'hours', 'days', 'override']
    const rows = await db('schedules')
      .whereIn('id', [...ids])
      .select<ScheduleRow[]>(columns)
    const zone = await db('settings')
      .where({ key: 'company.timeZone' })
      .first<{ value: unknown } | undefined>('value')
    const ready = schedulesOf(rows, typeof zone?.value === 'string' ? zone.value : 'Europe/Moscow')
    return new Map([...ready].map(([id, hours]) => [id, isOpen(hours, atMs)]))
  }
}
