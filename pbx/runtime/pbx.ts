import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { OperatorQuery, Weights } from '../../ivr/block.ts'
import type { Ami } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import type { MomentType, Moments } from '../call/moments.ts'
import type { TapeRow } from '../call/effects.ts'
import type { Person, Refusal, Wish } from '../call/events.ts'
import type { Order } from '../call/types.ts'
import { groupCalled } from '../routing/directory.ts'
import type { Score } from '../routing/strategies.ts'
import type { SourceOf } from '../routing/visit.ts'
import type { TrunkState } from '../routing/trunk-states.ts'
import { nodeChecks, type Members } from '../nodes/members.ts'
import { createNodeObjects } from '../nodes/objects.ts'
import { createNodeReconnects } from '../nodes/reconnects.ts'
import { fallbackDial } from '../provision/objects.ts'
import type { TrunkLink } from '../provision/trunk-objects.ts'
import type { ObjectFailure } from '../provision/reconcile.ts'
import { adoptOpenCalls } from './adopt.ts'
import { keepDirectory } from './directory-loader.ts'
import { createDictations, type Dictations } from './dictation.ts'
import { createClock } from '../../host/clock.ts'
import { createDesk } from './desk.ts'
import type { DialPolicy, FindMedia, Lookup } from './effect-ports.ts'
import { createExchange, type ExchangeOptions } from './exchange.ts'
import { createFeed, type Feed } from './feed.ts'
import type { OperatorState, QueueState } from './feed.ts'
import type { Metrics, MetricsSource } from './metrics.ts'
import type { PresenceWish } from './operators.ts'
import { createOverload } from './overload.ts'
import { createPhones } from './phones.ts'
import { followLog } from './trunk-log.ts'
import { openTrunkHistory } from './trunk-history.ts'
import { createTrunkWatch, type TrunkFacts } from './trunk-watch.ts'
import { readWanted } from './provisioning.ts'
import type { Queues } from './queues.ts'
import { openSpool } from './spool.ts'
import type { Fence } from './tape-sql.ts'
import { createTapeWriter, type TapeOutbox } from './tape-writer.ts'

export type Check = { status: 'ok' | 'degraded' | 'failed'; detail?: string }

/** The telephone exchange as the rest of the product sees it. */
export interface Pbx {
  readonly feed: Feed
  /** Tape rows of the calls in progress, in order per call. */
  openCallRows(): TapeRow[]
  operators(): OperatorState[]
  /** Who waits in which queue; only queues in which somebody does. */
  queues(): QueueState[]
  setPresence(userId: string, wish: PresenceWish): Promise<void>
  /** @returns false when there is no wrap-up */
  endWrapUp(userId: string): boolean
  extendWrapUp(userId: string, seconds: number): boolean
  /** The weighted score of a group's free members, with its parts. */
  scores(groupId: string, weights: Weights | undefined): Score[]
  /** How browser telephones ring for the calls of a group, by its id or name; null when there is none. */
  ringToneOf(group: string): string | null
  /** Keeps a place in a queue for a callback; see `Queues.waitVirtually`. */
  waitVirtually: Queues['waitVirtually']
  hangup(callId: string, by: { userId: string }): Promise<'done' | 'notFound'>
  /** Begins a call of ours; what becomes of it is told by the tape. `refused` when the exchange is down. */
  place(order: Order): Promise<{ callId: string } | { refused: string }>
  /** What a person wishes of a call in progress; decided at once, in the call's own order. */
  wish(callId: string, by: Person, wish: Wish): 'done' | Refusal | 'notFound'
  /** SIP users of the telephones of a person that can ring now. */
  devicesOf(userId: string): readonly string[]
  /** Whether somebody whom the query would take is free at this moment. */
  isAnyoneFree(query: OperatorQuery): boolean
  /** Whose short number, SIP name or id it is. */
  findOperator(name: string): string | null
  /** Prompts that people speak into their telephones. */
  readonly dictations: Dictations
  /** Our claim to this node: who was overtaken writes and places nothing. */
  readonly fence: Fence
  trunkStates(): ReadonlyMap<string, TrunkState>
  /** How the trunks in use stand now, with what happened to them. */
  trunkFacts(): Promise<readonly TrunkFacts[]>
  /** Calls in progress that came in through a trunk. */
  callsIn(trunkId: string): number
  /** Whether SIP over TLS can be used: there is a certificate for it. */
  hasTls(): Promise<boolean>
  appendMoment<T extends MomentType>(callId: string, type: T, data: Moments[T]): Promise<void>
  checks(): Promise<Record<string, Check>>
  /** Whether Asterisk has been told of a trunk as it stands in the database now. */
  isTrunkCurrent(trunkId: string): Promise<boolean>
  /** What Asterisk refused of the configuration, by owner. */
  refusedObjects(): readonly ObjectFailure[]
  /** Connects, takes the node's lease, adopts the calls in progress. Resolves when calls can come. */
  start(): Promise<void>
  /** Writes what is left of the tape and lets go; calls in progress stay up for the next controller. */
  stop(): Promise<void>
}

