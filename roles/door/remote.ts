import type { Knex } from 'knex'
import { Registry } from 'prom-client'
import type { ApiDeps, Pbx, SipTraceDesk } from '../../api/deps.ts'
import { openSecrets } from '../../db/secrets.ts'
import { createPolicyKeeper } from '../../dialling/policy-keeper.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { MomentType, Moments } from '../../pbx/call/moments.ts'
import type { TrunkState } from '../../pbx/routing/trunk-states.ts'
import { groupCalled } from '../../pbx/routing/directory.ts'
import { keepDirectory } from '../../pbx/runtime/directory-loader.ts'
import { createFeed, type OperatorState, type QueueState } from '../../pbx/runtime/feed.ts'
import type { MemoryChange } from '../../tracking/attribution/telling.ts'
import type { Ground } from '../ground.ts'
import type { Behind } from '../tools.ts'
import { createDoorClient, type Led } from './client.ts'
import type { Said, Standing } from './methods.ts'

/** What a key of a door is sealed for. */
export const doorPurpose = 'door of a controller'

/** The exchange in another process, as the API and the work behind it see it. */
export interface RemoteExchange extends Pick<ApiDeps, 'pbx' | 'dialling' | 'metrics' | 'exchangeMetrics'> {
  readonly sipTrace: SipTraceDesk
  readonly sipGuard: NonNullable<ApiDeps['sipGuard']>
  readonly behind: Behind
  /** Repeats to the controller what calls are attributed by. */
  tellOfVisit(change: MemoryChange): void
  close(): Promise<void>
}

/** A controller that takes over reads the database a moment later than this. */
const visitsKeptMs = 60_000

