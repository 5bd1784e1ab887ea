import { randomUUID } from 'node:crypto'
import knex, { type Knex } from 'knex'
import { createLeaseMemory } from '../../tracking/attribution/memory.ts'
import { direct } from '../../tracking/classify.ts'
import { lease, sign } from '../../tracking/store/leases.ts'
import { newVisitId } from '../../tracking/store/visits.ts'
import type { TestSite } from './site.ts'

const minuteMs = 60_000

/** A day at a site: who comes, how long they stay, whether and when they call. */
export interface Scene {
  seed: number
  visits: number
  visitorsPerHour: number
  visitMinutes: number
  lingerSeconds: number
  /** The share of visitors who call. */
  callers: number
  /** From the arrival, or from leaving for those who left before; mean of an exponential time. */
  callMinutes: number
  /** Calls of people who have seen no page, as a share of all. */
  strangers: number
}

export interface Outcome {
  /** The share of visitors who got a number of their own. */
  coverage: number
  stolen: number
  /** Calls of visitors and of strangers to numbers of the pool or the overflow number. */
  calls: number
  attributed: number
  right: number
  precision: number
  /** Of the calls of visitors. */
  recall: number
  /** Calls made while the caller's lease held, and how many of them were attributed rightly. */
  whileHeld: { calls: number; right: number }
  /** What the rules said of themselves: the mean confidence of what they attributed. */
  confidence: number
  /** Every call that was attributed: how sure the rules were, and whether they were right. */
  claims: Claim[]
}
export interface Claim {
  confidence: number
  isRight: boolean
}

interface Visitor {
  visitorId: string
  visitId: string
  number: string | null
  beatMs: number
}
interface Event {
  atMs: number
  run(): Promise<void>
}

/** The database with a clock that is set by hand: the real statements run in simulated time. */
export async function simulatedDatabase(
  url: string
): Promise<{ db: Knex; setClock(ms: number): Promise<void> }> {
  // `now` is found in the first schema of the path that has it, and that is ours.
  const db = knex({
    client: 'pg',
    connection: { connectionString: url },
    searchPath: ['simulated', 'public', 'pg_catalog'],
    pool: { min: 1, max: 1 }
  })
  await db.raw('create schema if not exists simulated')
  await db.raw(
    `create or replace function simulated.now() returns timestamptz language sql stable
     as $$ select current_setting('simulated.now')::timestamptz $$`
  )
  const setClock = async (ms: number): Promise<void> => {
    await db.raw(`select set_config('simulated.now', ?, false)`, [new Date(ms).toISOString()])
  }
  return { db, setClock }
}

