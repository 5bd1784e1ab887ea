import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { z } from 'zod'
import { inTurn } from '../db/in-turn.ts'
import { listen } from '../db/listen.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import type { DialDecision } from '../pbx/call/events.ts'
import type { CallType } from '../pbx/call/types.ts'
import type { Feed } from '../pbx/runtime/feed.ts'
import {
  decide,
  explain,
  isCostly,
  type Explained,
  type OwnNumber,
  type Policy,
  type Usage
} from './policy/decide.ts'
import { dayIn } from './policy/hours.ts'
import { defaultDialPolicy, dialPolicySettings } from './policy/settings.ts'
import { createSuspicion, type Suspected } from './policy/suspicion.ts'
import { createUsage } from './policy/usage.ts'
import { normalise } from '../tracking/phones.ts'
import { createStops } from './stops.ts'
import { callbackSettings, defaultCallbackSettings, type CallbackSettings } from './core/settings.ts'

/** A dial that the exchange is about to make. */
export interface DialAsked {
  callId: string
  leg: string
  target: { number: string; trunkId?: string | null }
  byUserId: string | null
  numberId: string | null
  exceptTrunkIds?: readonly string[]
  /** How the call arose: whom we call unasked may have said no. */
  callType?: CallType
}

/** What somebody would be allowed. */
export interface DialQuestion {
  number: string
  byUserId: string | null
  numberId?: string | null
  trunkId?: string | null
  isUnsolicited?: boolean
}

export interface PolicyKeeper {
  readonly policy: Policy
  readonly settings: CallbackSettings
  /** Decides at once, counts what it allows, and notes what it refuses. */
  decide(asked: DialAsked): DialDecision
  /** A person was refused a number before anything was dialled: it counts as a try. */
  refused(asked: { number: string; byUserId: string; reason: string }): void
  /** Says what `decide` would; counts nothing. */
  explain(question: DialQuestion): Explained
  /** Reads the configuration anew. */
  reload(): Promise<void>
  /** Reads what was dialled today, and follows the configuration from then on. Call it when the spool is replayed. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface PolicyKeeperOptions {
  db: Knex
  databaseUrl: string
  feed: Pick<Feed, 'onRow'>
  /** Of a trunk, by id; a trunk that is registering or rejected carries no call. */
  trunkState(trunkId: string): string | undefined
  /** Calls in progress that came in through a trunk. */
  callsIn?(trunkId: string): number
  /** Ends a call in progress. */
  endCall?(callId: string): void
  registry: Registry
  log: Logger
  now?: () => number
}

/** Settings rows that this follows. */
export const policyKey = 'dialPolicy'
export const callbacksKey = 'callbacks'

const deadStates = new Set(['inactive', 'rejected', 'registering'])
/** How far above a cap of minutes a call may run before it is ended. */
const minutesEveryMs = 5000
/** Calls that no person starts: a client who wishes no calls is spared them. */
const unsolicited: ReadonlySet<CallType> = new Set<CallType>(['dialer', 'callback_missed', 'callback_form'])