/** Opens the way to whichever controller leads the calls. It need not be there. */
export async function openRemote(ground: Ground): Promise<RemoteExchange> {
  const { db, databaseUrl, config, instance, log } = ground
  const secrets = await openSecrets(config.dataDir, config.secretKey)
  const feed = createFeed((error) => log.error({ err: error }, 'A listener of the feed failed'))
  const operators = new Map<string, OperatorState>()
  const queues = new Map<string, QueueState>()
  const rows = new Map<string, TapeRow[]>()
  let trunks = new Map<string, TrunkState>()
  let isTraceListening = false
  const resets = new Set<() => void>()

  const directory = keepDirectory({ db, databaseUrl, log, onChange: () => undefined })
  await directory.reload()
  const registry = new Registry()
  const keeper = createPolicyKeeper({
    ...{ db, databaseUrl, log, feed },
    trunkState: (trunkId) => trunks.get(trunkId),
    // What it refuses is counted where calls are dialled.
    registry: new Registry()
  })
  await keeper.start()

  function keepRow(row: TapeRow): void {
    if (row.type === 'call.ended') rows.delete(row.callId)
    else {
      const known = rows.get(row.callId)
      if (known) known.push(row)
      else if (row.to !== 'ended') rows.set(row.callId, [row])
    }
  }

  function stand(standing: Standing): void {
    for (const map of [operators, queues, rows]) map.clear()
    for (const operator of standing.operators) operators.set(operator.userId, operator)
    for (const queue of standing.queues) queues.set(queue.queueId, queue)
    for (const row of standing.rows) {
      const known = rows.get(row.callId)
      if (known) known.push(row)
      else rows.set(row.callId, [row])
    }
    trunks = new Map(standing.trunks) as Map<string, TrunkState>
    isTraceListening = standing.isTraceListening
    for (const each of resets) each()
    const since = Date.now() - visitsKeptMs
    visits = visits.filter(({ atMs }) => atMs > since)
    send(visits.map(({ change }) => change))
  }

  function hear(said: Exclude<Said, { id: number }>): void {
    switch (said.is) {
      case 'standing':
        log.info('The controller of the calls is there')
        return stand(said.standing)
      case 'row':
        keepRow(said.row)
        return feed.row(said.row)
      case 'operator':
        operators.set(said.operator.userId, said.operator)
        return feed.operator(said.operator)
      case 'queue':
        if (said.queue.waiting.length === 0) queues.delete(said.queue.queueId)
        else queues.set(said.queue.queueId, said.queue)
        return feed.queue(said.queue)
      case 'journal':
        return feed.journal(said.callId)
      case 'trunks':
        trunks = new Map(said.trunks) as Map<string, TrunkState>
    }
  }

  const door = createDoorClient({
    find: () => whoLeads(db, instance.node, (sealed) => secrets.open(sealed, doorPurpose)),
    onSaid: hear,
    onLost: () => log.warn('The controller of the calls is gone; the next one is looked for'),
    log
  })

  let visits: { atMs: number; change: MemoryChange }[] = []
  function send(changes: MemoryChange[]): void {
    if (changes.length === 0 || !door.isOpen) return
    // They are sent again to the next controller.
    door.ask('visits', changes).catch((err: unknown) => log.debug({ err }, 'Visits wait for a controller'))
  }

  const appendMoment = async <T extends MomentType>(
    callId: string,
    type: T,
    data: Moments[T]
  ): Promise<void> => door.ask('appendMoment', callId, type, data)

  const pbx: Pbx = {
    feed: {
      ...feed,
      onReset(listener) {
        resets.add(listener)
        return () => void resets.delete(listener)
      }
    },
    openCallRows: () => [...rows.values()].flat(),
    operators: () => [...operators.values()],
    queues: () => [...queues.values()],
    setPresence: (userId, wish) => door.ask('setPresence', userId, wish),
    endWrapUp: (userId) => door.ask('endWrapUp', userId),
    extendWrapUp: (userId, seconds) => door.ask('extendWrapUp', userId, seconds),
    scores: (groupId, weights) => door.ask('scores', groupId, weights),
    ringToneOf: (group) => groupCalled(directory.current, group)?.ringTone ?? null,
    hangup: (callId, by) => door.ask('hangup', callId, by),
    wish: (callId, by, wish) => door.ask('wish', callId, by, wish),
    place: (order) => door.ask('place', order),
    devicesOf: (userId) => door.ask('devicesOf', userId),
    dictations: {
      start: (wish) => door.ask('dictationStart', wish),
      get: (id) => door.ask('dictationGet', id),
      fileOf: (id) => door.ask('dictationFile', id),
      cancel: (id) => door.ask('dictationCancel', id)
    },
    trunkStates: () => trunks,
    trunkFacts: () => door.ask('trunkFacts'),
    hasTls: () => door.ask('hasTls'),
    appendMoment,
    async checks() {
      if (!door.isOpen) return { asterisk: { status: 'failed', detail: 'No controller leads the calls' } }
      return door.ask('checks')
    }
  }
  // It explains by itself, and decides nothing: what it reads anew, the controller reads too.
  const policy = Object.assign(Object.create(keeper) as typeof keeper, {
    reload: async () => {
      await keeper.reload()
      if (door.isOpen) await door.ask('dialPolicyReload')
    }
  })
  const dialling: ApiDeps['dialling'] = {
    policy,
    call: (wanted) => door.ask('dial', wanted),
    preview: (to, byUserId) => door.ask('dialPreview', to, byUserId),
    callNow: (callback, userId, byUserId) => door.ask('dialNow', callback, userId, byUserId),
    wake: () => {
      door.ask('dialWake').catch((err: unknown) => log.debug({ err }, 'The controller looks by itself'))
    }
  }
  return {
    pbx,
    dialling,
    sipTrace: {
      get isListening() {
        return isTraceListening
      },
      registration: (trunk) => door.ask('traceRegistration', trunk),
      test: (trunkId) => door.ask('traceTest', trunkId),
      startTest: (trunk) => door.ask('traceStartTest', trunk),
      ofCall: (callId) => door.ask('traceOfCall', callId),
      reload: () => door.ask('traceReload')
    },
    sipGuard: { whySpared: (address) => door.ask('whySpared', address) },
    metrics: registry,
    exchangeMetrics: () => door.ask('metrics'),
    behind: {
      appendMoment,
      findOperator: () => null,
      dialling: () => dialling,
      lostRecording(outcome) {
        door.ask('lostRecording', outcome).catch((err: unknown) => log.debug({ err }, 'Not counted'))
      }
    },
    tellOfVisit(change) {
      const atMs = Date.now()
      visits.push({ atMs, change })
      if (visits.length > 1000 && (visits[0]?.atMs ?? atMs) < atMs - visitsKeptMs)
        visits = visits.filter((one) => one.atMs > atMs - visitsKeptMs)
      send([change])
    },
    async close() {
      await door.close()
      await keeper.stop()
      await directory.close()
    }
  }
}

/** Null when nobody leads the calls, or whoever does has no door: another process cannot speak with it. */
async function whoLeads(
  db: Knex,
  node: string,
  open: (sealed: string) => string | null
): Promise<Led | null> {
  const row = await db('node_leases')
    .where({ node })
    .whereRaw(`expires_at <> '-infinity'`)
    .first<{ epoch: string; door: string | null; door_key: string | null } | undefined>(
      ...['epoch', 'door', 'door_key']
    )
  if (!row?.door || !row.door_key) return null
  const key = open(row.door_key)
  return key === null ? null : { epoch: Number(row.epoch), address: row.door, key }
}
