import { expect } from 'chai'
import type { TapeEntry } from '../../api/contract/calls.ts'
import { drawTape, ticks } from '../../ui/src/call/tape-lanes.ts'

const startMs = Date.parse('2026-11-21T10:00:00.000Z')
let seq = 0
const row = (atMs: number, type: string, data: Record<string, unknown> = {}): TapeEntry => ({
  seq: (seq += 1),
  at: new Date(startMs + atMs).toISOString(),
  type,
  from: null,
  to: null,
  data,
  effects: []
})
const step = (state: string, block: string, exit: string | null = null, pressed: string | null = null) => ({
  state,
  block,
  blockType: block,
  label: null,
  exit,
  pressed
})

const talked = [
  row(0, 'call.initiated'),
  row(0, 'call.forwarding_step', step('started', 'menu')),
  row(3000, 'call.forwarding_step', step('ended', 'menu', '1', '1')),
  row(3000, 'call.forwarding_step', step('started', 'ring')),
  row(3100, 'leg.started', { leg: 'a', userId: 'boris', name: 'Boris' }),
  row(6000, 'leg.ended', { leg: 'a', userId: 'boris', result: 'declined' }),
  row(6100, 'leg.started', { leg: 'b', userId: 'anna', name: 'Anna' }),
  row(9000, 'call.answered', { leg: 'b', operator: { id: 'anna', name: 'Anna' } }),
  row(40_000, 'call.talk_ended', { leg: 'b', by: 'operator' }),
  row(40_010, 'leg.ended', { leg: 'b', userId: 'anna', result: 'answered' }),
  row(40_020, 'call.forwarding_step', step('ended', 'ring', 'talked')),
  row(45_000, 'call.rated', { rating: 5 }),
  row(50_000, 'call.ended', { outcome: 'answered' }),
  row(90_000, 'call.recording_ready', { state: 'ready' })
]

describe('the drawing of a call', () => {
  it('has a lane for the scheme and one for each operator rung', () => {
    expect(drawTape(talked).lanes.map((lane) => lane.name)).to.deep.equal(['', 'Boris', 'Anna'])
  })

  it('ends with the call, not with what was written afterwards', () => {
    expect(drawTape(talked).totalMs).to.equal(50_000)
  })

  it('shows ringing up to the answer and talking after it', () => {
    const anna = drawTape(talked).lanes[2]
    expect(anna?.bars.map(({ kind, fromMs, toMs, result }) => [kind, fromMs, toMs, result])).to.deep.equal([
      ['ring', 6100, 9000, 'answered'],
      ['talk', 9000, 40_000, 'operator']
    ])
  })

  it('shows how an operator who did not answer ended', () => {
    expect(drawTape(talked).lanes[1]?.bars[0]).to.include({ result: 'declined', seconds: 2.9 })
  })

  it('marks the digits pressed and the rating', () => {
    expect(drawTape(talked).lanes[0]?.marks).to.deep.equal([
      { kind: 'pressed', label: '1', atMs: 3000 },
      { kind: 'rated', label: '5', atMs: 45_000 }
    ])
  })

  it('leaves what is still going on open to the last row of a call in progress', () => {
    const drawing = drawTape(talked.slice(0, 8))
    expect(drawing.lanes[0]?.bars.at(-1)).to.include({ kind: 'step', toMs: 9000 })
  })

  it('draws nothing of an empty tape', () => {
    expect(drawTape([])).to.deep.equal({ totalMs: 0, lanes: [] })
  })

  it('has at most seven or eight ticks at round seconds, however long the call', () => {
    for (const seconds of [0.4, 3, 12, 50, 130, 700, 4000, 20_000]) {
      expect(ticks(seconds * 1000).length, `${seconds} s`).to.be.within(1, 8)
    }
    expect(ticks(50_000)).to.deep.equal([0, 10, 20, 30, 40, 50])
  })
})
