import { expect } from 'chai'
import { foldJournal } from '../../../pbx/call/journal.ts'
import { newCall, newPlacedCall, step } from '../../../pbx/call/step.ts'
import type { Effect, Party, TapeRow } from '../../../pbx/call/effects.ts'
import type { CallEvent, Refusal } from '../../../pbx/call/events.ts'
import type { Call, Order } from '../../../pbx/call/types.ts'
import { anna, boris, callId, groupId, route, scheme, t0, type Told } from './given.ts'

export const zoya = {
  userId: '00000000-0000-4000-8000-0000000000aa',
  name: 'Zoya',
  devices: ['op-zoya', 'op-zoya-desk']
}
export const chief = { userId: '00000000-0000-4000-8000-0000000000cc', name: 'Chief', devices: ['op-chief'] }
const staff = [anna, boris, zoya]
const clientNumber = '+79161112233'

interface Channel {
  isUp: boolean
  bridge: string | null
  hasMusic: boolean
  isMuted: boolean
}

/** What could happen next: a name for people, and the event. */
export interface Chance {
  name: string
  event: Told
}

/**
 * A simple telephone exchange that does what a call asks for, and knows what could happen next. The reference that the
 * machine is held against: who is where, who hears music, which operators are taken.
 */
export class World {
  call: Call
  readonly rows: TapeRow[] = []
  readonly channels = new Map<Party, Channel>()
  readonly taken = new Set<string>()
  readonly recorded = new Set<string>()
  readonly given = new Set<string>()
  readonly story: string[] = []
  private questions: Chance[] = []
  private refusable: Chance | null = null
  refused: Refusal | null = null
  nowMs = t0

  private constructor(call: Call) {
    this.call = call
  }

  static inbound(): World {
    const world = new World(
      newCall({
        id: callId,
        pbxUniqueId: 'rt-1',
        startedMs: t0,
        caller: { number: clientNumber, name: null, country: 'RU', region: null },
        dialed: '+74951234567',
        trunkId: null
      })
    )
    world.channels.set('client', { isUp: false, bridge: null, hasMusic: false, isMuted: false })
    world.tell({ name: 'arrives', event: { type: 'arrived', isSpeakable: true } })
    return world
  }

  static placed(target: Order['target'], operators: Order['operators']): World {
    const order: Order = {
      ...{ callType: 'click_to_call', orderId: null, target, operators, phone: null, byUserId: anna.userId },
      ...{ numberId: null, source: null, site: null, contact: null, parentCallId: null },
      ringSeconds: 25,
      record: true
    }
    const client = { number: clientNumber, name: null, country: 'RU', region: null }
    const world = new World(newPlacedCall({ id: callId, startedMs: t0, order, client, dialed: clientNumber }))
    world.tell({ name: 'is ordered', event: { type: 'placed' } })
    return world
  }

