import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import { readCompany } from './company.ts'

/** One run ends after this long; what is left of history comes in the next. */
const runMs = 30_000
/** A spool may bring calls of yesterday until late today. */
const settledAfter = '26 hours'
/** Yesterday is looked at this often until then. */
const pause = '1 hour'
/** One run at a time, whoever runs it. */
const lockKey = 7_205_010

type Kind = 'leases' | 'shifts'

/** The first day of which there is anything to count. */
const firstDays: Record<Kind, string> = {
  leases: `select min(l.at) as at from number_pools p
    cross join lateral (select min(from_at) as at from number_leases where pool_id = p.id) l`,
  shifts: `select min(least(p.at, l.at)) as at from users u
    cross join lateral (select min(at) as at from presence_log where user_id = u.id) p
    cross join lateral (select min(started_at) as at from call_legs where user_id = u.id) l`
}

/** The bounds of a day as moments; `until` is not after now. */
const bounds = `bounds as (
  select cast(:day as date) as day, cast(:day as timestamp) at time zone :zone as since,
    least((cast(:day as timestamp) + interval '1 day') at time zone :zone, now()) as until
)`

/** A visit counts once: it was served when it held a number at any time of the day. */
const leases = `with ${bounds}, firsts as (
  select l.pool_id, l.site_id, l.visit_id, count(*) filter (where l.kind = 'lease') as leases,
    bool_and(l.kind = 'overflow') as is_overflow, bool_or(l.is_stolen) as is_stolen
  from bounds b cross join number_pools p
  join number_leases l on l.pool_id = p.id and l.from_at >= b.since and l.from_at < b.until
  group by 1, 2, 3
)
insert into report_leases (day, pool_id, site_id, leases, visits, overflowed, stolen)
select b.day, f.pool_id, f.site_id, sum(f.leases), count(*), count(*) filter (where f.is_overflow),
  count(*) filter (where f.is_stolen)
from firsts f cross join bounds b group by 1, 2, 3`

const secondsOf = (ranges: string): string =>
  `cast(coalesce((select sum(extract(epoch from upper(r) - lower(r))) from unnest(${ranges}) r), 0) as int)`
/** Without the talks in it. */
const idleOf = (presence: 'available' | 'wrap_up' | 'away'): string =>
  secondsOf(`coalesce(p.${presence}, '{}') - coalesce(t.spans, '{}')`)

/**
 * Talks of a day, even those that began the day before, and presence less the talks. Telephones that rang for a
 * client's call count, not for a draft that is tried out; one that stopped because somebody else answered was not missed.
 */
const shifts = `with ${bounds}, changes as (
  select u.id as user_id, b.since as at, 0 as id, (select presence from presence_log l
    where l.user_id = u.id and l.at <= b.since order by l.at desc, l.id desc limit 1) as presence
  from users u cross join bounds b
  union all
  select u.id, l.at, l.id, l.presence from users u cross join bounds b
  join presence_log l on l.user_id = u.id and l.at > b.since and l.at < b.until
), spans as (
  select c.user_id, c.presence, tstzrange(c.at, lead(c.at, 1, b.until) over (partition by c.user_id order by c.at, c.id)) as span
  from changes c cross join bounds b
), presences as (
  select user_id, range_agg(span) filter (where presence = 'available') as available,
    range_agg(span) filter (where presence = 'wrapUp') as wrap_up, range_agg(span) filter (where presence = 'away') as away
  from spans where not isempty(span) group by user_id
), talks as (
  select l.user_id, range_agg(tstzrange(greatest(l.answered_at, b.since), least(l.ended_at, b.until))) as spans
  from users u cross join bounds b
  join call_legs l on l.user_id = u.id and l.started_at >= b.since - interval '1 day' and l.started_at < b.until
  where l.answered_at < b.until and l.ended_at > b.since and l.ended_at >= l.answered_at and l.kind = 'operator'
  group by l.user_id
), rings as (
  select l.user_id, count(*) filter (where l.result is distinct from 'failed') as rings,
    count(*) filter (where l.result in ('noAnswer', 'declined')) as missed
  from users u cross join bounds b
  join call_legs l on l.user_id = u.id and l.started_at >= b.since and l.started_at < b.until
  join calls c on c.id = l.call_id and c.call_type <> 'test'
  where l.kind = 'operator' and l.purpose = 'scheme' group by l.user_id
), outs as (
  select c.operator_id as user_id, count(*) as calls from users u cross join bounds b
  join calls c on c.operator_id = u.id and c.started_at >= b.since and c.started_at < b.until
  where c.direction = 'out' and c.outcome = 'answered' and c.ended_at is not null group by 1
)
insert into report_shifts (day, user_id, available_seconds, busy_seconds, wrap_up_seconds, away_seconds, rings, missed_rings, out_calls)
select b.day, u.id, ${idleOf('available')}, ${secondsOf("coalesce(t.spans, '{}')")}, ${idleOf('wrap_up')}, ${idleOf('away')},
  coalesce(r.rings, 0), coalesce(r.missed, 0), coalesce(o.calls, 0)
from users u cross join bounds b
left join presences p on p.user_id = u.id left join talks t on t.user_id = u.id
left join rings r on r.user_id = u.id left join outs o on o.user_id = u.id
where p.available is not null or p.wrap_up is not null or p.away is not null
  or t.spans is not null or r.user_id is not null or o.user_id is not null`

