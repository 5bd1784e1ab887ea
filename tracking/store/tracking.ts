import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import type { CallVisit, Source } from '../../pbx/call/types.ts'
import { createLeaseMemory, type LeaseMemory, type VisitInfo } from '../attribution/memory.ts'
import { telling, type MemoryChange } from '../attribution/telling.ts'
import { isMachine } from '../bots.ts'
import { classify, type Touch } from '../classify.ts'
import { landingOf } from '../landing.ts'
import { choosePool, type Pool } from '../pools.ts'
import { keepConfig, type TrackedSite, type TrackingConfig } from './config.ts'
import { joinCaller } from './events.ts'
import { lease, noteOverflow, sign } from './leases.ts'
import { connectUnhurried } from './unhurried.ts'
import { createLimits, type OrderFrom } from './limits.ts'
import { loadMemory } from './load.ts'
import { checkCoverage } from './coverage.ts'
import { expireVisits } from './retention.ts'
import { createSigned, signingSecret, type Challenge, type Signed } from './signed.ts'
import { checkAddress, exampleNumbers, type CheckAnswer, type CheckQuestion } from './site-check.ts'
import {
  addForeignIds,
  continueVisit,
  findVisitor,
  newVisitId,
  openVisit,
  type ForeignIds,
  type KnownVisitor,
  type PageView
} from './visits.ts'

/** Seconds between two heartbeats of a visible page. */
export const beatSeconds = 15

/** A request of the snippet for a page. */
export interface VisitRequest {
  view: PageView
  visitorId: string
  visitId: string | null
  /** The number groups that the page shows. */
  groups: readonly string[]
  /** False: no new page, only numbers for groups that turned up later. */
  isPage: boolean
  hasConsent: boolean
}

export interface ShownNumber {
  group: string
  e164: string
  /** `lease`: this visitor's alone; `overflow`: the pool is exhausted; `static`: of the source. */
  kind: 'lease' | 'overflow' | 'static'
}

/**
 * `capped`, `machine`, `noConsent`: nothing is stored, and numbers are those that stand for many. `tried`: nothing is
 * stored or lent, and the numbers are examples.
 */
export interface VisitAnswer {
  state: 'tracked' | 'capped' | 'machine' | 'noConsent' | 'tried'
  visitorId: string | null
  visitId: string | null
  numbers: ShownNumber[]
}

export interface HeartbeatRequest {
  visitorId: string
  visitId: string
  beatMs: number
  isActive: boolean
  isLeaving: boolean
  /** Ids of other systems that have come since the page was told of. */
  found: ForeignIds | null
}

/** Call tracking at work. */
export interface Tracking {
  readonly config: TrackingConfig
  /** False: the address floods us. */
  admit(address: string): boolean
  /** False: enough callbacks were ordered for this phone, from this address, or on this site. */
  mayOrder(siteId: string, address: string, phone: string, about?: OrderFrom): boolean
  /** A callback was refused; true: so many were that admins must know. */
  isFlood(siteId: string): boolean
  /**
   * Asked before each order from a page: null when it may go on, else the puzzle to solve first. See `limits.ts`.
   * @param solution of the puzzle that the page got the last time
   */
  workNeeded(
    siteId: string,
    address: string,
    solution: { challenge: string; answer: string } | null
  ): Challenge | null
  /** False: enough forms came from this address, or from this site. */
  maySend(siteId: string, address: string): boolean
  /** What an address would become: the source, the pool and why. Writes nothing. */
  check(site: TrackedSite, question: CheckQuestion): Promise<CheckAnswer>
  /** The answer that a visit would get, with example numbers. Writes nothing, lends nothing. */
  tryVisit(site: TrackedSite, request: VisitRequest): Promise<VisitAnswer>
  /** Lets a page be looked into for a while by whoever has it. */
  debugToken(siteId: string, untilMs: number): string
  isDebug(siteId: string, token: string): boolean
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
  /** A call with its first moment: a known client joins the visitor who called. */
  onInitiated(data: {
    visit?: { visitorId: string | null } | undefined
    contact: { id: string } | null
  }): void
  visit(site: TrackedSite, request: VisitRequest): Promise<VisitAnswer>
  heartbeat(
    site: TrackedSite,
    request: HeartbeatRequest
  ): Promise<{ result: 'held' | 'replayed' | 'lost'; until: string | null }>
  /** Where a call comes from, at once and from memory. Null for a number of no pool. */
  sourceOf(
    numberId: string,
    atMs: number,
    caller: string | null
  ): { source: Source | null; visit: CallVisit } | null
  readonly memory: LeaseMemory
  /** Loads settings and the holds of the last hour. Calls are attributed from then on. */
  start(): Promise<void>
  reload(): Promise<void>
  stop(): Promise<void>
}