  /** All that could happen now; never empty before the end. */
  chances(): Chance[] {
    const { call } = this
    if (call.phase === 'ended') return []
    const chances = [...this.questions]
    if (this.channels.has('client'))
      chances.push({ name: 'client leaves', event: { type: 'callerLeft', cause: 16 } })
    if (call.playing !== null)
      chances.push({ name: 'sound ends', event: { type: 'played', playId: call.playing } })
    if (call.deadlineMs !== null)
      chances.push({ name: 'time is over', event: { type: 'timeout', deadlineMs: call.deadlineMs } })
    for (const digit of ['1', '5'])
      chances.push({ name: `presses ${digit}`, event: { type: 'digit', digit } })
    for (const [party, channel] of this.channels) {
      if (party === 'client') continue
      const leg = party
      if (!channel.isUp) {
        chances.push(
          { name: `${leg} answers`, event: { type: 'legAnswered', leg } },
          { name: `${leg} sends sound`, event: { type: 'legProgress', leg } },
          { name: `${leg} declines`, event: { type: 'legEnded', leg, cause: 21 } },
          { name: `${leg} fails`, event: { type: 'legEnded', leg, cause: 34 } }
        )
      } else chances.push({ name: `${leg} hangs up`, event: { type: 'legEnded', leg, cause: 16 } })
      chances.push({
        name: `${leg} holds`,
        event: { type: 'legHeld', leg, on: call.talk?.heldSinceMs === null }
      })
    }
    const owner = call.legs.find((leg) => leg.id === call.talk?.leg)
    const by = { userId: owner?.userId ?? anna.userId, name: owner?.name ?? '' }
    for (const wish of wishes)
      chances.push({ name: `owner: ${JSON.stringify(wish)}`, event: { type: 'wished', by, wish } })
    for (const mode of ['listen', 'whisper', 'join'] as const) {
      const wish = { type: 'watch', mode, isSilent: true, devices: chief.devices } as const
      chances.push({ name: `chief ${mode}`, event: { type: 'wished', by: chief, wish } })
    }
    for (const type of ['stopWatching', 'takeOver'] as const)
      chances.push({ name: `chief ${type}`, event: { type: 'wished', by: chief, wish: { type } } })
    chances.push({
      name: 'boris takes the parked call',
      event: { type: 'wished', by: boris, wish: { type: 'takeParked', phone: null } }
    })
    return chances
  }

  /** Lets one thing happen, and everything that the call asks for. */
  tell({ name, event }: Chance): void {
    this.nowMs += 900
    if (event.type === 'timeout') this.nowMs = Math.max(this.nowMs, event.deadlineMs)
    this.story.push(name)
    this.questions = this.questions.filter((question) => question.event !== event)
    if (event.type === 'legAnswered') this.at(event.leg).isUp = true
    if (event.type === 'legEnded') this.channels.delete(event.leg)
    if (event.type === 'callerLeft') this.channels.delete('client')
    const before = JSON.stringify(this.call)
    const dated = JSON.parse(JSON.stringify({ ...event, atMs: this.nowMs })) as CallEvent
    const result = step(JSON.parse(before) as Call, dated)
    this.call = result.call
    this.refused = result.refused
    this.rows.push(...result.records)
    for (const effect of result.effects) this.does(effect)
    this.check(result.refused, before)
  }

  private at(party: Party): Channel {
    const channel = this.channels.get(party)
    expect(channel, `${party} is there, after: ${this.story.join(' → ')}`).not.to.equal(undefined)
    return channel as Channel
  }

  private does(effect: Effect): void {
    switch (effect.do) {
      case 'ask':
        this.asks(effect)
        return
      case 'originate':
      case 'dialOut':
        this.channels.set(effect.leg, { isUp: false, bridge: null, hasMusic: false, isMuted: false })
        if (effect.do === 'originate' && effect.recordingId) this.recorded.add(effect.leg)
        return
      case 'record':
        this.recorded.add(effect.leg)
        return
      case 'answer':
        this.at('client').isUp = true
        return
      case 'connect':
        for (const party of effect.parties)
          if (this.channels.has(party)) this.at(party).bridge = effect.bridge
        return
      case 'part':
        for (const party of effect.parties) if (this.channels.has(party)) this.at(party).bridge = null
        return
      case 'closeBridge':
        for (const channel of this.channels.values())
          if (channel.bridge === effect.bridge) channel.bridge = null
        return
      case 'music':
        if (this.channels.has(effect.party)) this.at(effect.party).hasMusic = effect.on
        return
      case 'mute':
        this.at(effect.leg).isMuted = effect.on
        return
      case 'hangupLeg':
        this.channels.delete(effect.leg)
        return
      case 'hangupCaller':
        this.channels.delete('client')
        return
      case 'release':
        this.taken.delete(effect.userId)
        return
      default:
    }
  }

