import { expect } from 'chai'
import { newCall, step } from '../../../pbx/call/step.ts'
import { foldJournal } from '../../../pbx/call/journal.ts'
import type { Effect, TapeRow } from '../../../pbx/call/effects.ts'
import type { CallEvent, Refusal } from '../../../pbx/call/events.ts'
import type { Call, Route } from '../../../pbx/call/types.ts'
import type { Scheme } from '../../../ivr/scheme.ts'

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never
export type Told = WithoutTime<CallEvent>

export const callId = '01996f2a-6400-7001-8abc-0123456789ab'
export const t0 = Date.parse('2026-11-20T09:00:00Z')
export const anna = { userId: '00000000-0000-4000-8000-00000000000a', name: 'Anna', devices: ['op-anna'] }
export const boris = { userId: '00000000-0000-4000-8000-00000000000b', name: 'Boris', devices: ['op-boris'] }
export const groupId = '00000000-0000-4000-8000-0000000000f0'

const ring = (settings: Record<string, unknown> = {}): Scheme['blocks'][string] => ({
  type: 'ring',
  settings: {
    assignedFirst: true,
    groupId,
    strategy: 'longestIdle',
    ringSeconds: 20,
    rounds: 1,
    record: true,
    ...settings
  },
  exits: { talked: 'rate', noAnswer: 'message' }
})

/** Greeting, ringing of the sales group, then the rating or a message. */
export function scheme(ringSettings: Record<string, unknown> = {}): Scheme {
  return {
    locale: 'ru',
    start: 'hello',
    blocks: {
      hello: {
        type: 'greeting',
        settings: { sounds: [{ sound: 'ringtrace/welcome' }] },
        exits: { next: 'sales' }
      },
      sales: ring(ringSettings),
      rate: { type: 'rating', settings: {}, exits: { next: null } },
      message: { type: 'voicemail', settings: {}, exits: { next: null } }
    }
  }
}

export function route(body: Scheme = scheme(), ownerId: string | null = null): Route {
  return {
    numberId: '00000000-0000-4000-8000-000000000001',
    number: '+74951234567',
    numberLabel: 'Site header',
    source: {
      id: '00000000-0000-4000-8000-000000000002',
      name: 'Yandex.Direct',
      inquiryChannel: 'paid',
      medium: 'cpc',
      campaign: 'windows',
      keyword: 'buy windows'
    },
    siteId: null,
    siteName: null,
    contact:
      ownerId === null
        ? null
        : { id: '00000000-0000-4000-8000-0000000000c1', name: 'Client', company: null, ownerId },
    scheme: { id: '00000000-0000-4000-8000-0000000000e1', name: 'Sales', version: 3, body },
    groupNames: { [groupId]: 'Sales' }
  }
}

/** A call told a story, one event a second; state and events pass through JSON between steps, as after a crash. */
export class Story {
  call: Call = newCall({
    id: callId,
    pbxUniqueId: 'rt-1763629200.1',
    startedMs: t0,
    caller: { number: '+79161112233', name: null, country: 'RU', region: 'Moscow' },
    dialed: '+74951234567',
    trunkId: null
  })
  rows: TapeRow[] = []
  effects: Effect[] = []
  nowMs = t0
  wasIgnored = false
  refused: Refusal | null = null

  when(...events: Told[]): this {
    for (const event of events) {
      this.nowMs += 1000
      const dated = JSON.parse(JSON.stringify({ ...event, atMs: this.nowMs })) as CallEvent
      const result = step(JSON.parse(JSON.stringify(this.call)) as Call, dated)
      this.call = result.call
      this.rows.push(...result.records)
      this.effects = result.effects
      this.wasIgnored = result.ignored
      this.refused = result.refused
    }
    return this
  }

  /** Lets `seconds` go by without an event. */
  after(seconds: number): this {
    this.nowMs += seconds * 1000
    return this
  }

  /** The playing sound ends. */
  soundEnds(): this {
    expect(this.call.playing, 'a sound plays').to.be.a('string')
    return this.when({ type: 'played', playId: this.call.playing ?? '' })
  }

  /** The running timer ends. */
  timerEnds(): this {
    expect(this.call.deadlineMs, 'a timer runs').to.be.a('number')
    const deadlineMs = this.call.deadlineMs ?? 0
    this.nowMs = Math.max(this.nowMs, deadlineMs - 1000)
    return this.when({ type: 'timeout', deadlineMs })
  }

  does(kind: Effect['do']): Effect[] {
    return this.effects.filter((effect) => effect.do === kind)
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.rows.findLast((row) => row.type === type)?.data
  }

  journal() {
    const journal = foldJournal(JSON.parse(JSON.stringify(this.rows)) as TapeRow[])
    if (!journal) throw new Error('No journal yet')
    return journal
  }
}

/** A caller who has heard the greeting and whose operators are being looked for. */
export function atOperators(body = scheme(), ownerId: string | null = null): Story {
  return new Story()
    .when({ type: 'arrived', isSpeakable: true }, { type: 'routed', route: route(body, ownerId) })
    .soundEnds()
}

/** Anna's phone rings. */
export const annaRings = (body = scheme()): Story =>
  atOperators(body).when({ type: 'operatorsFound', operators: [anna] }, { type: 'legRinging', leg: 'op1' })

/** Anna talks with the caller. */
export const annaTalks = (body = scheme()): Story => annaRings(body).when({ type: 'legAnswered', leg: 'op1' })
