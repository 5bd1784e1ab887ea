import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { madeVersion } from '../call/detour.ts'
import type { TapeRow } from '../call/effects.ts'
import type { Call, RunningScheme } from '../call/types.ts'
import { foldJournal, type Journal } from '../call/journal.ts'
import type { MomentType, Moments } from '../call/moments.ts'
import type { LiveCall } from './mailbox.ts'
import type { Spool } from './spool.ts'
import { timedTransaction } from './timed-transaction.ts'
import { FencedError, writeBatch, type Fence, type RecordingStart, type TapeBatch } from './tape-sql.ts'
import { UnknownCall } from './unknown-call.ts'

/** What others do in the tape's own transaction. */
export interface TapeOutbox {
  enqueueDeliveries(trx: Knex.Transaction, rows: readonly TapeRow[]): Promise<void>
  enqueueRecordings(trx: Knex.Transaction, recordings: readonly RecordingStart[]): Promise<void>
  /** Copies what callbacks and tasks follow from; worked out afterwards. */
  takeMoments(trx: Knex.Transaction, rows: readonly TapeRow[]): Promise<void>
}

export interface TapeWriter {
  /** Takes a step's rows; they are written with others a moment later. Never waits, never throws. */
  record(live: LiveCall, rows: readonly TapeRow[]): void
  /** Adds a whole tape that did not come from a live call (imported from Asterisk's own log). */
  importTape(rows: readonly TapeRow[], recordings: readonly RecordingStart[]): void
  /** Adds a moment to a call that has ended: tape, journal and webhooks in one transaction. */
  appendMoment<T extends MomentType>(callId: string, type: T, data: Moments[T]): Promise<void>
  /** Brings what an earlier run left in the spool into the database, before its calls are read from there. */
  replaySpool(): Promise<void>
  /** Resolves when all that was recorded so far is in the database or in the spool, or in memory when neither takes it. */
  flush(): Promise<void>
  status(): { pendingRows: number; spooledBatches: number; isFenced: boolean; rejectedBatches: number }
  close(): Promise<void>
}

export interface TapeWriterOptions {
  db: Knex
  fence: Fence
  spool: Spool
  outbox: TapeOutbox
  onCommitted(callIds: readonly string[]): void
  onFlush(rows: number, seconds: number): void
  log: Logger
}

/** Steps of this long are committed together. */
const groupMs = 25
/** How long to leave a database that is away in peace. */
const retryMs = 1000
/** A database that holds a batch up for longer is away: the batch goes to the spool. */
const commitLimitMs = 5000
/** A controller that ends waits this long for a place for what it could not keep. */
const closingMs = 10_000

/**
 * Group commit with a spool. Calls never wait for it: rows gather in memory for a few milliseconds and go to the
 * database in one transaction; when it is away they go to an fsynced file and are replayed in order when it is back.
 */
