import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { pino, type Logger } from 'pino'
import type { Fence } from '../../../dialling/attempts.ts'
import { orderCallback, type CallbackRow, type WantedCallback } from '../../../dialling/callbacks.ts'
import { callbackSettings, type CallbackSettings } from '../../../dialling/core/settings.ts'
import type { Policy } from '../../../dialling/policy/decide.ts'
import { defaultDialPolicy } from '../../../dialling/policy/settings.ts'
import { startRunner, type Runner } from '../../../dialling/runner.ts'
import { createTestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { createFakeExchange, takeNode, type FakeExchange } from './exchange.ts'

export const allDay = callbackSettings.shape.hours.parse({
  timeZone: 'Europe/Moscow',
  hours: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]])
  )
})

/** A company on a real database whose telephones are told what to do. */
export interface Office {
  readonly db: Knex
  readonly log: Logger
  groupId: string
  annaId: string
  settings: CallbackSettings
  policy: Policy
  /** A controller with its runner; it takes the node from the one before. */
  controller(options?: { node?: string; now?: () => number }): Promise<Controller>
  order(wanted: Partial<WantedCallback> & { phone: string }): Promise<string>
  callback(id: string): Promise<CallbackRow & Record<string, unknown>>
  /** Waits until the callback is in this state. */
  becomes(id: string, state: string): Promise<CallbackRow & Record<string, unknown>>
  attempts(id: string): Promise<Record<string, unknown>[]>
  tasks(): Promise<Record<string, unknown>[]>
  /** Everything that the tape told has been worked out. */
  workedOut(): Promise<void>
  clear(): Promise<void>
  close(): Promise<void>
}

export interface Controller {
  readonly exchange: FakeExchange
  readonly fence: Fence
  readonly runner: Runner
}

export async function openOffice(): Promise<Office> {
  const database = await createTestDatabase()
  const { db } = database
  const log: Logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
  const running = new Set<Runner>()
  const [group] = await db('groups').insert({ name: 'Sales' }).returning<{ id: string }[]>('id')
  const [anna] = await db('users')
    .insert({ login: 'anna', name: 'Anna', role: 'operator' })
    .returning<{ id: string }[]>('id')
  if (!group || !anna) throw new Error('No office')
  await db('group_members').insert({ group_id: group.id, user_id: anna.id })

  const usual = (): CallbackSettings =>
    callbackSettings.parse({
      ...{ hours: allDay, groupId: group.id, shortPauseSeconds: 0.2, minTalkSeconds: 0 },
      pausesMinutes: [0.01]
    })

  const office: Office = {
    db,
    log,
    groupId: group.id,
    annaId: anna.id,
    settings: usual(),
    policy: { rules: defaultDialPolicy, trunks: [], numbers: new Map(), doNotCall: new Set() },
    async controller({ node = 'node', now } = {}) {
      const fence = await takeNode(db, node)
      const exchange = createFakeExchange(db, fence, now)
      exchange.free.add(anna.id)
      const runner = startRunner({
        ...{ db, databaseUrl: database.url, fence, log, ports: exchange.ports, everyMs: 200 },
        settings: () => office.settings,
        policy: () => office.policy,
        ...(now && { now })
      })
      running.add(runner)
      return {
        exchange,
        fence,
        runner: {
          ...runner,
          stop: () => {
            running.delete(runner)
            return runner.stop()
          }
        }
      }
    },
    order: async (wanted) =>
      (await db.transaction((trx) => orderCallback(trx, { kind: 'form', ...wanted }))).id,
    async callback(id) {
      const row = await db('callbacks')
        .where({ id })
        .first<(CallbackRow & Record<string, unknown>) | undefined>()
      if (!row) throw new Error(`No callback ${id}`)
      return row
    },
    becomes: (id, state) =>
      until(
        async () => {
          const row = await office.callback(id)
          return row.state === state ? row : null
        },
        { what: `callback ${id} is ${state}` }
      ),
    attempts: (id) =>
      db('dial_attempts').where({ callback_id: id }).orWhere({ entry_id: id }).orderBy('at').select(),
    tasks: () => db('tasks').orderBy('created_at').select(),
    async workedOut() {
      await until(async () => !(await db('tape_inbox').whereNull('done_at').first<unknown>('seq')), {
        what: 'the inbox is worked out'
      })
    },
    async clear() {
      for (const runner of running) await runner.stop()
      running.clear()
      office.settings = usual()
      office.policy = { ...office.policy, doNotCall: new Set() }
      for (const table of ['tasks', 'callbacks', 'dial_lists', 'do_not_call', 'tape_inbox', 'audit'])
        await db(table).delete()
      for (const table of ['calls', 'call_legs', 'call_events', 'call_snapshots', 'contacts'])
        await db(table).delete()
    },
    async close() {
      await office.clear()
      await database.drop()
    }
  }
  return office
}

export const newId = randomUUID
