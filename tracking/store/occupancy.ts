import type { Knex } from 'knex'

export interface OccupiedNumber {
  numberId: string
  e164: string
  state: 'held' | 'quarantine' | 'free'
  since: string | null
  until: string | null
  visitId: string | null
  source: string | null
  campaign: string | null
  pageUrl: string | null
}

interface SlotRow {
  number_id: string
  e164: string
  held_until: Date | number
  quarantine_seconds: number
  now: Date
  from_at: Date | null
  visit_id: string | null
  source: string | null
  campaign: string | null
  page_url: string | null
}

/** Who holds each number of a pool now. Null for a pool that is not there. */
export async function occupancyOf(db: Knex, poolId: string): Promise<OccupiedNumber[] | null> {
  if (!(await db('number_pools').where({ id: poolId }).first<unknown>('id'))) return null
  const { rows } = await db.raw<{ rows: SlotRow[] }>(
    `select s.number_id, s.e164, nullif(s.held_until, '-infinity') as held_until, t.quarantine_seconds, now() as now,
       l.from_at, s.visit_id, v.source, v.campaign, v.page_url
     from number_slots s
     join number_pools p on p.id = s.pool_id
     join sites t on t.id = p.site_id
     left join number_leases l on l.id = s.lease_id
     left join visits v on v.id = s.visit_id
     where s.pool_id = ? order by s.e164`,
    [poolId]
  )
  return rows.map((row) => {
    const nowMs = row.now.getTime()
    const heldMs = row.held_until instanceof Date ? row.held_until.getTime() : 0
    const quarantineMs = heldMs + row.quarantine_seconds * 1000
    const state = heldMs > nowMs ? 'held' : heldMs > 0 && quarantineMs > nowMs ? 'quarantine' : 'free'
    const isTaken = state !== 'free'
    const untilMs = state === 'held' ? heldMs : quarantineMs
    return {
      numberId: row.number_id,
      e164: row.e164,
      state,
      since: isTaken ? (row.from_at?.toISOString() ?? null) : null,
      until: isTaken ? new Date(untilMs).toISOString() : null,
      visitId: isTaken ? row.visit_id : null,
      source: isTaken ? row.source : null,
      campaign: isTaken ? row.campaign : null,
      pageUrl: isTaken ? row.page_url : null
    }
  })
}

export interface PoolState {
  id: string
  numbers: number
  held: number
  quarantined: number
  hourCoverage: number | null
  dayCoverage: number | null
  dayVisits: number
  isShort: boolean
  shortSince: string | null
  calls: number
  unattributed: number
}

interface StateRow {
  id: string
  numbers: string
  held: string
  quarantined: string
  hour_coverage: string | null
  day_coverage: string | null
  day_visits: number | null
  short_since: Date | null
  calls: string
  unattributed: string
}

/** How every pool does: its numbers now, its coverage lately, and calls of the last 30 days that no visit stands behind. */
export async function poolStatesOf(db: Knex): Promise<PoolState[]> {
  const { rows } = await db.raw<{ rows: StateRow[] }>(
    `with slots as (
       select s.pool_id, count(*) as numbers, count(*) filter (where s.held_until > now()) as held,
         count(*) filter (where s.held_until <= now()
           and s.held_until > now() - make_interval(secs => t.quarantine_seconds)) as quarantined
       from number_slots s join number_pools p on p.id = s.pool_id join sites t on t.id = p.site_id
       group by s.pool_id
     ), told as (
       select p.id as pool_id, count(*) as calls, count(*) filter (where c.visit_id is null) as unattributed
       from number_pools p join calls c on c.pool_id = p.id and c.started_at > now() - interval '30 days'
       where c.direction = 'in' and not c.is_spam
       group by p.id
     )
     select p.id, coalesce(s.numbers, 0) as numbers, coalesce(s.held, 0) as held,
       coalesce(s.quarantined, 0) as quarantined, c.hour_coverage, c.day_coverage, c.day_visits, c.short_since,
       coalesce(t.calls, 0) as calls, coalesce(t.unattributed, 0) as unattributed
     from number_pools p
     left join slots s on s.pool_id = p.id
     left join told t on t.pool_id = p.id
     left join pool_coverage c on c.pool_id = p.id
     order by p.name`
  )
  const share = (value: string | null): number | null => (value === null ? null : Number(value))
  return rows.map((row) => ({
    id: row.id,
    numbers: Number(row.numbers),
    held: Number(row.held),
    quarantined: Number(row.quarantined),
    hourCoverage: share(row.hour_coverage),
    dayCoverage: share(row.day_coverage),
    dayVisits: row.day_visits ?? 0,
    isShort: row.short_since !== null,
    shortSince: row.short_since?.toISOString() ?? null,
    calls: Number(row.calls),
    unattributed: Number(row.unattributed)
  }))
}