export function createTapeWriter(options: TapeWriterOptions): TapeWriter {
  const { db, fence, spool, outbox, log } = options
  let rows: TapeRow[] = []
  let recordings: RecordingStart[] = []
  const changed = new Map<string, LiveCall>()
  const imported: Journal[] = []
  /** In order: what was newer than the spool when the disk had no room for it. */
  const held: TapeBatch[] = []
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isFenced = false
  let isClosed = false
  // By a clock that nobody sets.
  let awayUntilMs = 0
  let rejectedBatches = 0

  const isBehind = (): boolean => !spool.isEmpty || held.length > 0
  const hasWork = (): boolean => rows.length > 0 || recordings.length > 0 || changed.size > 0

  function schedule(ms = groupMs): void {
    if (timer || running || isClosed) return
    timer = setTimeout(() => {
      timer = undefined
      void run().catch((error: unknown) => log.error({ err: error }, 'The tape writer failed'))
    }, ms)
  }

  function run(): Promise<void> {
    running ??= cycle().finally(() => {
      running = undefined
      if (hasWork()) schedule()
      else if (isBehind()) schedule(retryMs)
    })
    return running
  }

  async function cycle(): Promise<void> {
    const batch = takeBatch()
    // What a controller that was overtaken still had to say is said by its successor.
    if (isFenced) return
    const startedAt = performance.now()
    try {
      if (performance.now() < awayUntilMs) throw awayError
      if (!spool.isEmpty) {
        await spool.replay((kept) => commitOrIsolate(kept as TapeBatch))
        log.info('The spooled tape is in the database')
      }
      for (let next = held[0]; next; next = held[0]) {
        await commitOrIsolate(next)
        held.shift()
      }
      if (batch) await commitOrIsolate(batch)
      if (batch) options.onFlush(batch.rows.length, (performance.now() - startedAt) / 1000)
    } catch (error) {
      await keep(batch, error)
    }
  }

  function takeBatch(): TapeBatch | null {
    if (!hasWork()) return null
    const lives = [...changed.values()]
    const journals = [...lives.map((live) => live.journal), ...imported].filter((journal) => journal !== null)
    const batch: TapeBatch = {
      rows,
      // Copies: the journals go on changing while the statement runs.
      calls: journals.map(({ call }) => ({ ...call, steps: call.steps.map((step) => ({ ...step })) })),
      legs: journals.flatMap(({ legs }) => legs.map((leg) => ({ ...leg }))),
      snapshots: lives.map(({ call }) => ({
        callId: call.id,
        seq: call.seq,
        state: call.phase === 'ended' ? null : snapshotOf(call)
      })),
      recordings
    }
    rows = []
    recordings = []
    changed.clear()
    imported.length = 0
    return batch
  }

  /** One call's bad data must not hold up the others: a batch that is refused is tried call by call. */
  async function commitOrIsolate(batch: TapeBatch): Promise<void> {
    try {
      await commit(batch)
    } catch (error) {
      if (error instanceof FencedError || isAway(error)) throw error
      const callIds = new Set(batch.rows.map((row) => row.callId))
      if (callIds.size > 1) {
        for (const callId of callIds) await commitOrIsolate(partOf(batch, callId))
        return
      }
      rejectedBatches += 1
      log.error(
        { err: error, callIds: [...callIds] },
        'The database refuses a call\u2019s tape; it is kept beside the spool'
      )
      await spool.reject(batch, String(error))
    }
  }

  async function commit(batch: TapeBatch): Promise<void> {
    await timedTransaction(db, commitLimitMs, async (trx) => {
      await writeBatch(trx, fence, batch)
      await outbox.enqueueRecordings(trx, batch.recordings)
      await outbox.enqueueDeliveries(trx, batch.rows)
      await outbox.takeMoments(trx, batch.rows)
    })
    options.onCommitted([...new Set(batch.calls.map((call) => call.id))])
  }

  /** A batch that was not written: to the spool, unless we are fenced out; in memory while the disk takes nothing. */
  async function keep(batch: TapeBatch | null, error: unknown): Promise<void> {
    if (error instanceof FencedError) {
      isFenced = true
      log.fatal({ err: error }, 'Another controller owns this node: this one writes no more')
      return
    }
    if (error !== awayError) {
      awayUntilMs = performance.now() + retryMs
      log.warn({ err: error, spooled: spool.batches }, 'The database is away: the tape goes to the spool')
    }
    if (batch) held.push(batch)
    try {
      for (let next = held[0]; next; next = held[0]) {
        await spool.append(next)
        held.shift()
      }
    } catch (err) {
      log.error(
        { err, held: held.length },
        'Neither the database nor the disk takes the tape: it is in memory only'
      )
    }
  }

  /** The last chance for what is in memory only. */
  async function letGo(): Promise<void> {
    const untilMs = performance.now() + closingMs
    while (held.length > 0 && !isFenced && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, retryMs / 4))
      await run()
    }
    if (held.length > 0) log.fatal({ batches: held.length }, 'A part of the tape is lost: nothing took it')
  }

  return {
    record(live, added) {
      rows.push(...added)
      changed.set(live.call.id, live)
      for (const row of added) {
        // A leg is recorded from its answer to its end, whatever becomes of its talks.
        if (row.type === 'leg.ended') {
          const { leg, recordingId } = row.data as unknown as Moments['leg.ended']
          if (recordingId) recordings.push({ recordingId, callId: row.callId, leg, kind: 'talk' })
        }
        if (row.type === 'call.voicemail') {
          const { recordingId } = row.data as unknown as Moments['call.voicemail']
          recordings.push({ recordingId, callId: row.callId, leg: 'caller', kind: 'voicemail' })
        }
      }
      schedule()
    },
    importTape(tape, starts) {
      const journal = foldJournal(tape)
      if (!journal) return
      rows.push(...tape)
      imported.push(journal)
      recordings.push(...starts)
      schedule()
    },
    async appendMoment(callId, type, data) {
      // The call's own rows come first, or their numbers would be taken.
      await this.flush()
      if (isBehind()) throw new Error('The database is away: the tape waits in the spool')
      await db.transaction(async (trx) => {
        // One writer at a time per call, so that `seq` has no gaps and no doubles; and none while many are written to.
        await trx.raw(
          "select pg_advisory_xact_lock_shared(hashtext('ringtrace.tape'), 0), pg_advisory_xact_lock(hashtextextended(?, 0))",
          [callId]
        )
        const tape = await readTape(trx, callId)
        const last = tape.at(-1)
        if (!last) throw new UnknownCall(callId)
        const row: TapeRow = {
          callId,
          seq: last.seq + 1,
          atMs: Date.now(),
          type,
          from: last.to,
          to: last.to,
          data: { ...data },
          effects: []
        }
        const journal = foldJournal([...tape, row])
        await writeBatch(trx, fence, {
          rows: [row],
          calls: journal ? [journal.call] : [],
          legs: [],
          snapshots: [],
          recordings: []
        })
        await outbox.enqueueDeliveries(trx, [row])
      })
      options.onCommitted([callId])
    },
    replaySpool: () => spool.replay((kept) => commitOrIsolate(kept as TapeBatch)),
    async flush() {
      while (hasWork() || running) {
        clearTimeout(timer)
        timer = undefined
        await run()
      }
    },
    status: () => ({
      pendingRows: rows.length,
      spooledBatches: spool.batches + held.length,
      isFenced,
      rejectedBatches
    }),
    async close() {
      await this.flush()
      await letGo()
      isClosed = true
      clearTimeout(timer)
    }
  }
}