  private asks(effect: Extract<Effect, { do: 'ask' }>): void {
    const answer = (name: string, event: Told): void => void this.questions.push({ name, event })
    switch (effect.what) {
      case 'route':
        answer('is routed', { type: 'routed', route: route(scheme()) })
        return
      case 'scheme':
        answer('scheme is found', {
          type: 'schemeFound',
          scheme: { id: 'other', name: 'Other', version: 1, body: scheme() },
          groupNames: {}
        })
        answer('scheme is missing', { type: 'schemeFound', scheme: null, groupNames: {} })
        return
      case 'lookup':
        answer('no answer', { type: 'lookedUp', answer: null })
        return
      case 'dial':
        answer('may be dialled', {
          type: 'dialDecided',
          leg: effect.leg,
          decision: {
            allowed: true,
            trunkId: 't',
            endpoint: 'trunk',
            number: effect.target.number,
            callerId: null
          }
        })
        answer('may not be dialled', {
          type: 'dialDecided',
          leg: effect.leg,
          decision: { allowed: false, reason: 'country_not_allowed' }
        })
        return
      case 'operators': {
        // Found and taken in one breath, as the exchange does.
        const { query } = effect
        const wanted = query.kind === 'group' ? staff : staff.filter(({ userId }) => userId === query.userId)
        const free = wanted.filter(({ userId }) => !query.except.includes(userId) && !this.taken.has(userId))
        const found = free.slice(0, 1)
        for (const { userId } of found) this.taken.add(userId)
        answer('operators are found', { type: 'operatorsFound', operators: found })
      }
    }
  }

  /** What must be true after every step. */
  private check(refused: Refusal | null, before: string): void {
    const { call } = this
    const why = `after: ${this.story.join(' → ')}\n${JSON.stringify(call.talk)} ${JSON.stringify([...this.channels])}`
    if (refused) {
      const { seq: _seq, ...now } = call
      const { seq: _was, ...was } = JSON.parse(before) as Call
      expect(now, `a refused wish changes nothing, ${why}`).to.deep.equal(was)
    }
    expect(call.phase === 'talking', why).to.equal(call.talk !== null)
    for (const { data } of this.rows)
      for (const [name, value] of Object.entries(data))
        if (Number.isNaN(value)) expect.fail(`${name} is no number, ${why}`)
    if (call.talk) this.checkTalk(why)
    const client = call.clientLeg ?? 'client'
    if (call.phase === 'parked') {
      expect(this.at(client).bridge, why).to.equal(null)
      expect(this.at(client).hasMusic, why).to.equal(true)
    }
    for (const [party, channel] of this.channels) {
      if (channel.hasMusic) expect(channel.bridge, `${party} hears music, ${why}`).to.equal(null)
      if (!channel.isUp && channel.bridge !== null && party !== 'client')
        expect.fail(`${party} is bridged unanswered, ${why}`)
      const leg = call.legs.find(({ id }) => id === party)
      if (party !== 'client') expect(leg?.state, `${party} has a channel, ${why}`).not.to.equal('ended')
    }
    for (const leg of call.legs) {
      const isThere = leg.state === 'ringing' || leg.state === 'answered'
      expect(this.channels.has(leg.id), `${leg.id} ${leg.state}, ${why}`).to.equal(isThere)
    }
    if (call.phase === 'ended') this.checkEnd(why)
  }

