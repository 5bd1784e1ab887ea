import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createApp } from '../../api/app.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { attachLive } from '../../api/live.ts'
import type { OperatorState } from '../../api/contract/live.ts'
import { connect } from '../../db/knex.ts'
import { createFakePbx } from '../../test/api/support/fake-pbx.ts'
import { ordinaryCall, type Colleague } from '../../test/api/support/ordinary-call.ts'
import { nowMs, type Played, type PlayOrder } from './messages.ts'

/**
 * The product's HTTP and live side on the database that DATABASE_URL names, in a process of its own, with the feed that
 * calls speak through. There is no Asterisk: told so, it plays calls, row by row, as the controller would write them.
 * UI_DIR: the built browser app, to be shown too.
 */
const databaseUrl = process.env['DATABASE_URL'] ?? ''
const log = pino({ level: 'warn' }, pino.destination(2))
const db = connect(databaseUrl, log, 10)
const pbx = createFakePbx(db)
const deps = {
  ...{ db, log, pbx, demo: null, metrics: new Registry(), version: 'bench' },
  uiDir: process.env['UI_DIR'] ?? null,
  publicUrl: undefined
} as unknown as ApiDeps
const server = createServer(createApp(deps))
server.keepAliveTimeout = 60_000
const live = attachLive(server, deps)
// No exchange stands behind it.
server.on('upgrade', ({ url }, socket) => {
  if (url?.startsWith('/sip')) socket.destroy()
})

/** When the row that is being told was put on the tape; what is told of besides has no row. */
let rowAtMs = 0
const rowOf: number[] = []
const room = live.io.of('/').adapter
const broadcast = room.broadcast.bind(room)
room.broadcast = (packet: { data?: [string, { seq?: number }] }, options) => {
  const seq = packet.data?.[1].seq
  if (seq !== undefined) rowOf[seq] = rowAtMs
  broadcast(packet, options)
}

const colleagues = await db('users')
  .where({ role: 'operator' })
  .select<{ id: string; name: string }[]>('id', 'name')
const operators: Colleague[] = colleagues.map(({ id, name }) => ({ userId: id, name }))
const states = new Map(operators.map((who) => [who.userId, stateOf(who, null)]))
pbx.operatorStates = [...states.values()]

function stateOf({ userId, name }: Colleague, callId: string | null): OperatorState {
  const isBusy = callId !== null
  return {
    ...{
      userId,
      name,
      presence: isBusy ? 'busy' : 'available',
      chosen: 'available',
      reason: null,
      until: null
    },
    ...{ wrapUpCallId: null, owesCode: null, isReachable: true, devices: [], callId },
    since: new Date().toISOString()
  }
}

const waiting = new Map<string, number>()
function tellQueue(): void {
  const since = new Date().toISOString()
  pbx.feed.queue({
    ...{
      queueId: 'sales',
      name: 'Sales',
      longestSince: waiting.size > 0 ? since : null,
      averageWaitSeconds: 2
    },
    waiting: [...waiting.keys()].map((callId, index) => ({
      ...{ position: index + 1, callId, callbackId: null, priority: 0, since }
    }))
  })
}

/** One call from its first row to its last; with what the exchange tells beside rows. */
async function play(n: number): Promise<number> {
  const { id, rows, answeredBy } = ordinaryCall(n, operators)
  let passedMs = 0
  for (const { afterMs, row } of rows) {
    if (afterMs > passedMs) await delay(afterMs - passedMs)
    passedMs = afterMs
    rowAtMs = nowMs()
    pbx.feed.row(row)
    rowAtMs = 0
    if (row.type === 'call.queued') waiting.set(id, n)
    const isOut = row.type === 'call.answered' || row.type === 'call.ended'
    if (row.type === 'call.queued' || (isOut && waiting.delete(id))) tellQueue()
    if (answeredBy && row.type === 'call.answered') pbx.feed.operator(stateOf(answeredBy, id))
    if (answeredBy && row.type === 'call.ended') pbx.feed.operator(stateOf(answeredBy, null))
  }
  pbx.feed.journal(id)
  return rows.length
}

async function playAll({ startsPerSecond, seconds }: PlayOrder): Promise<Played> {
  const calls: Promise<number>[] = []
  const startedMs = nowMs()
  const cpu = process.cpuUsage()
  const count = Math.round(startsPerSecond * seconds)
  for (let n = 0; n < count; n += 1) {
    const dueMs = startedMs + (n * 1000) / startsPerSecond
    if (dueMs > nowMs()) await delay(dueMs - nowMs())
    calls.push(play(n))
  }
  const rows = (await Promise.all(calls)).reduce((sum, each) => sum + each, 0)
  const { user, system } = process.cpuUsage(cpu)
  return {
    ...{ calls: count, rows, cpuMs: (user + system) / 1000, tookMs: nowMs() - startedMs },
    rowAtMs: Array.from({ length: rowOf.length }, (_, seq) => rowOf[seq] ?? 0)
  }
}

process.on('message', (order: PlayOrder) => {
  playAll(order).then(
    (played) => process.send?.(played),
    (error: unknown) => {
      log.error({ err: error }, 'The calls could not be played')
      process.exit(1)
    }
  )
})
// Whatever ends the parent, this ends too.
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.((server.address() as AddressInfo).port)