const awayError = new Error('The database was away a moment ago')

/** Connection troubles, shutdowns and a full disk: the batch is good and will be taken later. */
function isAway(error: unknown): boolean {
  if (error === awayError) return true
  const { code = '', name, message } = error as { code?: string; name?: string; message?: string }
  return (
    /^(08|53|57|58)...$/.test(code) ||
    /^E[A-Z]{3,}$/.test(code) ||
    name === 'KnexTimeoutError' ||
    /connection|timeout/i.test(message ?? '')
  )
}

function partOf(batch: TapeBatch, callId: string): TapeBatch {
  return {
    rows: batch.rows.filter((row) => row.callId === callId),
    calls: batch.calls.filter((call) => call.id === callId),
    legs: batch.legs.filter((leg) => leg.call_id === callId),
    snapshots: batch.snapshots.filter((snapshot) => snapshot.callId === callId),
    recordings: batch.recordings.filter((recording) => recording.callId === callId)
  }
}

/** Published schemes are not copied into every snapshot: their version is enough to find them again. */
function snapshotOf(call: Call): unknown {
  const strip = <T extends RunningScheme | null>(scheme: T): T =>
    scheme === null || scheme.version === madeVersion ? scheme : { ...scheme, body: null }
  return {
    ...call,
    route: call.route && { ...call.route, scheme: strip(call.route.scheme) },
    scheme: strip(call.scheme),
    detours: call.detours.map((detour) => ({ ...detour, scheme: strip(detour.scheme) }))
  }
}

/** A call's tape from the database, in order. */
export async function readTape(db: Knex, callId: string): Promise<TapeRow[]> {
  const result = await db.raw<{ rows: Record<string, unknown>[] }>(
    `select call_id, seq, (extract(epoch from at) * 1000)::float8 as at_ms, type, from_phase, to_phase, data, effects
     from call_events where call_id = ? order by seq`,
    [callId]
  )
  return result.rows.map((row) => ({
    callId: String(row['call_id']),
    seq: Number(row['seq']),
    atMs: Number(row['at_ms']),
    type: String(row['type']),
    from: row['from_phase'] as TapeRow['from'],
    to: row['to_phase'] as TapeRow['to'],
    data: row['data'] as Record<string, unknown>,
    effects: row['effects'] as TapeRow['effects']
  }))
}
