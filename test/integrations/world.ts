import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createSecrets } from '../../db/secrets.ts'
import { createConnectors, type Connectors } from '../../integrations/connectors/connectors.ts'
import type { Keys, Kind } from '../../integrations/connectors/kind.ts'
import type { ConnectorPorts } from '../../integrations/connectors/ports.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { TestDatabase } from '../support/database.ts'
import { callTape, type CallTape, type Start } from './tape.ts'

export interface World {
  db: Knex
  connectors: Connectors
  clock: { nowMs: number; move(ms: number): void }
  anna: string
  boris: string
  /** What was asked of the rest of the product. */
  ports: ConnectorPorts & { called: unknown[]; callbacks: unknown[]; refuses: string | null }
  /** A connector, not yet joined. */
  add(kind: string, settings: Record<string, unknown>, keys: Keys): Promise<string>
  /** A call that begins now; its rows are written with their outbox, as the tape writer does. */
  call(start?: Start): CallTape
  write(rows: readonly TapeRow[]): Promise<void>
  close(): Promise<void>
}

/**
 * Connectors on a real database, emptied first.
 * @param options `hasOwnClock`: theirs moves only when a test moves it; else they live by the clock of this machine
 */
export async function foundWorld(
  database: TestDatabase,
  makeKinds: (now: () => number) => readonly Kind[],
  options: { hasOwnClock: boolean } = { hasOwnClock: true }
): Promise<World> {
  const { db } = database
  await db.raw('truncate connectors, call_events, users cascade')
  const clock = {
    // Ahead of the database: what is due there at once is due here.
    nowMs: Date.now() + 60_000,
    move(ms: number) {
      clock.nowMs += ms
    }
  }
  const users = await db('users')
    .insert([
      { login: 'anna', name: 'Анна', role: 'operator', extension: '101' },
      { login: 'boris', name: 'Борис', role: 'operator', extension: '102' }
    ])
    .returning<{ id: string }[]>('id')
  const ports: World['ports'] = {
    called: [],
    callbacks: [],
    refuses: null,
    audio: (id) =>
      Promise.resolve({ name: `${id}.mp3`, contentType: 'audio/mpeg', bytes: Buffer.alloc(5000, 1) }),
    lines: () => Promise.resolve([{ e164: '+74951234567', name: 'Директ' }]),
    call(wanted) {
      ports.called.push(wanted)
      return Promise.resolve(ports.refuses === null ? { callId: randomUUID() } : { refused: ports.refuses })
    },
    orderCallback(wanted) {
      ports.callbacks.push(wanted)
      return Promise.resolve({ refused: null })
    }
  }
  const connectors = createConnectors({
    db,
    databaseUrl: database.url,
    secrets: createSecrets(Buffer.alloc(32, 7)),
    kinds: makeKinds(() => clock.nowMs),
    ports,
    allowPrivate: true,
    log: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    ...(options.hasOwnClock && {
      now: () => clock.nowMs,
      pause: (ms: number) => {
        clock.move(ms)
        return Promise.resolve()
      }
    }),
    // Its requests come one after another, so that a test can say what was asked when.
    atOnce: 1
  })

  const write = (rows: readonly TapeRow[]): Promise<void> =>
    db.transaction(async (trx) => {
      await trx('call_events')
        .insert(
          rows.map(({ callId, seq, atMs, type, data }) => ({
            ...{ call_id: callId, seq, type, at: new Date(atMs) },
            data: JSON.stringify(data)
          }))
        )
        .onConflict(['call_id', 'seq'])
        .ignore()
      await connectors.enqueueCalls(trx, rows)
    })

  const [anna = '', boris = ''] = users.map(({ id }) => id)
  return {
    db,
    connectors,
    clock,
    anna,
    boris,
    ports,
    async add(kind, settings, keys) {
      const id = randomUUID()
      await db('connectors').insert({
        ...{ id, kind, name: kind, settings: JSON.stringify(settings) },
        ...connectors.newSecrets(id, kind, keys)
      })
      return id
    },
    call: (start) =>
      callTape(
        clock,
        async (rows) => {
          await write(rows)
          await connectors.work()
        },
        start
      ),
    write,
    close: () => connectors.stop()
  }
}

/** The token in the address of a connector's events. */
export async function hookTokenOf({ db, connectors }: World, id: string): Promise<string> {
  const row = await db('connectors').where({ id }).first<{ id: string; kind: string; secrets: string }>()
  return connectors.hookPath(row).split('/').at(-1) ?? ''
}