/** The dialling policy in memory: the database is never in the path of a call. */
export function createPolicyKeeper(options: PolicyKeeperOptions): PolicyKeeper {
  const { db, log, now = Date.now } = options
  const tables: Tables = { trunks: [], numbers: new Map(), doNotCall: new Set() }
  let rules = defaultDialPolicy
  let settings = defaultCallbackSettings
  const newUsage = () =>
    createUsage(
      (atMs) => dayIn(rules.timeZone, atMs),
      (number) => {
        const phone = normalise(number, rules.homeCountry)
        return phone !== null && isCostly(rules, phone)
      }
    )
  let usage = newUsage()
  const stops = createStops({ db, log, now, mails: () => rules.alarmMails })
  const suspicion = createSuspicion(() => rules.stopAfterRefusals)
  const stale = { all: false, doNotCall: false, stops: false }
  const refused = new Counter({
    name: 'pbx_dials_refused_total',
    help: 'Numbers that the dialling policy refused, by reason',
    labelNames: ['reason'],
    registers: [options.registry]
  })
  // From the first moment: what is dialled while the rest starts counts too.
  let sinceStart: TapeRow[] | null = []
  const stopFeed = options.feed.onRow((row) => {
    usage.onRow(row)
    sinceStart?.push(row)
  })

  const usageOf = (userId: string | null, nowMs: number): Usage => ({
    ...usage.read(userId, nowMs),
    risk: usage.risk(userId, nowMs)
  })
  const current = (): Policy => ({
    rules,
    trunks: tables.trunks.map((trunk) => ({
      ...trunk,
      isUsable: !deadStates.has(options.trunkState(trunk.id) ?? ''),
      isSilent: options.trunkState(trunk.id) === 'unreachable',
      callsIn: options.callsIn?.(trunk.id) ?? 0
    })),
    numbers: tables.numbers,
    doNotCall: tables.doNotCall,
    stopped: stops.users
  })

  /** Whoever is stopped is heard no more: their costly calls end too. */
  function act(suspected: Suspected | null): void {
    if (suspected === null) return
    stops.raise(suspected)
    if (suspected.userId === null) return
    log.error({ userId: suspected.userId, reason: suspected.reason }, 'The dialling of a user is stopped')
    for (const { callId, userId } of usage.costlyCalls())
      if (userId === suspected.userId) options.endCall?.(callId)
  }

  /** Calls run on after their dial was allowed: minutes are looked at meanwhile. */
  function lookAtMinutes(): void {
    const atMs = now()
    const running = usage.costlyCalls()
    for (const userId of new Set(running.map((call) => call.userId))) {
      const { userCostlySeconds, companyCostlySeconds } = usage.risk(userId, atMs)
      const { userCostlyMinutesPerDay: own, companyCostlyMinutesPerDay: all } = rules.caps
      const note = (reason: string) => act(suspicion.note({ userId, reason, number: '', atMs }))
      if (userId !== null && own !== null && userCostlySeconds >= own * 60 && !stops.users.has(userId))
        note('user_costly_cap')
      if (all !== null && companyCostlySeconds >= all * 60) note('company_costly_cap')
    }
  }
  let looking: NodeJS.Timeout | undefined

  async function refresh(): Promise<void> {
    const { all, doNotCall, stops: isStopsStale } = stale
    Object.assign(stale, { all: false, doNotCall: false, stops: false })
    try {
      if (all) {
        const [trunks, numbers, found] = await Promise.all([
          readTrunks(db),
          readNumbers(db),
          readSettings(db)
        ])
        Object.assign(tables, { trunks, numbers })
        rules = parsed(dialPolicySettings, found.get(policyKey), rules, log)
        settings = parsed(callbackSettings, found.get(callbacksKey), settings, log)
      }
      if (all || doNotCall) tables.doNotCall = await readDoNotCall(db)
      if (all || isStopsStale) for (const userId of await stops.load()) suspicion.forget(userId)
    } catch (error) {
      // What was not read is read with the next notice, or after the reconnect.
      Object.assign(stale, {
        all: stale.all || all,
        doNotCall: stale.doNotCall || doNotCall,
        stops: stale.stops || isStopsStale
      })
      throw error
    }
  }

  const reading = inTurn(refresh, (error) =>
    log.warn({ err: error }, 'The dialling policy could not be read; the last one stands')
  )

  let listening: { stop(): Promise<void> } | undefined
  return {
    get policy() {
      return current()
    },
    get settings() {
      return settings
    },
    decide(asked) {
      const nowMs = now()
      const isUnsolicited = asked.callType !== undefined && unsolicited.has(asked.callType)
      const decision = decide(current(), usageOf(asked.byUserId, nowMs), {
        number: asked.target.number,
        trunkId: asked.target.trunkId ?? null,
        exceptTrunkIds: asked.exceptTrunkIds ?? [],
        numberId: asked.numberId,
        byUserId: asked.byUserId,
        isUnsolicited,
        nowMs
      })
      if (!decision.allowed) {
        refused.inc({ reason: decision.reason })
        log.warn(
          { callId: asked.callId, byUserId: asked.byUserId, reason: decision.reason },
          'A dial is refused'
        )
        const { number } = asked.target
        const userId = isUnsolicited ? null : asked.byUserId
        act(suspicion.note({ userId, reason: decision.reason, number, atMs: nowMs }))
        return decision
      }
      const { callId, leg, byUserId: userId } = asked
      const { number } = asked.target
      usage.begin({ callId, leg, userId, endpoint: decision.endpoint, atMs: nowMs, number })
      return decision
    },
    refused({ number, byUserId, reason }) {
      refused.inc({ reason })
      act(suspicion.note({ userId: byUserId, reason, number, atMs: now() }))
    },
    explain({ number, byUserId, numberId = null, trunkId = null, isUnsolicited = false }) {
      const nowMs = now()
      return explain(current(), usageOf(byUserId, nowMs), {
        ...{ number, byUserId, numberId, trunkId, isUnsolicited, nowMs }
      })
    },
    reload() {
      Object.assign(stale, { all: true, doNotCall: true })
      return reading.now()
    },
    async start() {
      await this.reload()
      const rows = await readToday(db, now())
      // Calls went on meanwhile: what came by both ways counts once.
      const seen = new Set(rows.map(({ callId, seq }) => `${callId} ${seq}`))
      const fresh = newUsage()
      for (const row of rows) fresh.onRow(row)
      for (const row of sinceStart ?? []) if (!seen.has(`${row.callId} ${row.seq}`)) fresh.onRow(row)
      sinceStart = null
      usage = fresh
      looking = setInterval(lookAtMinutes, minutesEveryMs)
      looking.unref()
      listening = listen({
        databaseUrl: options.databaseUrl,
        channels: ['ringtrace_config'],
        log,
        onConnected: () => {
          Object.assign(stale, { all: true, doNotCall: true })
          reading.soon()
        },
        onNotice: (_channel, payload) => {
          const [table] = payload.split(':')
          if (table === 'do_not_call') stale.doNotCall = true
          else if (table === 'dial_stops') stale.stops = true
          else if (table === 'trunks' || table === 'numbers' || table === 'settings') stale.all = true
          else return
          reading.soon()
        }
      })
    },
    async stop() {
      stopFeed()
      reading.close()
      clearInterval(looking)
      await stops.close()
      await listening?.stop()
    }
  }
}

