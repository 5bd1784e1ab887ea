import { expect } from 'chai'
import { endsPlans, reactionsTo, scenarios } from '../../demo/client.ts'
import type { Effect, TapeRow } from '../../pbx/call/effects.ts'

const row = (type: string, data: Record<string, unknown> = {}, effects: Effect[] = []): TapeRow => ({
  ...{ callId: 'c', seq: 1, atMs: 0, from: null, to: null },
  ...{ type, data, effects }
})
const entered = (blockType: string): TapeRow => row('call.forwarding_step', { state: 'started', blockType })
const recording: Effect = { do: 'recordVoicemail', recordingId: 'r', maxSeconds: 60, silenceSeconds: 5 }

describe('The demo client', () => {
  const table: [when: string, row: TapeRow, does: string[]][] = [
    ['listens to a greeting', entered('greeting'), ['hush']],
    ['presses 1 in a menu', entered('menu'), ['hush', 'press 1']],
    ['rates with 5', entered('rating'), ['hush', 'press 5']],
    ['waits quietly while it rings', entered('ring'), ['hush']],
    ['speaks when somebody answers', row('call.answered'), ['speak']],
    ['is quiet when the operator has left', row('call.talk_ended'), ['hush']],
    ['leaves a message after the tone', row('played', {}, [recording]), ['speak', 'press #']],
    ['does nothing at the end', row('call.ended'), []]
  ]
  for (const [when, given, does] of table) {
    it(when, () => {
      const done = reactionsTo(given, 'usual').map((one) =>
        one.do === 'press' ? `press ${one.digit}` : one.do
      )
      expect(done).to.deep.equal(does)
    })
  }

  it('presses nothing when it is passive, and hangs up ringing phones when it is impatient', () => {
    for (const blockType of ['menu', 'rating']) {
      expect(reactionsTo(entered(blockType), 'passive').map((one) => one.do)).to.deep.equal(['hush'])
    }
    expect(reactionsTo(entered('ring'), 'impatient').map((one) => one.do)).to.deep.equal(['hush', 'hangup'])
  })

  it('never plans something in the past', () => {
    for (const scenario of scenarios) {
      for (const [, given] of table) {
        for (const { afterMs } of reactionsTo(given, scenario)) expect(afterMs).to.be.at.least(0)
      }
    }
  })

  it('drops its plans when a block is left or the call is over', () => {
    expect(endsPlans(row('call.forwarding_step', { state: 'ended', blockType: 'menu' }))).to.equal(true)
    expect(endsPlans(row('call.ended'))).to.equal(true)
    expect(endsPlans(entered('menu'))).to.equal(false)
    expect(endsPlans(row('played'))).to.equal(false)
  })
})
