import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { z } from 'zod'

/** How long what visitors left is kept. Touchpoints outlive visits: models share calls among them. */
export const retentionSettings = z
  .object({
    visitDays: z.number().int().min(30).max(3650).default(400),
    touchpointDays: z.number().int().min(30).max(3650).default(1100)
  })
  .refine(({ visitDays, touchpointDays }) => touchpointDays >= visitDays, {
    path: ['touchpointDays'],
    error: 'must not be shorter than that of visits'
  })
export type RetentionSettings = z.output<typeof retentionSettings>

const key = 'tracking.retention'
const batch = 5000

export async function readRetention(db: Knex): Promise<RetentionSettings> {
  const row = await db('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  return retentionSettings.parse(row?.value ?? {})
}

export async function saveRetention(trx: Knex, settings: RetentionSettings): Promise<void> {
  await trx('settings')
    .insert({ key, value: JSON.stringify(settings), updated_at: trx.fn.now() })
    .onConflict('key')
    .merge()
}

/** Removes what is older than the company keeps it, a little at a time: nobody waits for a lock. */
export async function expireVisits(
  db: Knex,
  log: Logger,
  nowMs: number = Date.now()
): Promise<Record<string, number>> {
  const { visitDays, touchpointDays } = await readRetention(db)
  const before = (days: number): string => new Date(nowMs - days * 86_400_000).toISOString()
  const gone = { visits: 0, leases: 0, touchpoints: 0 }
  const sites = await db('sites').select<{ id: string }[]>('id')
  for (const { id } of sites) {
    gone.visits += await inBatches(() =>
      // Events have no age of their own: they go with their visit.
      db.raw(
        `with old as (
           delete from visits where id in (
             select id from visits where site_id = ? and started_at < ? order by started_at limit ${batch}
           ) returning id
         ), events as (delete from visit_events where visit_id in (select id from old))
         select count(*) as count from old`,
        [id, before(visitDays)]
      )
    )
  }
  gone.leases += await inBatches(() =>
    db.raw(
      `with old as (
         delete from number_leases where id in (
           select id from number_leases where until_at < ? order by until_at limit ${batch}
         ) returning id
       ) select count(*) as count from old`,
      [before(visitDays)]
    )
  )
  // Numbered as they came, so that the eldest stand first.
  gone.touchpoints += await inBatches(() =>
    db.raw(
      `with old as (
         delete from touchpoints where at < :before and id in (select id from touchpoints order by id limit ${batch})
         returning visitor_id
       ), idle as (
         delete from visitors v where v.id in (select visitor_id from old) and v.seen_at < :before
           and not exists (select from visits where visitor_id = v.id)
           and not exists (select from touchpoints t where t.visitor_id = v.id and t.at >= :before)
       ) select count(*) as count from old`,
      { before: before(touchpointDays) }
    )
  )
  if (gone.visits + gone.leases + gone.touchpoints > 0) log.info(gone, 'Old visits were removed')
  return gone
}

async function inBatches(remove: () => Knex.Raw<{ rows: { count: string }[] }>): Promise<number> {
  let sum = 0
  for (;;) {
    const { rows } = await remove()
    const count = Number(rows[0]?.count ?? 0)
    sum += count
    if (count === 0) return sum
  }
}
