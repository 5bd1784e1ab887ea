import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { TrunkState } from '../routing/trunk-states.ts'
import type { TrunkEvent } from './trunk-watch.ts'

/** So many events of a trunk are kept, in memory and in the database. */
export const mostEvents = 50
/** Those of one second are written together. */
const flushMs = 1000
/** After a write that failed: the database may be away. */
const retryMs = 10_000

/** What has happened to trunks, over restarts. */
export interface TrunkHistory {
  /** What was kept of a trunk, the newest first. */
  of(trunkId: string): readonly TrunkEvent[]
  add(trunkId: string, event: TrunkEvent): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
  /** As `flush`, and no more after it. */
  close(): Promise<void>
}

interface Kept {
  trunk_id: string
  at: Date
  state: TrunkState
  about: TrunkEvent['about']
  code: number | null
  text: string | null
}

/** Reads what was kept. Writing is behind by a second at most; while the database is away, by as much as memory holds. */
export async function openTrunkHistory(db: Knex, log: Logger): Promise<TrunkHistory> {
  const events = new Map<string, TrunkEvent[]>()
  let fresh: { trunkId: string; event: TrunkEvent }[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let isClosed = false

  for (const { trunk_id: trunkId, at, state, about, code, text } of await db('trunk_events')
    .orderBy([{ column: 'at' }, { column: 'id' }])
    .select<Kept[]>('trunk_id', 'at', 'state', 'about', 'code', 'text'))
    remember(trunkId, { at: at.toISOString(), state, about, code, text })

  function remember(trunkId: string, event: TrunkEvent): void {
    const all = events.get(trunkId) ?? []
    events.set(trunkId, all)
    all.unshift(event)
    all.length = Math.min(all.length, mostEvents)
  }

  async function write(): Promise<void> {
    const batch = fresh
    fresh = []
    if (batch.length === 0) return
    try {
      await db.transaction(async (trx) => {
        // A trunk may be deleted meanwhile; its events go with it.
        const ids = [...new Set(batch.map(({ trunkId }) => trunkId))]
        const there = new Set(await trx('trunks').whereIn('id', ids).forShare().pluck<string[]>('id'))
        const rows = batch
          .filter(({ trunkId }) => there.has(trunkId))
          .map(({ trunkId, event: { at, state, about, code, text } }) => ({
            ...{ trunk_id: trunkId, at, state, about, code, text }
          }))
        if (rows.length === 0) return
        await trx('trunk_events').insert(rows)
        await trx.raw(
          `delete from trunk_events where id in (
             select id from (
               select id, row_number() over (partition by trunk_id order by at desc, id desc) as place
               from trunk_events where trunk_id = any(?)
             ) ranked where place > ?)`,
          [ids, mostEvents]
        )
      })
    } catch (error) {
      log.warn({ err: error }, 'What has happened to trunks could not be kept; it is tried again')
      fresh = [...batch, ...fresh].slice(-mostEvents * Math.max(1, events.size))
      soon(retryMs)
    }
  }
  function soon(ms: number): void {
    if (isClosed) return
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch((err: unknown) => log.error({ err }, 'The history of trunks cannot be written'))
    }, ms).unref()
  }
  function flush(): Promise<void> {
    writing = writing.then(write)
    return writing
  }

  return {
    of: (trunkId) => events.get(trunkId) ?? [],
    add(trunkId, event) {
      remember(trunkId, event)
      fresh.push({ trunkId, event })
      soon(flushMs)
    },
    flush,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await flush()
    }
  }
}