export function createTracking(options: {
  db: Knex
  databaseUrl: string
  log: Logger
  now?: () => number
  /** Told of what calls are attributed by, where they are led in another process. */
  tell?: (change: MemoryChange) => void
}): Tracking {
  const { db, log, now = Date.now } = options
  // Visits do not wait for the disk. The lease that follows does, and takes what was written before it along.
  const visitsDb = connectUnhurried(options.databaseUrl, log)
  const keeper = keepConfig(options)
  const limits = createLimits()
  let signed: Signed = createSigned(randomUUID())
  const own = createLeaseMemory((numberId) => keeper.current.numbers.get(numberId) ?? null)
  const memory = options.tell ? telling(own, options.tell) : own

  async function visit(site: TrackedSite, request: VisitRequest): Promise<VisitAnswer> {
    const { view, groups } = request
    const fresh = () => classify(view, { ownHosts: ownHosts(site), isIsolated: site.isIsolated }, null, now())
    const untracked = (state: VisitAnswer['state']): VisitAnswer => ({
      state,
      visitorId: null,
      visitId: null,
      numbers: sharedNumbers(site, groups, fresh().current, view, state !== 'noConsent')
    })
    if (site.consent === 'required' && !request.hasConsent) return untracked('noConsent')
    if (isMachine(view.userAgent)) return untracked('machine')
    const mayOpen = (): boolean => limits.mayOpen(site.id, view.ip ?? '', site.visitsPerAddress, now())
    // Whoever claims no visit is counted before anything is read: a flood costs no database.
    if (request.visitId === null && !mayOpen()) return untracked('capped')

    // Somebody without a visit is mostly new: then one statement does for two.
    if (request.visitId === null && request.isPage) {
      const found = fresh()
      const visitId = newVisitId(now())
      const ids = { siteId: site.id, visitorId: request.visitorId, visitId }
      if (await openVisit(visitsDb, ids, view, found, true))
        return tracked(site, request, visitId, ids.visitorId, found.current, null)
    }
    const known = await findVisitor(db, site.id, request.visitorId, site.attributionMs, now())
    const found = known
      ? classify(view, { ownHosts: ownHosts(site), isIsolated: site.isIsolated }, known.before, now())
      : fresh()
    const open = known && !found.isNewVisit && known.visit ? known.visit : null
    if (!open && request.visitId !== null && !mayOpen()) return untracked('capped')

    let visitorId = request.visitorId
    const visitId = open?.id ?? newVisitId(now())
    if (open) {
      if (request.isPage) await continueVisit(visitsDb, visitId, view)
    } else if (!(await openVisit(visitsDb, { siteId: site.id, visitorId, visitId }, view, found))) {
      // An id that belongs to another site of ours: this one gives its own.
      visitorId = newVisitId(now())
      await openVisit(visitsDb, { siteId: site.id, visitorId, visitId }, view, found)
    }
    return tracked(site, request, visitId, visitorId, found.current, open)
  }

  /** The numbers of a visit that is written. */
  async function tracked(
    site: TrackedSite,
    { view, groups }: VisitRequest,
    visitId: string,
    visitorId: string,
    touch: Touch,
    open: KnownVisitor['visit']
  ): Promise<VisitAnswer> {
    const info: VisitInfo = {
      visitId,
      visitorId,
      siteId: site.id,
      touch,
      landingUrl: open?.landingUrl ?? view.url,
      pageUrl: view.url,
      referrer: open ? open.referrer : view.referrer,
      gaClientId: view.gaClientId,
      ymClientId: view.ymClientId,
      device: view.device
    }
    memory.page(visitId, view.url)
    const numbers: ShownNumber[] = []
    for (const group of new Set(groups)) {
      const number = await numberFor(site, group, info, view)
      if (number) numbers.push(number)
    }
    return { state: 'tracked', visitorId, visitId, numbers }
  }

  async function numberFor(
    site: TrackedSite,
    group: string,
    info: VisitInfo,
    view: PageView
  ): Promise<ShownNumber | null> {
    const pool = poolFor(site, group, info.touch, view, info.landingUrl)
    if (!pool) return null
    if (pool.mode === 'static') return shared(pool, group)
    const wish = {
      poolId: pool.id,
      siteId: site.id,
      visitId: info.visitId,
      visitorId: info.visitorId,
      holdSeconds: holdSeconds(site),
      quarantineSeconds: site.quarantineSeconds
    }
    const given = await lease(db, wish)
    if (given) {
      const { numberId, fromMs, untilMs } = given
      const { visitId, visitorId } = info
      memory.hold(numberId, { visitId, visitorId, fromMs, seenMs: now(), untilMs }, info)
      return { group, e164: given.e164, kind: 'lease' }
    }
    log.warn({ pool: pool.name }, 'Every number of a pool is lent')
    await noteOverflow(db, { ...wish, numberId: pool.overflow?.id ?? null })
    return shared(pool, group)
  }

  return {
    get config() {
      return keeper.current
    },
    memory,
    admit: (address) => limits.admit(address, now()),
    mayOrder: (siteId, address, phone, about) => limits.mayOrder(siteId, address, phone, now(), about),
    isFlood: (siteId) => limits.isFlood(siteId, now()),
    workNeeded(siteId, address, solution) {
      if (solution) {
        // What was solved stays good while the puzzles grow harder; whoever solved one has paid for this try.
        const asked = limits.workFor(siteId, address, now(), false)
        if (signed.isSolved(siteId, Math.max(1, asked - 3), solution, now())) return null
      }
      const bits = limits.workFor(siteId, address, now())
      return bits === 0 ? null : signed.challenge(siteId, bits, now())
    },
    maySend: (siteId, address) => limits.maySend(siteId, address, now()),
    check: (site, question) => checkAddress(db, site, ownHosts(site), question, now()),
    async tryVisit(site, { view, groups }) {
      const found = await checkAddress(db, site, ownHosts(site), { ...view, visitorId: null }, now())
      const numbers = await exampleNumbers(db, site, found, view.zone, groups)
      return { state: 'tried', visitorId: null, visitId: null, numbers }
    },
    debugToken: (siteId, untilMs) => signed.debugToken(siteId, untilMs),
    isDebug: (siteId, token) => signed.isDebug(siteId, token, now()),
    tasks: {
      'tracking.coverage': () => checkCoverage(db, log),
      'tracking.expire': async () => {
        await expireVisits(db, log, now())
      }
    },
    schedules: [
      { task: 'tracking.coverage', match: '*/10 * * * *' },
      { task: 'tracking.expire', match: '41 2 * * *' }
    ],
    onInitiated({ visit: from, contact }) {
      if (!from?.visitorId || !contact) return
      joinCaller(db, from.visitorId, contact.id).catch((error: unknown) =>
        log.warn({ err: error }, 'A caller could not be joined to the visitor')
      )
    },
    visit,
    async heartbeat(site, { found, ...request }) {
      const answer = await sign(db, {
        ...request,
        siteId: site.id,
        holdSeconds: request.isLeaving ? site.lingerSeconds : holdSeconds(site),
        idleSeconds: site.idleSeconds
      })
      if (answer.untilMs !== null) memory.sign(request.visitId, now(), answer.untilMs)
      if (found && answer.result !== 'replayed') await addForeignIds(db, request, found)
      return {
        result: answer.result,
        until: answer.untilMs === null ? null : new Date(answer.untilMs).toISOString()
      }
    },
    sourceOf(numberId, atMs, caller) {
      const answer = memory.sourceOf(numberId, atMs, caller)
      if (!answer) return null
      const { who, pool, version, visit: info } = answer
      return {
        source: info && sourceFrom(info.touch, keeper.current),
        visit: {
          visitId: who.visitId,
          visitorId: who.visitorId,
          poolId: pool.poolId,
          poolName: pool.poolName,
          rule: who.rule,
          model: version,
          confidence: Number(who.confidence.toFixed(4)),
          candidates: who.candidates.map((one) => ({ ...one, share: Number(one.share.toFixed(4)) })),
          landingUrl: info?.landingUrl ?? null,
          pageUrl: info?.pageUrl ?? null,
          referrer: info?.referrer ?? null,
          utm: info?.touch.utm ?? {},
          clickIds: info?.touch.clickIds ?? {},
          gaClientId: info?.gaClientId ?? null,
          ymClientId: info?.ymClientId ?? null,
          device: info?.device ?? null
        }
      }
    },
    async start() {
      signed = createSigned(await signingSecret(db))
      await keeper.reload()
      await loadMemory(db, own, now())
    },
    reload: () => keeper.reload(),
    async stop() {
      await keeper.close()
      await visitsDb.destroy()
    }
  }
}