  private checkTalk(why: string): void {
    const { call } = this
    const { talk } = call
    if (!talk) return
    const client = this.at(call.clientLeg ?? 'client')
    const owner = this.at(talk.leg)
    expect(owner.isUp, why).to.equal(true)
    const isAway = talk.consult?.side === 'consulted'
    const isHeld = isAway || talk.heldBy === 'operator'
    expect([client.bridge, client.hasMusic], `the client, ${why}`).to.deep.equal(
      isHeld ? [null, true] : ['main', false]
    )
    expect(owner.bridge, `the owner, ${why}`).to.equal(isAway ? 'consult' : 'main')
    expect([...talk.members].sort(), `members, ${why}`).to.deep.equal(
      [...this.channels]
        .filter(([party, { bridge }]) => bridge === 'main' && party !== 'client' && party !== call.clientLeg)
        .map(([party]) => party)
        .filter((party) => !call.watchers.some((watcher) => watcher.leg === party))
        .sort()
    )
    const consulted = talk.consult?.leg
    if (consulted) {
      const { bridge, hasMusic } = this.at(consulted)
      expect([bridge, hasMusic], `the consulted, ${why}`).to.deep.equal(
        isAway ? ['consult', false] : [null, true]
      )
    }
    for (const watcher of call.watchers) {
      const leg = call.legs.find(({ id }) => id === watcher.leg)
      if (leg?.state !== 'answered') continue
      const { bridge, isMuted } = this.at(leg.id)
      expect(bridge, why).to.equal(watcher.mode === 'join' ? 'main' : `watch.${leg.id}`)
      expect(isMuted, `${watcher.mode}, ${why}`).to.equal(watcher.mode === 'listen')
    }
  }

  private checkEnd(why: string): void {
    expect([...this.channels.keys()], `nobody is left, ${why}`).to.deep.equal([])
    // Whoever was found for a question still under way is given back with its answer.
    const asked = this.questions.flatMap(({ event }) =>
      event.type === 'operatorsFound' ? event.operators.map(({ userId }) => userId) : []
    )
    expect(
      [...this.taken].filter((userId) => !asked.includes(userId)),
      `nobody is held, ${why}`
    ).to.deep.equal([])
    const of = (type: string) => this.rows.filter((row) => row.type === type)
    expect(of('call.ended'), why).to.have.length(1)
    expect(
      this.rows.map((row) => row.seq),
      why
    ).to.deep.equal(this.rows.map((_, index) => index + 1))
    const journal = foldJournal(this.rows)
    if (of('call.initiated').length === 0) return
    const talked = of('call.answered').length
    expect(of('call.talk_ended'), why).to.have.length(talked)
    expect(journal?.call['outcome'] === 'answered', why).to.equal(talked > 0)
    const ends = of('leg.ended').map((row) => String(row.data['leg']))
    expect(new Set(ends).size, `every leg ends once, ${why}`).to.equal(ends.length)
    expect(ends.length, why).to.equal(this.call.legs.length)
    for (const row of of('call.answered')) {
      const leg = journal?.legs.find((one) => one.leg === row.data['leg'])
      expect(
        this.recorded.has(String(row.data['leg'])),
        `${String(row.data['leg'])} is recorded, ${why}`
      ).to.equal(true)
      expect(leg?.recording_id, why).to.be.a('string')
    }
    const talkMs = of('call.talk_ended').reduce((sum, row) => sum + Number(row.data['talkSeconds']), 0)
    expect(Math.abs(talkMs - Number(journal?.call['talk_seconds'])), why).to.be.at.most(talked)
  }
}

const outside = { kind: 'external', number: '+79260000001' } as const
const wishes = [
  { type: 'hold', on: true },
  { type: 'hold', on: false },
  {
    type: 'transfer',
    mode: 'blind',
    target: { kind: 'user', userId: boris.userId },
    note: 'asks for a discount'
  },
  { type: 'transfer', mode: 'blind', target: { kind: 'group', groupId }, note: null },
  { type: 'transfer', mode: 'blind', target: outside, note: null },
  { type: 'transfer', mode: 'blind', target: { kind: 'scheme', schemeId: 's' }, note: null },
  { type: 'transfer', mode: 'warm', target: { kind: 'user', userId: zoya.userId }, note: null },
  { type: 'transfer', mode: 'warm', target: { kind: 'group', groupId }, note: null },
  { type: 'transfer', mode: 'warm', target: outside, note: null },
  { type: 'completeTransfer' },
  { type: 'cancelTransfer' },
  { type: 'swap' },
  { type: 'join' },
  { type: 'park', slot: 71, seconds: 60 },
  { type: 'pauseRecording', on: true }
] as const
