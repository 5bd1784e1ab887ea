import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen } from '../db/listen.ts'
import type { OperatorQuery } from '../ivr/block.ts'
import type { CallType } from '../pbx/call/types.ts'
import { type Fence } from './attempts.ts'
import { diallingChannel, giveToPerson, type CallbackRow } from './callbacks.ts'
import type { CallbackSettings } from './core/settings.ts'
import { drainInbox, purgeInbox } from './inbox.ts'
import { runLists } from './list-runner.ts'
import { workOut } from './moments.ts'
import { makeOrder, whoTalks } from './orders.ts'
import { closeLost, createPlacing, type Placed } from './placing.ts'
import type { Policy } from './policy/decide.ts'
import { nextInAll } from './policy/hours.ts'
import type { DiallingPorts } from './ports.ts'

export interface RunnerOptions {
  db: Knex
  databaseUrl: string
  fence: Fence
  ports: DiallingPorts
  settings: () => CallbackSettings
  policy: () => Policy
  log: Logger
  now?: () => number
  /** Looks at everything this often, whether somebody told of a change or not. */
  everyMs?: number
}

export interface Runner {
  /** Looks at what is due soon. */
  wake(): void
  /**
   * Places an open callback at once, whatever its time, for this operator.
   * @returns null when it is not open any more, or is being placed already
   */
  callNow(callbackId: string, userId: string): Promise<Placed | null>
  stop(): Promise<void>
}

/** Changes that come together are looked at together. */
const settleMs = 50
/** A client who is talking with us is looked at again after so long. */
const inCallPauseMs = 30_000
const purgeEveryMs = 3_600_000

/**
 * Works out what the tape told and places the calls that are due: callbacks before lists, one call per free operator.
 * All state is in the database, so it may stop anywhere; only places kept in queues live here, and are taken anew.
 */