const kinds: Record<Kind, { table: string; count: string }> = {
  leases: { table: 'report_leases', count: leases },
  shifts: { table: 'report_shifts', count: shifts }
}

/**
 * Counts days that were never counted, that may have grown since, or that were counted by another wall clock; the
 * newest first. Each day is one transaction, so that a report never sees half of one.
 * @returns how many days were counted
 */
export async function countDays(db: Knex, mostMs = runMs): Promise<number> {
  const { timeZone } = await readCompany(db)
  const endMs = Date.now() + mostMs
  let counted = 0
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const day of await openDays(db, kind, timeZone)) {
      if (Date.now() > endMs) return counted
      if (await countDay(db, kind, day, timeZone)) counted += 1
    }
  }
  return counted
}

async function openDays(db: Knex, kind: Kind, zone: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { day: string }[] }>(
    `with today as (select cast(now() at time zone :zone as date) as day), first as (${firstDays[kind]})
     select to_char(d.day, 'YYYY-MM-DD') as day from first f cross join today t
     cross join lateral (select cast(g as date) as day from generate_series(
       cast(cast(f.at at time zone :zone as date) as timestamp), cast(t.day as timestamp), interval '1 day') g) d
     left join report_counted_days c on c.kind = :kind and c.day = d.day
     where f.at is not null and (c.day is null or c.time_zone <> :zone or d.day = t.day or (
       c.counted_at < (cast(d.day + 1 as timestamp) at time zone :zone) + interval '${settledAfter}'
       and c.counted_at < now() - interval '${pause}'))
     order by d.day desc`,
    { zone, kind }
  )
  return rows.map(({ day }) => day)
}

async function countDay(db: Knex, kind: Kind, day: string, zone: string): Promise<boolean> {
  const { table, count } = kinds[kind]
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { free: boolean }[] }>(
      'select pg_try_advisory_xact_lock(?) as free',
      [lockKey]
    )
    if (rows[0]?.free !== true) return false
    await trx(table).where({ day }).delete()
    await trx.raw(count, { day, zone })
    await trx('report_counted_days')
      .insert({ kind, day, time_zone: zone, counted_at: trx.fn.now() })
      .onConflict(['kind', 'day'])
      .merge()
    return true
  })
}

/** Keeps the days of pools and operators counted, by the job queue. */
export function createReportDays({ db, log }: { db: Knex; log: Logger }): {
  tasks: JobTasks
  schedules: readonly JobSchedule[]
} {
  return {
    tasks: {
      'reports.days': async () => {
        const days = await countDays(db)
        if (days > 4) log.debug({ days }, 'counted days of pools and operators')
      }
    },
    schedules: [{ task: 'reports.days', match: '* * * * *' }]
  }
}
