import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { takeMoments } from '../../../dialling/inbox.ts'
import type { DiallingPorts } from '../../../dialling/ports.ts'
import type { FoundOperator, OperatorQuery, QueueRequest } from '../../../ivr/block.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { foldJournal } from '../../../pbx/call/journal.ts'
import { route } from '../../pure/call/given.ts'
import { newCall, newPlacedCall, step } from '../../../pbx/call/step.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import type { CallEvent } from '../../../pbx/call/events.ts'
import type { Call, Order } from '../../../pbx/call/types.ts'
import { createFeed, type OperatorState } from '../../../pbx/runtime/feed.ts'
import { writeBatch, type Fence } from '../../../pbx/runtime/tape-sql.ts'

/** How a placed call goes. `open` leaves it in progress, `unwritten` never comes to the tape: its controller dies first. */
export type Fate =
  | 'talk'
  | 'noOperator'
  | 'clientBusy'
  | 'clientNoAnswer'
  | 'operatorLeaves'
  | 'open'
  | 'unwritten'
  | 'refused'

type Tell = (event: Record<string, unknown> & { type: CallEvent['type'] }) => void
export type Story = (tell: Tell, call: () => Call) => void

const groupId = '00000000-0000-4000-8000-0000000000f0'

const ring = {
  type: 'ring',
  settings: { groupId, strategy: 'longestIdle', ringSeconds: 20, rounds: 1, record: true },
  exits: { talked: null, noAnswer: null }
}
const straightToOperators: Scheme = { locale: 'ru', start: 'ring', blocks: { ring } }
export const toVoicemail: Scheme = {
  ...{ locale: 'ru', start: 'message' },
  blocks: { message: { type: 'voicemail', settings: {}, exits: { next: null } } }
}
export const toPromise: Scheme = {
  ...{ locale: 'ru', start: 'promise' },
  blocks: {
    promise: { type: 'callback', settings: { sayNumber: false }, exits: { next: null, noNumber: null } }
  }
}
const anna = { userId: '00000000-0000-4000-8000-00000000000a', name: 'Anna', devices: ['anna'] }

/** The caller hangs up while somebody rings. */
export const isMissed: Story = (tell) => {
  tell({ type: 'operatorsFound', operators: [anna] })
  tell({ type: 'callerLeft', cause: 16 })
}
/** A talk of half a minute. */
export const isAnswered: Story = (tell) => {
  tell({ type: 'operatorsFound', operators: [anna] })
  tell({ type: 'legAnswered', leg: 'op1' })
  tell({ type: 'callerLeft', cause: 16, atMs: Date.now() + 30_000 })
}
/** The caller hears a promise or a greeting out, and hangs up. */
export const hearsAndLeaves: Story = (tell, call) => {
  tell({ type: 'played', playId: call().playing ?? '' })
  tell({ type: 'callerLeft', cause: 16, atMs: Date.now() + 5000 })
}

export interface Ringing {
  callId: string
  order: Order
}

/**
 * An exchange without telephones: calls are stepped by the real machine and their tapes written as the tape writer
 * does it, so that what is learnt of them is learnt the real way.
 */
export interface FakeExchange {
  readonly ports: DiallingPorts
  readonly placed: Ringing[]
  readonly fence: Fence
  /** Decides how the next calls go. */
  fateOf: (order: Order) => Fate
  /** The dialling policy's answer, as the machine would get it. */
  refuse: string | null
  free: Set<string>
  operatorStates: OperatorState[]
  waits: Map<string, { request: QueueRequest; onReserved: (operator: FoundOperator) => void }>
  /** Tells that an operator has become free. */
  becomesFree(userId: string): void
  /** A call from outside that goes as told, through a scheme. @returns its id */
  comesIn(phone: string | null, story: Story, body?: Scheme): Promise<string>
  /** Ends an `open` call as fate would have it. */
  finish(callId: string, fate: Fate): Promise<void>
}

export const operatorOf = (userId: string, change: Partial<OperatorState> = {}): OperatorState => ({
  ...{
    userId,
    name: userId,
    presence: 'available',
    chosen: 'available',
    reason: null,
    until: null,
    wrapUpCallId: null,
    owesCode: null
  },
  ...{ isReachable: true, devices: [], since: new Date().toISOString(), callId: null },
  ...change
})

/** Takes the lease of a node: the next controller after whoever had it. */
export async function takeNode(db: Knex, node: string): Promise<Fence> {
  const owner = randomUUID()
  const { rows } = await db.raw<{ rows: { epoch: string }[] }>(
    `insert into node_leases (node, owner, epoch, expires_at) values (?, cast(? as uuid), 1, now() + interval '1 minute')
     on conflict (node) do update set owner = excluded.owner, epoch = node_leases.epoch + 1 returning epoch`,
    [node, owner]
  )
  return { node, owner, epoch: Number(rows[0]?.epoch) }
}