export function startRunner(options: RunnerOptions): Runner {
  const { db, fence, ports, log, now = Date.now, everyMs = 15_000 } = options
  const placing = createPlacing({ db, fence, ports, settings: options.settings, log, now })
  /** Callbacks that keep a place in a queue, and how to give it up. */
  const waits = new Map<string, () => void>()
  let timer: NodeJS.Timeout | undefined
  let timerAtMs = Infinity
  let running: Promise<void> | undefined
  let again = false
  let isStopped = false
  let purgedMs = 0
  /** Something is due and nobody was free for it: only then is an operator who becomes free news. */
  let waitsForOperator = false

  function wakeIn(ms: number): void {
    if (isStopped || now() + ms >= timerAtMs) return
    clearTimeout(timer)
    timerAtMs = now() + ms
    timer = setTimeout(run, ms)
  }

  function run(): void {
    timerAtMs = Infinity
    if (running) {
      again = true
      return
    }
    again = false
    running = round()
      .catch((error: unknown) => log.warn({ err: error }, 'Calls that are due could not be looked at'))
      .finally(() => {
        running = undefined
        wakeIn(again ? settleMs : everyMs)
      })
  }

  async function round(): Promise<void> {
    await placing.catchUp()
    await drainInbox(db, (trx, row) => workOut(trx, row, options.settings()), log)
    const lost = await closeLost(db, fence, options.settings(), now())
    if (lost > 0) log.warn({ lost }, 'Calls that an earlier controller was placing are lost, and tried again')
    if (isStopped) return
    waitsForOperator = false
    const isPlaced = await runCallbacks()
    if (isStopped) return
    const lists = await runLists({
      ...{ db, ports, placing, settings: options.settings(), policy: options.policy(), now }
    })
    waitsForOperator ||= lists.isWaiting
    // One call per round and line: the exchange has taken the operator before the next one is looked for.
    if (isPlaced || lists.isPlaced) wakeIn(4 * settleMs)
    if (now() - purgedMs > purgeEveryMs) {
      purgedMs = now()
      await purgeInbox(db)
    }
    await wakeForNext()
  }

  async function wakeForNext(): Promise<void> {
    const { rows } = await db.raw<{ rows: { ms: number | null }[] }>(
      `select extract(epoch from min(next_attempt_at)) * 1000 as ms from (
         select next_attempt_at from callbacks where state in ('waiting','retry') and next_attempt_at > to_timestamp(:now / 1000.0)
         union all
         select e.next_attempt_at from dial_list_entries e join dial_lists l on l.id = e.list_id
         where l.state = 'running' and e.state in ('waiting','retry') and e.next_attempt_at > to_timestamp(:now / 1000.0)) due`,
      { now: now() }
    )
    const nextMs = rows[0]?.ms
    if (nextMs !== null && nextMs !== undefined) wakeIn(Math.max(20, Number(nextMs) - now()))
  }

  /** @returns whether any was placed */
  async function runCallbacks(): Promise<boolean> {
    const due = (await db('callbacks')
      .whereIn('state', ['waiting', 'retry'])
      .where('next_attempt_at', '<=', new Date(now()))
      .orderBy(['next_attempt_at', 'created_at'])
      .limit(500)) as CallbackRow[]
    const inQueues = new Set(due.filter(waitsInQueue).map(({ id }) => id))
    for (const [id, giveUp] of waits) {
      if (inQueues.has(id)) continue
      giveUp()
      waits.delete(id)
    }
    const usedLines = new Set<string>()
    for (const callback of due) {
      if (isStopped) break
      if (waitsInQueue(callback)) keepPlace(callback)
      else await callBack(callback, usedLines)
    }
    return usedLines.size > 0
  }

  function keepPlace(callback: CallbackRow): void {
    const { id, queue } = callback
    if (!queue || waits.has(id)) return
    let isReserved = false
    const giveUp = ports.waitVirtually({ callbackId: id, request: queue }, (operator) => {
      isReserved = true
      waits.delete(id)
      place(callback, { kind: 'user', userId: operator.userId, except: [] }).catch((error: unknown) => {
        log.warn({ err: error, callbackId: id }, 'A callback whose turn had come could not be placed')
        wakeIn(settleMs)
      })
    })
    // Somebody may have been free at once.
    if (!isReserved) waits.set(id, giveUp)
  }

  async function callBack(callback: CallbackRow, usedLines: Set<string>): Promise<void> {
    const settings = options.settings()
    const nowMs = now()
    const openMs = nextInAll([settings.hours], nowMs)
    if (openMs > nowMs) return later(callback, openMs)
    const query = await queryOf(callback, settings)
    if (query === null) return giveUp(callback)
    const line = query.kind === 'group' ? query.groupId : query.userId
    if (usedLines.has(line) || !ports.isAnyoneFree(query)) {
      waitsForOperator = true
      return
    }
    if (await isInCall(callback.phone)) return later(callback, nowMs + inCallPauseMs)
    if ((await place(callback, query)) !== null) usedLines.add(line)
  }

  const place = (callback: CallbackRow, query: OperatorQuery): Promise<Placed | null> =>
    placing.attempt({ kind: 'callback', id: callback.id }, () => {
      const { ringSeconds, isRecorded } = options.settings()
      return makeOrder(
        db,
        {
          phone: callback.phone,
          numberId: callback.number_id,
          sourceId: callback.source_id,
          siteId: callback.site_id,
          contactId: callback.contact_id
        },
        {
          callType: callTypes[callback.kind],
          orderId: callback.id,
          operators: query,
          byUserId: null,
          parentCallId: callback.parent_call_id,
          ringSeconds,
          record: isRecorded
        }
      )
    })

  async function queryOf(callback: CallbackRow, settings: CallbackSettings): Promise<OperatorQuery | null> {
    const owner = callback.contact_id
      ? await db('contacts')
          .where({ id: callback.contact_id })
          .first<{ owner_id: string | null } | undefined>('owner_id')
      : undefined
    const groupId = callback.group_id ?? settings.groupId
    const first = whoTalks({ userId: callback.user_id, ownerId: owner?.owner_id ?? null, groupId: null })
    const group = whoTalks({ userId: null, ownerId: null, groupId })
    // An owner who is away shall not keep the client waiting where a group can do it.
    if (first && group && callback.user_id === null && !ports.isAnyoneFree(first)) return group
    return first ?? group
  }

  async function later(callback: CallbackRow, atMs: number): Promise<void> {
    await db('callbacks')
      .where({ id: callback.id })
      .whereIn('state', ['waiting', 'retry'])
      .update({ next_attempt_at: new Date(atMs), updated_at: db.fn.now() })
  }

  /** Nobody is there to call back: a person must decide. */
  async function giveUp(callback: CallbackRow): Promise<void> {
    await db.transaction(async (trx) => {
      const changed = await trx('callbacks')
        .where({ id: callback.id })
        .whereIn('state', ['waiting', 'retry'])
        .update({
          state: 'failed',
          last_result: 'noOperator',
          last_reason: 'no_group',
          next_attempt_at: null,
          done_at: new Date(now()),
          updated_at: trx.fn.now()
        })
      if (changed > 0)
        await giveToPerson(trx, callback, 'noOperator: no_group', now(), options.settings().missedTaskMinutes)
    })
  }

  const isInCall = async (phone: string): Promise<boolean> =>
    Boolean(
      await db('calls')
        .where({ caller_number: phone })
        .whereNull('ended_at')
        .where('started_at', '>', new Date(now() - 6 * 3_600_000))
        .first<unknown>('id')
    )

  const stopFeed = ports.feed.onOperator((state) => {
    if (state.presence === 'available' && waitsForOperator) wakeIn(settleMs)
  })
  const listening = listen({
    databaseUrl: options.databaseUrl,
    channels: [diallingChannel],
    log,
    onConnected: () => wakeIn(0),
    onNotice: () => wakeIn(settleMs)
  })

  return {
    wake: () => wakeIn(0),
    async callNow(callbackId, userId) {
      const [callback] = (await db('callbacks')
        .where({ id: callbackId })
        .whereIn('state', ['waiting', 'retry'])
        .update({ next_attempt_at: new Date(now()), updated_at: db.fn.now() })
        .returning('*')) as CallbackRow[]
      return callback ? place(callback, { kind: 'user', userId, except: [] }) : null
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      stopFeed()
      for (const giveUpPlace of waits.values()) giveUpPlace()
      waits.clear()
      await listening.stop()
      await running
    }
  }
}

/** Only the first try has the place that the client kept; later ones are like any other. */
const waitsInQueue = ({ queue, attempts, short_tries }: CallbackRow): boolean =>
  queue !== null && attempts === 0 && short_tries === 0

const callTypes: Record<CallbackRow['kind'], Extract<CallType, 'callback_form' | 'callback_missed'>> = {
  form: 'callback_form',
  missed: 'callback_missed',
  queue: 'callback_form',
  scheme: 'callback_form',
  manual: 'callback_form',
  api: 'callback_form'
}