/** Two lost heartbeats do not cost the number. */
const holdSeconds = (site: TrackedSite): number => 2 * beatSeconds + site.lingerSeconds

function ownHosts(site: TrackedSite): string[] {
  return [
    site.domain,
    ...site.allowedOrigins.flatMap((origin) => (URL.canParse(origin) ? [new URL(origin).hostname] : []))
  ]
}

function poolFor(
  site: TrackedSite,
  group: string,
  touch: Touch,
  view: PageView,
  landingUrl: string,
  pools: readonly Pool[] = site.pools
): Pool | null {
  const path = landingOf(landingUrl)?.path ?? '/'
  return choosePool(pools, group, { touch, zone: view.zone, path })
}

const shared = (pool: Pool, group: string): ShownNumber | null =>
  pool.overflow && { group, e164: pool.overflow.e164, kind: pool.mode === 'static' ? 'static' : 'overflow' }

/**
 * Numbers for somebody who gets none of their own. Without consent only those of a source, by the address alone;
 * else also the overflow number of the pool.
 */
function sharedNumbers(
  site: TrackedSite,
  groups: readonly string[],
  touch: Touch,
  view: PageView,
  withOverflow: boolean
): ShownNumber[] {
  const pools = withOverflow ? site.pools : site.pools.filter((pool) => pool.mode === 'static')
  return [...new Set(groups)].flatMap((group) => {
    const pool = poolFor(site, group, touch, view, view.url, pools)
    const number = pool && shared(pool, group)
    return number ? [number] : []
  })
}

/** The visit's source, as our list of sources names it where it has it. */
function sourceFrom(touch: Touch, config: TrackingConfig): Source {
  const listed = config.sources.get(touch.source)
  return {
    id: listed?.id ?? null,
    name: listed?.name ?? touch.source,
    inquiryChannel: touch.inquiryChannel,
    medium: touch.medium,
    campaign: touch.campaign,
    keyword: touch.keyword
  }
}
