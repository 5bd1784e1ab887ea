import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'

/** A number that a visit holds. */
export interface Lease {
  numberId: string
  e164: string
  /** Taken from quarantine: its last holder may still call. */
  isStolen: boolean
  fromMs: number
  untilMs: number
}

export interface LeaseWish {
  poolId: string
  siteId: string
  visitId: string
  visitorId: string
  /** From now: until the next heartbeat is surely missed, and the linger after it. */
  holdSeconds: number
  quarantineSeconds: number
}

/**
 * One statement on one row. The visitor's own number comes first (held on another page or tab, or before and not
 * lent since); else the number that has been free longest, so that quarantined ones go last, and the longest idle
 * of them first. Rows that others are taking just now are passed by.
 *
 * The lock makes PostgreSQL look at the row again as it stands then: whoever comes second finds it held. The unique
 * index over pool and visitor catches two tabs of one newcomer, who would else take two numbers.
 */
const leaseStatement = `
with own as (
  select number_id, held_until, visit_id, lease_id from number_slots
  where pool_id = :poolId and visitor_id = :visitorId
  for update
), free as (
  select number_id, held_until, visit_id, lease_id from number_slots
  where pool_id = :poolId and held_until <= now() and not exists (select 1 from own)
  order by held_until limit 1
  for update skip locked
), pick as (
  select *, true as is_own from own union all select *, false from free
), taken as (
  update number_slots s set
    visitor_id = :visitorId, visit_id = :visitId, touched_at = now(),
    held_until = greatest(now() + make_interval(secs => :holdSeconds), case when p.is_own then p.held_until end),
    lease_id = case when p.is_own and p.visit_id = :visitId and p.held_until > now() then p.lease_id
                    else gen_random_uuid() end
  from pick p where s.number_id = p.number_id
  returning s.number_id, s.e164, s.lease_id, s.held_until,
    not p.is_own and p.held_until > now() - make_interval(secs => :quarantineSeconds) as is_stolen,
    case when p.lease_id is distinct from s.lease_id then p.lease_id end as last_lease_id
), closed as (
  update number_leases l set until_at = least(l.until_at, now())
  from taken t where l.id = t.last_lease_id and l.until_at > now()
), noted as (
  insert into number_leases (id, number_id, pool_id, site_id, visit_id, visitor_id, is_stolen, from_at, seen_at, until_at)
  select t.lease_id, t.number_id, cast(:poolId as uuid), cast(:siteId as uuid), cast(:visitId as uuid),
    cast(:visitorId as uuid), t.is_stolen, now(), now(), t.held_until from taken t
  on conflict (id) do update set seen_at = now(), until_at = excluded.until_at
  returning from_at
)
select t.number_id, t.e164, t.is_stolen, t.held_until,
  coalesce((select from_at from noted), now()) as from_at from taken t`

interface LeaseRow {
  number_id: string
  e164: string
  is_stolen: boolean
  held_until: Date
  from_at: Date
}

const mostTries = 5

/** Lends a number of a pool to a visit. Null when each one is held: the pool is exhausted. */
export async function lease(db: Knex, wish: LeaseWish): Promise<Lease | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      const [row] = await prepared<LeaseRow>(db, 'lease', leaseStatement, { ...wish })
      if (!row) return null
      return {
        numberId: row.number_id,
        e164: row.e164,
        isStolen: row.is_stolen,
        fromMs: row.from_at.getTime(),
        untilMs: row.held_until.getTime()
      }
    } catch (error) {
      // Another tab of the same visitor was faster: this time its number is found.
      const isRace = error instanceof Error && 'code' in error && error.code === '23505'
      if (!isRace || tries >= mostTries) throw error
    }
  }
}

/** Notes that a visit was shown the overflow number: how much a pool lacks is measured by these. */
export async function noteOverflow(
  db: Knex,
  { numberId, ...wish }: Omit<LeaseWish, 'quarantineSeconds'> & { numberId: string | null }
): Promise<void> {
  // One row per visit and pool, however many pages are looked at.
  await db.raw(
    `insert into number_leases (id, kind, number_id, pool_id, site_id, visit_id, visitor_id, until_at)
     select gen_random_uuid(), 'overflow', coalesce(cast(:numberId as uuid), '00000000-0000-0000-0000-000000000000'),
       cast(:poolId as uuid), cast(:siteId as uuid), cast(:visitId as uuid), cast(:visitorId as uuid), now() + make_interval(secs => :holdSeconds)
     where not exists (select 1 from number_leases where visit_id = :visitId and pool_id = :poolId and kind = 'overflow')`,
    { ...wish, numberId }
  )
}

export interface Sign {
  visitId: string
  visitorId: string
  siteId: string
  /** The visitor's own clock: only ever compared with itself. */
  beatMs: number
  holdSeconds: number
  idleSeconds: number
  /** The visitor did something since the last sign. */
  isActive: boolean
  isLeaving: boolean
}

/** `replayed`: an older sign than the last one, or no such visit. `idle`: nobody has touched the page for long. */
export interface SignAnswer {
  result: 'held' | 'replayed' | 'lost'
  untilMs: number | null
  numberIds: string[]
}

/**
 * Takes a heartbeat: each number that the visit still has is held on; at leaving the hold becomes shorter. A number
 * whose lease has lapsed is held again if nobody has it; one that went to another visitor stays there.
 */
const signStatement = `
with fresh as (
  update visits set seen_at = now(), beat_ms = :beatMs, left_at = case when cast(:isLeaving as boolean) then now() end
  where id = :visitId and visitor_id = :visitorId and site_id = :siteId and beat_ms < :beatMs
  returning id, visitor_id
), seen as (
  update visitors v set seen_at = now() from fresh f where v.id = f.visitor_id
), kept as (
  update number_slots s set
    held_until = case when cast(:isLeaving as boolean) then now() + make_interval(secs => :holdSeconds)
                      else greatest(s.held_until, now() + make_interval(secs => :holdSeconds)) end,
    touched_at = case when cast(:isActive as boolean) then now() else s.touched_at end
  from fresh f
  where s.visit_id = f.id and s.visitor_id = f.visitor_id
    and (cast(:isActive as boolean) or cast(:isLeaving as boolean) or s.touched_at > now() - make_interval(secs => :idleSeconds))
  returning s.number_id, s.lease_id, s.held_until
), noted as (
  update number_leases l set seen_at = now(), until_at = k.held_until from kept k where l.id = k.lease_id
)
select (select count(*) from fresh) as fresh, k.number_id, k.held_until from (select 1) one left join kept k on true`

export async function sign(db: Knex, given: Sign): Promise<SignAnswer> {
  const rows = await prepared<{ fresh: number; number_id: string | null; held_until: Date | null }>(
    db,
    'heartbeat',
    signStatement,
    { ...given }
  )
  if (Number(rows[0]?.fresh ?? 0) === 0) return { result: 'replayed', untilMs: null, numberIds: [] }
  const held = rows.flatMap(({ number_id }) => (number_id === null ? [] : [number_id]))
  return {
    result: held.length > 0 ? 'held' : 'lost',
    untilMs: rows[0]?.held_until?.getTime() ?? null,
    numberIds: held
  }
}