export function createFakeExchange(db: Knex, fence: Fence, now: () => number = Date.now): FakeExchange {
  const feed = createFeed((error) => {
    throw error
  })
  const calls = new Map<string, { call: Call; rows: TapeRow[]; written: number }>()
  let clockMs = 0

  /** Milliseconds rise, so that rows of one call keep their order whatever the clock does. */
  const tick = (): number => (clockMs = Math.max(clockMs + 1, now()))

  function take(id: string, event: Record<string, unknown> & { type: CallEvent['type'] }): void {
    const one = calls.get(id)
    if (!one) throw new Error(`No call ${id}`)
    const done = step(one.call, { atMs: tick(), ...event } as CallEvent)
    one.call = done.call
    one.rows.push(...done.records)
    for (const row of done.records) feed.row(row)
  }

  async function write(id: string): Promise<void> {
    const one = calls.get(id)
    const journal = one && foldJournal(one.rows)
    if (!one || !journal) throw new Error(`No call ${id}`)
    const rows = one.rows.slice(one.written)
    await db.transaction(async (trx) => {
      await writeBatch(trx, fence, {
        ...{ rows, calls: [journal.call], legs: journal.legs, recordings: [] },
        snapshots: [{ callId: id, seq: one.call.seq, state: one.call.phase === 'ended' ? null : one.call }]
      })
      await takeMoments(trx, rows)
    })
    one.written = one.rows.length
  }

  function go(id: string, order: Order, fate: Fate): void {
    const userId = order.operators && 'userId' in order.operators ? order.operators.userId : anyOf(order)
    const operator = { userId, name: 'Anna', devices: ['anna'] }
    if (fate === 'noOperator') return take(id, { type: 'operatorsFound', operators: [] })
    take(id, { type: 'operatorsFound', operators: [operator] })
    take(id, { type: 'legAnswered', leg: 'op1' })
    const decision = exchange.refuse
      ? { allowed: false, reason: exchange.refuse }
      : { allowed: true, trunkId: randomUUID(), endpoint: 'trunk', number: order.target, callerId: null }
    take(id, { type: 'dialDecided', leg: 'cl2', decision })
    if (exchange.refuse) return
    clientSays(id, fate)
  }

  function clientSays(id: string, fate: Fate): void {
    switch (fate) {
      case 'talk':
        take(id, { type: 'legAnswered', leg: 'cl2' })
        take(id, { type: 'legEnded', leg: 'cl2', cause: 16, atMs: tick() + 30_000 })
        return
      case 'clientBusy':
        return take(id, { type: 'legEnded', leg: 'cl2', cause: 17 })
      case 'clientNoAnswer':
        return take(id, { type: 'legEnded', leg: 'cl2', cause: 19 })
      case 'operatorLeaves':
        return take(id, { type: 'legEnded', leg: 'op1', cause: 16 })
      case 'open':
      case 'noOperator':
      case 'unwritten':
      case 'refused':
    }
  }

  const anyOf = (order: Order): string => [...exchange.free][0] ?? order.byUserId ?? randomUUID()

  const exchange: FakeExchange = {
    fence,
    placed: [],
    fateOf: () => 'talk',
    refuse: null,
    free: new Set(),
    operatorStates: [],
    waits: new Map(),
    becomesFree(userId) {
      exchange.free.add(userId)
      feed.operator(operatorOf(userId))
    },
    async comesIn(phone, story, body = straightToOperators) {
      const id = randomUUID()
      const caller = { number: phone, name: null, country: null, region: null }
      const startedMs = tick()
      const call = newCall({ id, pbxUniqueId: id, startedMs, caller, dialed: '+74951112233', trunkId: null })
      const one = { call, rows: [], written: 0 }
      calls.set(id, one)
      take(id, { type: 'arrived', isSpeakable: true })
      take(id, { type: 'routed', route: route(body) })
      story(
        (event) => take(id, event),
        () => one.call
      )
      await write(id)
      return id
    },
    async finish(callId, fate) {
      clientSays(callId, fate)
      await write(callId)
    },
    ports: {
      feed,
      operators: () => exchange.operatorStates,
      endWrapUp: () => false,
      isAnyoneFree: (query: OperatorQuery) =>
        query.kind === 'group' ? exchange.free.size > 0 : exchange.free.has(query.userId),
      async place(order) {
        const fate = exchange.fateOf(order)
        if (fate === 'refused') return { refused: 'asterisk_away' }
        const id = randomUUID()
        const number = order.target.kind === 'external' ? order.target.number : ''
        const client = { number, name: null, country: 'RU', region: null }
        const call = newPlacedCall({ id, startedMs: tick(), order, client, dialed: number })
        calls.set(id, { call, rows: [], written: 0 })
        exchange.placed.push({ callId: id, order })
        if (fate === 'unwritten') return { callId: id }
        take(id, { type: 'placed' })
        go(id, order, fate)
        await write(id)
        return { callId: id }
      },
      waitVirtually(wait, onReserved) {
        exchange.waits.set(wait.callbackId, { request: wait.request, onReserved })
        return () => exchange.waits.delete(wait.callbackId)
      },
      trunkState: () => 'registered'
    }
  }
  return exchange
}
