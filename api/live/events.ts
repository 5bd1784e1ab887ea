import { randomUUID } from 'node:crypto'
import type { ToldName } from '../contract/live.ts'

/**
 * Who gets an event: those who see calls live (`panel`: of them operators, or supervisors and admins alone), or
 * everybody signed in; or one user.
 */
export type Audience = 'panel' | 'operators' | 'leads' | 'everyone' | `user:${string}`
export type EventName = ToldName
export interface LiveEvent {
  seq: number
  audience: Audience
  name: EventName
  payload: Record<string, unknown>
}

/**
 * The last events, numbered. The epoch is new with every process: a number of an earlier process means nothing here.
 */
export class EventBuffer {
  readonly epoch: string = randomUUID()
  readonly #events: LiveEvent[] = []
  readonly #size: number
  #seq = 0

  constructor(size = 5_000) {
    this.#size = size
  }

  get seq(): number {
    return this.#seq
  }

  /** Numbers an event and keeps it for those who are away. */
  add(name: EventName, audience: Audience, data: Record<string, unknown>): LiveEvent {
    this.#seq += 1
    const event = { seq: this.#seq, audience, name, payload: { epoch: this.epoch, seq: this.#seq, ...data } }
    // A ring: the slot of event n is n modulo size.
    this.#events[this.#seq % this.#size] = event
    return event
  }

  /** What came after `seq` of `epoch`; null when that cannot be told any more. */
  since(epoch: unknown, seq: unknown): LiveEvent[] | null {
    if (epoch !== this.epoch || typeof seq !== 'number' || !Number.isInteger(seq)) return null
    if (seq < 0 || seq > this.#seq || this.#seq - seq > this.#size) return null
    const missed: LiveEvent[] = []
    for (let n = seq + 1; n <= this.#seq; n += 1) {
      const event = this.#events[n % this.#size]
      if (event) missed.push(event)
    }
    return missed
  }
}
