import { expect } from 'chai'
import { project, projectAll } from '../../api/live/board.ts'
import { EventBuffer } from '../../api/live/events.ts'
import type { LiveCall } from '../../api/contract/live.ts'
import type { TapeRow } from '../../pbx/call/types.ts'
import { anna, boris, callId, initiated, tapeOf } from './support/calls.ts'

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
const ended = { hangupBy: 'client', cause: 16, waitSeconds: 9, talkSeconds: 0, totalSeconds: 9 } as const

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
    expect(project(null, row('leg.started', { leg: '1', ...anna, ringMs: 1 }))).to.equal(null)
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
      row('leg.started', { leg: '1', ...anna, ringMs: 1 }, 'inScheme'),
      row('leg.started', { leg: '2', ...boris, ringMs: 1 }, 'inScheme')
    )
    expect(both).to.deep.include({
      phase: 'ringing',
      ringing: [
        { leg: '1', ...anna },
        { leg: '2', ...boris }
      ]
    })
    const declined = { userId: anna.userId, result: 'declined', cause: 21 } as const
    const one = project(both, row('leg.ended', { leg: '1', ...declined }, 'inScheme'))
    expect(one?.phase).to.equal('ringing')
    const none = project(one, row('leg.ended', { leg: '2', ...declined, userId: boris.userId }, 'inScheme'))
    expect(none).to.deep.include({ phase: 'inScheme', ringing: [] })
  })

  it('belongs to the operator who answered, and to nobody after the talk', () => {
    const operator = { id: anna.userId, name: anna.name }
    const talking = after(
      row('leg.started', { leg: '1', ...anna, ringMs: 1 }, 'inScheme'),
      row('call.answered', { leg: '1', operator, waitSeconds: 3, recordingId: null }, 'talking')
    )
    expect(talking).to.deep.include({ phase: 'talking', operator, ringing: [] })
    const talked = project(
      talking,
      row('call.talk_ended', { leg: '1', operator, by: 'operator', talkSeconds: 5 }, 'inScheme')
    )
    expect(talked).to.deep.include({ phase: 'inScheme', operator: null, answeredAt: talking?.answeredAt })
  })

  it('ends once, whatever is still recorded of it', () => {
    const over = after(row('call.ended', { ...ended, outcome: 'abandoned', reason: 'callerLeft' }, 'ended'))
    expect(over).to.deep.include({ phase: 'ended', outcome: 'abandoned' })
    expect(project(over, row('call.missed', { outcome: 'abandoned', reason: 'callerLeft' }))).to.equal(over)
  })

  it('stays the same object when a row changes nothing that is shown', () => {
    const before = after(row('leg.started', { leg: '1', ...anna, ringMs: 1 }, 'inScheme'))
    expect(project(before, row('leg.ringing', { leg: '1', userId: anna.userId }, 'inScheme'))).to.equal(
      before
    )
    const plain: TapeRow = { ...row('call.voicemail', { recordingId: id }), type: 'timeout', to: 'inScheme' }
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
