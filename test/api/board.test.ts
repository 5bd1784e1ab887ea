import { expect } from 'chai'
import { differsForOperators, forOperators, project, projectAll } from '../../api/live/board.ts'
import { EventBuffer } from '../../api/live/events.ts'
import type { LiveCall } from '../../api/contract/live.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { anna, boris, callId, initiated, rung, tapeOf } from './support/calls.ts'

const step = {
  step: 1,
  block: 'menu-1',
  blockType: 'menu',
  label: 'Main menu',
  exit: null,
  pressed: null,
  targets: [],
  groupName: null,
  seconds: null
}
const ended = {
  hangupBy: 'client',
  cause: 16,
  waitSeconds: 9,
  talkSeconds: 0,
  heldSeconds: 0,
  totalSeconds: 9
} as const

const party = (leg: string) => ({ leg, kind: 'operator', purpose: 'scheme', handover: null }) as const

describe('A call on the live board', () => {
  const id = callId()
  let row: ReturnType<typeof tapeOf>
  let begun: LiveCall | null
  beforeEach(() => {
    row = tapeOf(id)
    begun = project(null, row('call.initiated', initiated(), 'arriving'))
  })
  const after = (...rows: TapeRow[]): LiveCall | null => rows.reduce(project, begun)

  it('is not there before its first moment, and knows its source from then on', () => {
    expect(project(null, row('leg.started', rung('1', anna)))).to.equal(null)
    expect(begun).to.deep.include({ id, phase: 'arriving', ringing: [], step: null, operator: null })
    expect(begun?.source).to.include({ name: 'Яндекс.Директ', keyword: 'windows' })
  })

  it('stands in the step that was entered last, with the digits pressed', () => {
    const call = after(
      row('call.forwarding_step', { ...step, state: 'started' }, 'inScheme'),
      row('call.forwarding_step', { ...step, state: 'ended', exit: '1', pressed: '1' }, 'inScheme'),
      row(
        'call.forwarding_step',
        { ...step, step: 2, block: 'ring-1', blockType: 'ring', state: 'started' },
        'inScheme'
      )
    )
    expect(call).to.deep.include({ phase: 'inScheme', pressed: '1' })
    expect(call?.step).to.include({ block: 'ring-1', blockType: 'ring' })
  })

  it('rings for everybody who is rung, until the last one is not', () => {
    const both = after(
      row('leg.started', rung('1', anna), 'inScheme'),
      row('leg.started', rung('2', boris), 'inScheme')
    )
    expect(both).to.deep.include({
      phase: 'ringing',
      ringing: [
        { ...party('1'), ...anna },
        { ...party('2'), ...boris }
      ]
    })
    const declined = {
      userId: anna.userId,
      result: 'declined',
      cause: 21,
      recordingId: null,
      recordedSeconds: null
    } as const
    const one = project(both, row('leg.ended', { leg: '1', ...declined }, 'inScheme'))
    expect(one?.phase).to.equal('ringing')
    const none = project(one, row('leg.ended', { leg: '2', ...declined, userId: boris.userId }, 'inScheme'))
    expect(none).to.deep.include({ phase: 'inScheme', ringing: [] })
  })

  it('belongs to the operator who answered, and to nobody after the talk', () => {
    const operator = { id: anna.userId, name: anna.name }
    const talking = after(
      row('leg.started', rung('1', anna), 'inScheme'),
      row('call.answered', { leg: '1', operator, waitSeconds: 3, recordingId: null }, 'talking')
    )
    expect(talking).to.deep.include({ phase: 'talking', operator, ringing: [] })
    const talked = project(
      talking,
      row(
        'call.talk_ended',
        { leg: '1', operator, by: 'operator', talkSeconds: 5, heldSeconds: 0, isHandover: false },
        'inScheme'
      )
    )
    expect(talked).to.deep.include({ phase: 'inScheme', operator: null, answeredAt: talking?.answeredAt })
  })

  const talkOf = (leg: string, who: { userId: string; name: string }): TapeRow =>
    row(
      'call.answered',
      { leg, operator: { id: who.userId, name: who.name }, waitSeconds: 3, recordingId: 'r' },
      'talking'
    )
  const transferTo = (state: 'started' | 'cancelled' | 'failed', reason: string | null = null): TapeRow =>
    row('call.transfer', {
      state,
      mode: 'warm',
      from: { id: anna.userId, name: anna.name },
      target: { kind: 'user', userId: boris.userId },
      to: null,
      note: 'wants windows',
      reason
    })
  const consulting = (): TapeRow[] => [
    row('leg.started', rung('op1', anna), 'inScheme'),
    talkOf('op1', anna),
    transferTo('started'),
    row('leg.started', rung('op2', boris, { purpose: 'consult' })),
    row('leg.answered', { leg: 'op2', userId: boris.userId, recordingId: null })
  ]

  it('shows how far a warm transfer is, and with whom the owner speaks', () => {
    const [ring, talk, started, rings, answers] = consulting()
    if (!ring || !talk || !started || !rings || !answers) throw new Error('no rows')
    expect(after(ring, talk, started)?.consult).to.include({ stage: 'finding', note: 'wants windows' })
    const ringing = after(ring, talk, started, rings)
    expect(ringing?.consult).to.include({ stage: 'ringing', leg: 'op2', name: 'Boris' })
    expect(ringing?.phase).to.equal('talking')
    const speaking = project(ringing, answers)
    expect(speaking?.consult).to.include({ stage: 'talking', side: 'consulted' })
    expect(speaking?.standby.map((each) => each.userId)).to.deep.equal([boris.userId])
    const swapped: TapeRow = {
      ...row('call.voicemail', { recordingId: id, task: null }),
      type: 'wished',
      to: 'talking',
      effects: [{ do: 'connect', bridge: 'main', parties: ['client', 'op1'] }]
    }
    expect(project(speaking, swapped)?.consult).to.include({ stage: 'talking', side: 'client' })
  })

  it('is the consulted one’s after the transfer, and the owner’s again when it is cancelled', () => {
    const handed = after(
      ...consulting(),
      row('call.talk_ended', {
        leg: 'op1',
        operator: { id: anna.userId, name: anna.name },
        by: 'system',
        talkSeconds: 5,
        heldSeconds: 2,
        isHandover: true
      }),
      talkOf('op2', boris)
    )
    expect(handed).to.deep.include({
      operator: { id: boris.userId, name: 'Boris' },
      consult: null,
      standby: []
    })
    expect(handed?.members[0]).to.include({ leg: 'op2', userId: boris.userId })
    const cancelled = after(...consulting(), transferTo('failed', 'declined'))
    expect(cancelled).to.deep.include({ operator: { id: anna.userId, name: 'Anna' }, consult: null })
    expect(cancelled?.transfer).to.include({ state: 'failed', reason: 'declined' })
  })

  it('has three members when the consulted one joins, and two when one leaves', () => {
    const joined = after(
      ...consulting(),
      row('call.joined', { leg: 'op2', operator: { id: boris.userId, name: 'Boris' }, isIn: true })
    )
    expect(joined?.members.map((each) => each.leg)).to.deep.equal(['op1', 'op2'])
    expect(joined).to.deep.include({ consult: null, standby: [] })
    const left = project(
      joined,
      row('call.joined', { leg: 'op2', operator: { id: boris.userId, name: 'Boris' }, isIn: false })
    )
    expect(left?.members.map((each) => each.leg)).to.deep.equal(['op1'])
  })

  it('shows the music, the parking place, the queue and the pause of the recording', () => {
    const operator = { id: anna.userId, name: anna.name }
    const talking = after(row('leg.started', rung('op1', anna), 'inScheme'), talkOf('op1', anna))
    const held = project(talking, row('call.held', { leg: 'op1', on: true, by: 'operator' }))
    expect(held?.held?.since).to.be.a('string')
    const paused = project(held, row('call.recording_paused', { leg: 'op1', on: true }))
    expect(paused?.recording).to.equal('paused')
    const parked = project(paused, row('call.parked', { slot: 11, by: operator }, 'parked'))
    expect(parked).to.deep.include({ phase: 'parked', operator: null, held: null })
    expect(parked?.parked).to.include({ slot: 11, by: 'Anna' })
    const queued = after(row('call.queued', { queueId: 'q', priority: 3 }, 'inScheme'))
    expect(queued?.queue).to.include({ id: 'q', priority: 3 })
    const out = project(queued, row('call.forwarding_step', { ...step, state: 'ended', exit: 'timeout' }))
    expect(out?.queue).to.equal(null)
  })

  it('tells operators of a supervisor who listens, but not of a silent one', () => {
    const talking = after(row('leg.started', rung('op1', anna), 'inScheme'), talkOf('op1', anna))
    const watch = (isSilent: boolean, isOn = true): TapeRow =>
      row('call.watched', {
        leg: 'sup2',
        watched: 'op1',
        by: { id: boris.userId, name: 'Boris' },
        mode: 'listen',
        isSilent,
        isOn
      })
    const rings = row('leg.started', rung('sup2', boris, { purpose: 'watch', kind: 'supervisor' }), 'talking')
    expect(project(talking, rings), 'the supervisor’s own telephone').to.equal(talking)
    const open = project(talking, watch(false))
    const silent = project(talking, watch(true))
    if (!talking || !open || !silent) throw new Error('no call')
    expect(open.watchers.map((each) => each.name)).to.deep.equal(['Boris'])
    expect(forOperators(open)).to.equal(open)
    expect(differsForOperators(talking, open)).to.equal(true)
    expect(forOperators(silent).watchers).to.deep.equal([])
    expect(differsForOperators(talking, silent)).to.equal(false)
    expect(differsForOperators(silent, open), 'no longer silent').to.equal(true)
    expect(project(open, watch(false, false))?.watchers).to.deep.equal([])
  })

  it('ends once, whatever is still recorded of it', () => {
    const over = after(row('call.ended', { ...ended, outcome: 'abandoned', reason: 'callerLeft' }, 'ended'))
    expect(over).to.deep.include({ phase: 'ended', outcome: 'abandoned' })
    expect(project(over, row('call.missed', { outcome: 'abandoned', reason: 'callerLeft' }))).to.equal(over)
  })

  it('stays the same object when a row changes nothing that is shown', () => {
    const before = after(row('leg.started', rung('1', anna), 'inScheme'))
    expect(project(before, row('leg.ringing', { leg: '1', userId: anna.userId }, 'inScheme'))).to.equal(
      before
    )
    const plain: TapeRow = {
      ...row('call.voicemail', { recordingId: id, task: null }),
      type: 'timeout',
      to: 'inScheme'
    }
    expect(project(before, plain)).to.equal(before)
  })

  it('is rebuilt from the tapes of all calls in progress, without those that have ended', () => {
    const other = tapeOf(callId())
    const rows = [
      row('call.initiated', initiated(), 'inScheme'),
      other('call.initiated', initiated(), 'inScheme'),
      other('call.ended', { ...ended, outcome: 'missed', reason: 'noAnswer' }, 'ended')
    ]
    expect([...projectAll(rows).keys()]).to.deep.equal([id])
  })
})

describe('The buffer of live events', () => {
  it('gives what came after a number, as long as it still has all of it', () => {
    const buffer = new EventBuffer(3)
    for (let n = 1; n <= 5; n += 1) buffer.add('journal', 'everyone', { callId: `call ${n}` })
    const numbers = (seq: unknown, epoch: unknown = buffer.epoch) =>
      buffer.since(epoch, seq)?.map((event) => event.seq) ?? null
    expect(numbers(5)).to.deep.equal([])
    expect(numbers(3)).to.deep.equal([4, 5])
    expect(numbers(2)).to.deep.equal([3, 4, 5])
    expect(numbers(1)).to.equal(null)
    for (const strange of [6, -1, 2.5, Number.NaN, '3', undefined]) expect(numbers(strange)).to.equal(null)
    expect(numbers(3, 'another epoch')).to.equal(null)
  })
})