interface Tables {
  trunks: { id: string; name: string; country: string; endpoint: string; maxCalls: number | null }[]
  numbers: Map<string, OwnNumber>
  doNotCall: Set<string>
}

const readTrunks = (db: Knex): Promise<Tables['trunks']> =>
  db('trunks')
    .where({ is_active: true })
    .orderBy(['name', 'id'])
    .select('id', 'name', 'country', { endpoint: 'sip_endpoint', maxCalls: 'max_calls' })

async function readNumbers(db: Knex): Promise<Map<string, OwnNumber>> {
  const rows = await db('numbers')
    .where({ is_active: true })
    .orderBy('e164')
    .select<{ id: string; e164: string; trunk_id: string | null }[]>('id', 'e164', 'trunk_id')
  return new Map(rows.map((row) => [row.id, { id: row.id, e164: row.e164, trunkId: row.trunk_id }]))
}

async function readDoNotCall(db: Knex): Promise<Set<string>> {
  const rows = await db('do_not_call').select<{ phone: string }[]>('phone')
  return new Set(rows.map(({ phone }) => phone))
}

async function readSettings(db: Knex): Promise<Map<string, unknown>> {
  const rows = await db('settings')
    .whereIn('key', [policyKey, callbacksKey])
    .select<{ key: string; value: unknown }[]>('key', 'value')
  return new Map(rows.map(({ key, value }) => [key, value]))
}

/** What a settings row says, or the last good one where somebody broke it by hand. */
function parsed<S extends z.ZodType>(schema: S, value: unknown, last: z.output<S>, log: Logger): z.output<S> {
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  log.error({ err: result.error }, 'A settings row cannot be read; the last good one stands')
  return last
}

/** Tape rows of the calls of today and yesterday in which a number outside was dialled. */
async function readToday(db: Knex, nowMs: number): Promise<TapeRow[]> {
  const result = await db.raw<{ rows: Record<string, unknown>[] }>(
    `select e.call_id, e.seq, (extract(epoch from e.at) * 1000)::float8 as at_ms, e.type, e.data, e.effects
     from calls c join call_events e on e.call_id = c.id
     where c.started_at >= cast(? as timestamptz)
       and exists (select 1 from call_legs l where l.call_id = c.id and l.leg ~ '^(ext|cl)')
     order by e.at, e.call_id, e.seq`,
    [new Date(nowMs - 2 * 86_400_000).toISOString()]
  )
  return result.rows.map((row) => ({
    callId: String(row['call_id']),
    seq: Number(row['seq']),
    atMs: Number(row['at_ms']),
    type: String(row['type']),
    from: null,
    to: null,
    data: row['data'] as Record<string, unknown>,
    effects: row['effects'] as TapeRow['effects']
  }))
}
