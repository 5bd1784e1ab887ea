import type { Knex } from 'knex'

/** One worker at a time: the facts are worked out in the order of what happened. */
const lockKey = 7_105_331

/** False: another controller is at it. */
export async function tryLock(trx: Knex.Transaction): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { held: boolean }[] }>(
    'select pg_try_advisory_xact_lock(?) as held',
    [lockKey]
  )
  return rows[0]?.held === true
}

/** Waits until nobody else is at it. */
export async function lock(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [lockKey])
}

/** What is written here is no news to the queue of facts. */
export const silence = (trx: Knex.Transaction): Promise<unknown> =>
  trx.raw(`set local ringtrace.facts = 'on'`)

/** The days of these moments are to be summed up again. */
export async function markDays(
  trx: Knex.Transaction,
  timeZone: string,
  moments: readonly string[]
): Promise<void> {
  if (moments.length === 0) return
  await trx.raw(
    `insert into report_dirty_days (day)
     select distinct cast(m at time zone ? as date) from unnest(cast(? as timestamptz[])) m on conflict do nothing`,
    [timeZone, [...new Set(moments)]]
  )
}

/** What changed, by which days it is counted on. */
export interface Moved {
  /** Calls, forms and callbacks: inquiries made of them, and deals of those, share their credits. */
  readonly subjects: readonly string[]
  readonly inquiries: readonly string[]
  readonly deals: readonly string[]
}

/** Marks the days of inquiries and deals, and of whatever stands on them. */
export async function markDependents(trx: Knex.Transaction, timeZone: string, moved: Moved): Promise<void> {
  const { subjects, inquiries, deals } = moved
  if (subjects.length + inquiries.length + deals.length === 0) return
  await trx.raw(
    `with asked as (
       select id, created_at from inquiries
       where id = any(cast(:inquiries as uuid[])) or call_id = any(cast(:subjects as uuid[]))
         or form_id = any(cast(:subjects as uuid[])) or callback_id = any(cast(:subjects as uuid[]))
     )
     insert into report_dirty_days (day)
     select cast(created_at at time zone :timeZone as date) from asked
     union select cast(d.created_at at time zone :timeZone as date) from deals d
       where d.id = any(cast(:deals as uuid[])) or d.inquiry_id in (select id from asked)
     on conflict do nothing`,
    { subjects, inquiries, deals, timeZone }
  )
}
