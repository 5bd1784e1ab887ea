import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { TapeRow } from '../call/effects.ts'
import type { CallEvent } from '../call/events.ts'
import type { Moments } from '../call/moments.ts'
import { emptyDirectory, type Directory } from '../routing/directory.ts'
import type { FeedSource } from './feed.ts'
import { keepFigures } from './figures.ts'
import type { Metrics } from './metrics.ts'
import { watchOperators } from './operator-watchdog.ts'
import { createOperators, type Operators, type PresenceWish } from './operators.ts'
import { keepPresence } from './presence-store.ts'
import type { Fence } from './tape-sql.ts'
import { createQueues, type Queues } from './queues.ts'
import { createWrapUpTimes, keepWrapUps } from './wrap-up-times.ts'

/** Everything about operators: who they are, what they say of themselves, who waits for them, and that it stays true. */
export interface Desk {
  readonly operators: Operators
  readonly queues: Queues
  load(directory: Directory): void
  /** Resolves when it is written, or as soon as that has failed: it counts at once, and is written later. */
  setPresence(userId: string, wish: PresenceWish): Promise<void>
  endWrapUp(userId: string): boolean
  extendWrapUp(userId: string, seconds: number): boolean
  /** Compares with Asterisk now. */
  look(): Promise<void>
  /** The wall clock was set, forward when positive: what lasts, lasts as long as before. */
  clockSet(byMs: number): void
  /** Reads marks and talk times, and begins to watch. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface DeskOptions {
  db: Knex
  fence: Fence
  ari: Ari
  feed: FeedSource
  metrics: Pick<Metrics, 'operatorCorrection'>
  isCallOpen(callId: string): boolean
  /** Gives an event to a call that is in progress; others have no use for it. */
  deliver(callId: string, event: CallEvent): void
  /** Adds a moment to a call's tape afterwards. */
  append(callId: string, type: 'call.wrapped_up', data: Moments['call.wrapped_up']): Promise<void>
  log: Logger
}

export function createDesk(options: DeskOptions): Desk {
  const { db, fence, ari, feed, log } = options
  let directory = emptyDirectory
  const presence = keepPresence({ db, fence, log })
  const wrapUps = keepWrapUps({ append: (...given) => options.append(...given), log })
  const times = createWrapUpTimes((callId, data) => wrapUps.keep(callId, data))
  const operators = createOperators({
    announce: (state) => {
      feed.operator(state)
      times.look(state)
    },
    save: (change) => presence.save(change)
  })
  const queues = createQueues({
    operators,
    deliver: (callId, event) => options.deliver(callId, event),
    announce: (state) => feed.queue(state),
    nameOf: (queueId) => directory.groups.get(queueId)?.name ?? null,
    now: () => Date.now(),
    onError: (error) => log.error({ err: error }, 'Whoever waited in a queue could not take their operator')
  })
  const figures = keepFigures({
    db,
    timeZone: () => directory.rules.timeZone,
    onChange: (known) => operators.setFigures(known),
    log
  })
  const watchdog = watchOperators({
    ...{ ari, operators, db, log },
    metrics: options.metrics,
    isCallOpen: (callId) => options.isCallOpen(callId)
  })
  const stopRows = feed.onRow((row: TapeRow) => {
    figures.onRow(row)
    // However it ended.
    if (row.type === 'call.ended') queues.leave(row.callId)
    const code = row.type === 'call.modified' && (row.data as { changes?: Record<string, unknown> }).changes
    if (code && typeof code['wrapUpCode'] === 'string') operators.codeGiven(row.callId, Date.now())
  })

  return {
    operators,
    queues,
    load(current) {
      directory = current
      operators.load(current)
    },
    async setPresence(userId, wish) {
      const atMs = Date.now()
      const isKnown = operators.setPresence(userId, wish, atMs)
      if (!isKnown) {
        // Made a moment ago: the configuration that tells of them carries it.
        const { presence: to, reason = null, byUserId = null } = wish
        presence.save({ userId, presence: to, reason, untilMs: null, atMs, byUserId })
      }
      await presence.flush()
    },
    endWrapUp: (userId) => operators.endWrapUp(userId, Date.now()),
    extendWrapUp: (userId, seconds) => operators.extendWrapUp(userId, seconds, Date.now()),
    look: () => watchdog.look(),
    clockSet(byMs) {
      log.warn({ byMs }, 'The wall clock was set')
      operators.clockSet(byMs)
      times.clockSet(byMs)
      queues.clockSet(byMs)
    },
    async start() {
      await figures.start()
      watchdog.start()
    },
    async stop() {
      stopRows()
      figures.stop()
      await watchdog.stop()
      queues.close()
      operators.close()
      await wrapUps.close()
      await presence.close()
    }
  }
}
