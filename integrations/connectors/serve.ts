import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { textOf } from './answer.ts'
import { createBucket } from './bucket.ts'
import { hidden, keptBytes } from './hide.ts'
import { ForeignError, type Keys, type ServeAnswer, type ServeAsk, type ServeRequest } from './kind.ts'
import { placeCall } from './place-call.ts'
import type { ConnectorPorts } from './ports.ts'
import type { Exchange } from './store.ts'
import type { Open } from './work.ts'

/** What one foreign system may ask: so many at once, then so many a second. */
const burst = 40
const perSecond = 10
/** More than any page of any of them. */
const mostBytes = 16 * 1024 * 1024

/** As long as the database finds things by; longer ones are known by their sum. */
const longestKey = 500
const keyOf = (key: string): string =>
  key.length <= longestKey ? key : createHash('sha256').update(key).digest('hex')

/** Answers what foreign systems ask of us. */
export function createServer(options: {
  db: Knex
  log: Logger
  now: () => number
  ports: ConnectorPorts
  keep: (one: Exchange) => Promise<void>
}): {
  serve(
    open: Open,
    with_: { keys: Keys; userOf: ServeAsk['userOf']; event: ServeAsk['event'] },
    request: ServeRequest
  ): Promise<ServeAnswer>
} {
  const { db, log, now, ports, keep } = options
  const buckets = new Map<string, ReturnType<typeof createBucket>>()

  function bucketOf(connectorId: string): ReturnType<typeof createBucket> {
    const known = buckets.get(connectorId)
    if (known) return known
    const made = createBucket(burst, perSecond)
    buckets.set(connectorId, made)
    return made
  }

  async function answer(
    { kind, row }: Open,
    ask: ServeAsk,
    request: ServeRequest
  ): Promise<ServeAnswer & { error?: string }> {
    if (!kind.serve) return { status: 404, body: { error: 'not_found' } }
    if (!row.is_active) return { status: 503, body: { error: 'switched_off' }, error: 'The link is off' }
    // A place in the bucket is taken even so: whoever goes on asking goes on waiting.
    if (bucketOf(row.id).take(now()) > 0)
      return { status: 429, body: { error: 'too_many_requests' }, error: 'Too many requests' }
    try {
      const given = await kind.serve(request, ask)
      const text = textOf(given)
      if (Buffer.byteLength(text) > mostBytes) throw new Error('An answer that is too long')
      return given
    } catch (error) {
      const isTheirs = error instanceof ForeignError
      if (!isTheirs) log.error({ err: error, connectorId: row.id }, 'A foreign system got no answer')
      const message = error instanceof Error ? error.message : String(error)
      return {
        status: isTheirs ? 400 : 500,
        body: { error: isTheirs ? error.code : 'internal' },
        error: message
      }
    }
  }

  return {
    async serve(open, { keys, userOf, event }, request) {
      const { row } = open
      const startedMs = performance.now()
      const { people = {} } = row.settings as { people?: Record<string, string> }
      const given = await answer(
        open,
        {
          ...{ connectorId: row.id, nowMs: now(), settings: row.settings, keys, people, db, userOf, event },
          once: (key, run) => once(db, row.id, keyOf(key), now(), run),
          async call({ key, userId, phone, line }) {
            const wanted = { key: keyOf(key), userId, phone, line }
            const placed = await placeCall(wanted, {
              ...{ db, connectorId: row.id, nowMs: now(), ports, there: null }
            })
            return 'callId' in placed ? { callId: placed.callId } : { refused: placed.refused }
          },
          async callback({ key: given, phone, note, line }) {
            const key = keyOf(given)
            // The order is a row of ours: a repeat may come before the first is answered, so its place is taken first.
            const taken = await db('connector_events')
              .insert({ connector_id: row.id, key, at: new Date(now()) })
              .onConflict(['connector_id', 'key'])
              .ignore()
              .returning('key')
            if (taken.length === 0) return { refused: await refusalBefore(db, row.id, key) }
            const { refused } = await ports.orderCallback({ phone, note, line })
            await db('connector_events')
              .where({ connector_id: row.id, key })
              .update({ result: JSON.stringify({ refused }) })
            return { refused }
          }
        },
        request
      )
      const { method, path, query, body } = request
      await keep({
        ...{ connectorId: row.id, about: null, direction: 'in', method: nameOf(request) },
        request: { method, path, query: hidden(query), body: hidden(body) },
        status: given.status,
        response: keptText(given),
        error: given.error ?? null,
        tookMs: Math.round(performance.now() - startedMs)
      })
      const { status, contentType, body: said } = given
      return { status, body: said, ...(contentType !== undefined && { contentType }) }
    }
  }
}

const keptText = (given: ServeAnswer): string =>
  given.contentType === undefined
    ? JSON.stringify(hidden(given.body ?? null)).slice(0, keptBytes)
    : String(hidden(textOf(given)))

/** What was asked, in a word: most say it by a parameter. */
function nameOf({ path, query, body }: ServeRequest): string {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  for (const name of ['action', 'cmd', 'method', 'event', 'notification_mnemonic']) {
    const value = query[name] ?? said[name]
    if (typeof value === 'string' && value !== '') return value.slice(0, 100)
  }
  return path === '' ? 'request' : path.slice(0, 100)
}

/** Runs once for a key; the answer is kept with what was done, and a repeat gets it. */
async function once<T>(
  db: Knex,
  connectorId: string,
  key: string,
  nowMs: number,
  run: (trx: Knex) => Promise<T>
): Promise<T> {
  return db.transaction(async (trx) => {
    const own = { connector_id: connectorId, key }
    const added = await trx('connector_events')
      .insert({ ...own, at: new Date(nowMs) })
      .onConflict(['connector_id', 'key'])
      .ignore()
      .returning('key')
    if (added.length === 0) {
      const row = await trx('connector_events').where(own).first<{ result: { value: T } | null }>('result')
      if (row.result === null) throw new ForeignError('refused', 'beingDone', 'It is being done')
      return row.result.value
    }
    const value = await run(trx)
    await trx('connector_events')
      .where(own)
      .update({ result: JSON.stringify({ value }) })
    return value
  })
}

async function refusalBefore(db: Knex, connectorId: string, key: string): Promise<string | null> {
  const row = await db('connector_events')
    .where({ connector_id: connectorId, key })
    .first<{ result: { refused: string | null } | null } | undefined>('result')
  return row?.result?.refused ?? null
}