/** Plays a scene through the leases and the attribution as they are in the product, and compares with the truth. */
export async function simulate(
  world: { db: Knex; setClock(ms: number): Promise<void> },
  site: TestSite,
  scene: Scene
): Promise<Outcome> {
  const { db, setClock } = world
  const chance = dice(scene.seed)
  const after = (meanMs: number): number => -Math.log(1 - chance()) * meanMs
  const redialMs = 24 * 60 * minuteMs
  const memory = createLeaseMemory((numberId) =>
    numberId === 'overflow'
      ? { poolId: site.poolId, poolName: 'pool', role: 'overflow', redialMs }
      : { poolId: site.poolId, poolName: 'pool', role: 'member', redialMs }
  )
  const queue: Event[] = []
  const at = (atMs: number, run: () => Promise<void>): void => {
    queue.push({ atMs, run })
  }
  const startMs = Date.parse('2026-11-20T09:00:00Z')
  const tally = {
    covered: 0,
    stolen: 0,
    calls: 0,
    visitorCalls: 0,
    attributed: 0,
    right: 0,
    held: 0,
    heldRight: 0,
    sure: 0
  }
  const claims: Claim[] = []
  const beatSeconds = 120
  const holdSeconds = beatSeconds + 30 + scene.lingerSeconds
  let callers = 0

  function call(number: string, by: Visitor | null, atMs: number): void {
    callers += 1
    tally.calls += 1
    if (by) tally.visitorCalls += 1
    const { who } = memory.sourceOf(number, atMs, `+7916${String(callers).padStart(7, '0')}`) ?? {}
    const isRight = by !== null && who?.visitId === by.visitId
    if (who?.visitId) {
      tally.attributed += 1
      tally.sure += who.confidence
      claims.push({ confidence: who.confidence, isRight })
      if (isRight) tally.right += 1
    }
    if (by && isHeld(by, atMs)) {
      tally.held += 1
      if (isRight) tally.heldRight += 1
    }
  }
  const heldUntil = new Map<string, number>()
  const isHeld = ({ visitId }: Visitor, atMs: number): boolean => atMs < (heldUntil.get(visitId) ?? 0)

  async function arrive(atMs: number): Promise<void> {
    await setClock(atMs)
    const visitor: Visitor = { visitorId: randomUUID(), visitId: newVisitId(atMs), number: null, beatMs: 0 }
    const { visitorId, visitId } = visitor
    await db.raw(
      `with visitor as (insert into visitors (id, site_id, touch) values (:visitorId, :siteId, '{}') returning id, site_id)
       insert into visits (id, visitor_id, site_id, landing_url, page_url, rule, inquiry_channel, source, medium)
       select cast(:visitId as uuid), id, site_id, 'x', 'x', 'direct', 'direct', '(direct)', '(none)' from visitor`,
      { visitId, visitorId, siteId: site.siteId }
    )
    const wish = {
      poolId: site.poolId,
      siteId: site.siteId,
      visitId,
      visitorId,
      holdSeconds,
      quarantineSeconds: 1200
    }
    const given = await lease(db, wish)
    const stayMs = after(scene.visitMinutes * minuteMs)
    if (given) {
      tally.covered += 1
      if (given.isStolen) tally.stolen += 1
      visitor.number = given.numberId
      heldUntil.set(visitId, given.untilMs)
      memory.hold(
        given.numberId,
        { visitId, visitorId, fromMs: given.fromMs, seenMs: atMs, untilMs: given.untilMs },
        {
          ...{ visitId, visitorId, siteId: site.siteId, touch: direct, landingUrl: 'x', pageUrl: 'x' },
          ...{ referrer: null, gaClientId: null, ymClientId: null, device: null }
        }
      )
      for (let beat = atMs + beatSeconds * 1000; beat < atMs + stayMs; beat += beatSeconds * 1000)
        at(beat, () => tell(visitor, beat, false))
      at(atMs + stayMs, () => tell(visitor, atMs + stayMs, true))
    }
    if (chance() < scene.callers) {
      const dialMs = atMs + after(scene.callMinutes * minuteMs)
      at(dialMs, () => Promise.resolve(call(visitor.number ?? 'overflow', visitor, dialMs)))
    }
  }
  async function tell(visitor: Visitor, atMs: number, isLeaving: boolean): Promise<void> {
    const { visitId, visitorId } = visitor
    visitor.beatMs += 1
    await setClock(atMs)
    const answer = await sign(db, {
      ...{
        visitId,
        visitorId,
        siteId: site.siteId,
        beatMs: visitor.beatMs,
        isActive: true,
        isLeaving,
        idleSeconds: 1e6
      },
      holdSeconds: isLeaving ? scene.lingerSeconds : holdSeconds
    })
    if (answer.untilMs === null) return
    heldUntil.set(visitId, answer.untilMs)
    memory.sign(visitId, atMs, answer.untilMs)
  }

  let arrivalMs = startMs
  for (let i = 0; i < scene.visits; i += 1) {
    arrivalMs += after((60 * minuteMs) / scene.visitorsPerHour)
    const atMs = Math.round(arrivalMs)
    at(atMs, () => arrive(atMs))
    if (chance() < scene.callers * scene.strangers) {
      const number = [...site.numberIds.values()][1 + Math.floor(chance() * site.numbers.length)] ?? ''
      at(atMs, () => Promise.resolve(call(number, null, atMs)))
    }
  }
  const begin = queue.splice(0).sort((a, b) => a.atMs - b.atMs)
  for (;;) {
    // Few wait at a time: looking for the next costs nothing beside a statement.
    queue.sort((a, b) => a.atMs - b.atMs)
    const isNew = (begin[0]?.atMs ?? Infinity) <= (queue[0]?.atMs ?? Infinity)
    const next = isNew ? begin.shift() : queue.shift()
    if (!next) break
    await next.run()
  }
  const share = (part: number, of: number): number => (of === 0 ? 0 : part / of)
  return {
    coverage: share(tally.covered, scene.visits),
    stolen: tally.stolen,
    calls: tally.calls,
    attributed: tally.attributed,
    right: tally.right,
    precision: share(tally.right, tally.attributed),
    recall: share(tally.right, tally.visitorCalls),
    whileHeld: { calls: tally.held, right: tally.heldRight },
    confidence: share(tally.sure, tally.attributed),
    claims
  }
}

/** mulberry32: the same numbers for the same seed, on every machine. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