export interface PbxOptions {
  db: Knex
  databaseUrl: string
  ari: Ari
  ami: Ami
  /** The Asterisk nodes behind `ari` and `ami`. */
  members: Members
  /** Our claim to lead this installation's calls; its node is the installation's identity. */
  fence: Fence
  /** Spool and state of the exchange. */
  dir: string
  /** Asterisk's log: the only one to say why a registration failed. */
  asteriskLog: string
  /** Raw audio as Asterisk leaves it. */
  recordingsDir: string
  /** The disk of the recordings: without room, calls go on unrecorded. */
  disk: { hasRoom: () => boolean; check: () => Promise<Check> }
  outbox: TapeOutbox
  normalise: ExchangeOptions['normalise']
  media: FindMedia
  /** Decides on every number outside before it is dialled; from memory, at once. */
  dialPolicy: DialPolicy
  /** Asks an outside system about a call. */
  lookup: Lookup
  /** Asks tracking for the visit behind a call; absent where nothing is tracked. */
  sourceOf?: SourceOf
  /** Done when the calls of the last controller are adopted, before Asterisk's events flow: others learn of them too. */
  beforeEvents?: () => Promise<void>
  metrics(read: MetricsSource): Metrics
  log: Logger
}

export async function createPbx(options: PbxOptions): Promise<Pbx> {
  const { db, ari, ami, members, log, fence } = options
  const { node } = fence
  const spool = await openSpool(path.join(options.dir, 'spool'))
  const feed = createFeed((error) => log.error({ err: error }, 'A listener of the feed failed'))
  const objects = createNodeObjects({ members, log })
  let refused: readonly ObjectFailure[] = []

  const tape = createTapeWriter({
    db,
    fence,
    spool,
    outbox: options.outbox,
    onCommitted: (callIds) => callIds.forEach((callId) => feed.journal(callId)),
    onFlush: (rows, seconds) => metrics.flush(rows, seconds),
    log
  })
  const metrics = options.metrics({
    openCalls: () => exchange.calls.size,
    spooledBatches: () => spool.batches,
    ariUp: () => ari.isUp,
    routedNumbers: () => directory.current.numbers.size,
    callLimit: () => directory.current.overload.maxCalls ?? 0
  })
  const desk = createDesk({
    ...{ db, fence, ari, feed, log },
    metrics: { operatorCorrection: (kind) => metrics.operatorCorrection(kind) },
    isCallOpen: (callId) => exchange.calls.has(callId),
    deliver: (callId, event) => {
      const live = exchange.calls.get(callId)
      if (live) exchange.deliver(live, event)
    },
    append: (...moment) => appendMoment(...moment)
  })
  const { operators, queues } = desk
  const clock = createClock()
  clock.onStep((byMs) => desk.clockSet(byMs))
  const directory = keepDirectory({
    db,
    databaseUrl: options.databaseUrl,
    log,
    onChange: (current) => {
      desk.load(current)
      provision()
    }
  })
  const overload = createOverload({
    ...{ metrics, log, calls: () => exchange.calls.size, directory: () => directory.current }
  })
  feed.onRow((row) => overload.onRow(row))
  const exchange = createExchange({
    ...{ ari, overload, clock },
    operators,
    node,
    directory: () => directory.current,
    normalise: options.normalise,
    homes: { opened: (call) => members.open(call), end: (callId) => members.homes.end(callId) },
    ...{ ami, queues },
    media: options.media,
    dialPolicy: options.dialPolicy,
    lookup: options.lookup,
    recordingsDir: options.recordingsDir,
    hasRoom: options.disk.hasRoom,
    ...(options.sourceOf && { sourceOf: options.sourceOf }),
    onTrunkRefusal: (...refusal) => trunks.refused(...refusal),
    metrics,
    log,
    record: (live, rows) => {
      tape.record(live, rows)
      for (const row of rows) feed.row(row)
    }
  })
  async function appendMoment<T extends MomentType>(
    callId: string,
    type: T,
    data: Moments[T]
  ): Promise<void> {
    const live = exchange.calls.get(callId)
    // A call in progress owns its tape: the moment takes its place between two steps.
    if (live) {
      exchange.append(live, type, { ...data })
      await tape.flush()
    } else await tape.appendMoment(callId, type, data)
  }
  const dictations = createDictations({
    ...{ ari, log },
    media: options.media,
    recordingsDir: options.recordingsDir
  })
  const phones = createPhones({ ami, operators, look: () => desk.look(), metrics, log })
  const trunkHistory = await openTrunkHistory(db, log)
  const trunks = createTrunkWatch({
    ...{ ari, ami, logger: log, log: followLog(options.asteriskLog), history: trunkHistory },
    load: () => exchange.trunkLoad()
  })

  /** Brings operators and trunks to Asterisk; one at a time, and again when something changed meanwhile. */
  let provisioning: Promise<void> | undefined
  let isProvisionStale = false
  let pushed: readonly TrunkLink[] = []
  function provision(): void {
    isProvisionStale = true
    provisioning ??= pushObjects()
      .catch((error: unknown) =>
        log.error({ err: error }, 'Operators and trunks could not be brought to Asterisk')
      )
      .finally(() => (provisioning = undefined))
  }
  async function pushObjects(): Promise<void> {
    while (isProvisionStale && ari.isUp) {
      isProvisionStale = false
      const wanted = await readWanted(db, () => trunks.hasTls())
      const done = await objects.reconcile(wanted.objects)
      await ami.putDb('ringtrace', 'fallback', fallbackDial(wanted.fallback))
      refused = [...wanted.failures, ...done.failures]
      for (const failure of refused) log.error({ failure }, 'Asterisk refuses a part of its configuration')
      trunks.load(wanted.trunks)
      pushed = wanted.trunks
      if (!done.isComplete) break
    }
  }

  const reconnects = createNodeReconnects({
    ...{ db, members, exchange, tape, log },
    refresh: async () => {
      objects.forget()
      await phones.refresh()
      await trunks.refresh()
      provision()
    },
    directory: () => directory.current,
    normalise: options.normalise,
    recordingsDir: options.recordingsDir
  })

  return {
    feed,
    openCallRows: () => [...exchange.calls.values()].flatMap((live) => live.rows),
    operators: () => operators.list(),
    queues: () => queues.list(),
    setPresence: (userId, wish) => desk.setPresence(userId, wish),
    endWrapUp: (userId) => desk.endWrapUp(userId),
    extendWrapUp: (userId, seconds) => desk.extendWrapUp(userId, seconds),
    ringToneOf: (group) => groupCalled(directory.current, group)?.ringTone ?? null,
    scores: (groupId, weights) =>
      operators.scores({
        kind: 'group',
        groupId,
        strategy: 'weighted',
        except: [],
        ...(weights && { weights })
      }),
    waitVirtually: (wait, onReserved) => queues.waitVirtually(wait, onReserved),
    hangup(callId, by) {
      const live = exchange.calls.get(callId)
      if (!live) return Promise.resolve('notFound')
      const isOperator = live.call.legs.some((leg) => leg.userId === by.userId && leg.state === 'answered')
      exchange.deliver(live, {
        type: 'hangupRequested',
        atMs: Date.now(),
        by: isOperator ? 'operator' : 'system',
        reason: isOperator ? 'operator_hung_up' : 'ended_by_user'
      })
      return Promise.resolve('done')
    },
    place(order) {
      // Nobody would hear of what becomes of it.
      if (!ari.isUp) return Promise.resolve({ refused: 'exchange_down' })
      return Promise.resolve({ callId: exchange.place(order) })
    },
    wish: (callId, by, wish) => exchange.wish(callId, by, wish),
    devicesOf: (userId) => operators.devicesOf(userId),
    isAnyoneFree: (query) => operators.list().some(({ userId }) => operators.couldTake(query, userId)),
    findOperator(name) {
      const { extensions, users } = directory.current
      return extensions.get(name) ?? operators.ownerOf(name) ?? (users.has(name) ? name : null)
    },
    dictations,
    fence,
    trunkStates: () => trunks.states(),
    trunkFacts: () => trunks.facts(),
    callsIn: (trunkId) => exchange.trunkLoad().get(trunkId)?.in ?? 0,
    hasTls: () => trunks.hasTls(),
    appendMoment,
    async isTrunkCurrent(trunkId) {
      const find = (links: readonly TrunkLink[]): string =>
        JSON.stringify(links.find(({ id }) => id === trunkId) ?? null)
      const wanted = find((await readWanted(db, () => trunks.hasTls())).trunks)
      return provisioning === undefined && wanted !== 'null' && wanted === find(pushed)
    },
    refusedObjects: () => refused,
    async checks() {
      const status = tape.status()
      return {
        asterisk: !ari.isUp
          ? { status: 'failed', detail: 'Asterisk does not answer' }
          : reconnects.isRecovered
            ? { status: 'ok' }
            : { status: 'degraded', detail: 'Calls are being compared with Asterisk' },
        ...nodeChecks(members),
        trunks: trunks.check(refused),
        load: overload.check(),
        tape: status.isFenced
          ? { status: 'failed', detail: 'Another controller owns this node' }
          : status.spooledBatches > 0
            ? { status: 'degraded', detail: `${status.spooledBatches} batches wait for the database` }
            : { status: 'ok' },
        disk: await options.disk.check()
      }
    },
    async start() {
      await tape.flush()
      if (!spool.isEmpty) await tape.replaySpool()
      await directory.reload()
      await adoptOpenCalls({ db, node, exchange, log })
      await desk.start()
      await options.beforeEvents?.()
      ari.on('event', (event) => {
        if (!dictations.handle(event)) exchange.handle(event)
      })
      reconnects.start()
      overload.start()
      const firstUp = new Promise<void>((resolve) => {
        const off = ari.on('up', () => {
          off()
          resolve()
        })
      })
      ami.connect()
      ari.connect()
      await firstUp
    },
    async stop() {
      await directory.close()
      overload.stop()
      await reconnects.stop()
      ari.disconnect()
      ami.close()
      dictations.close()
      exchange.close()
      clock.close()
      await Promise.all([desk.stop(), trunkHistory.close()])
      await tape.close()
    }
  }
}
