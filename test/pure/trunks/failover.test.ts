import { expect } from 'chai'
import type { Effect } from '../../../pbx/call/effects.ts'
import { newCall, step } from '../../../pbx/call/step.ts'
import type { Call } from '../../../pbx/call/types.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { callId, route, t0, type Told } from '../call/given.ts'

const external: Scheme = {
  locale: 'ru',
  start: 'out',
  blocks: {
    out: {
      type: 'external',
      settings: { number: '+79161112233', ringSeconds: 60 },
      exits: { talked: null, noAnswer: null, busy: null, refused: null }
    }
  }
}

/** A caller who is put through to a number outside, told event by event. */
function story(settings: Record<string, unknown> = {}) {
  const body = structuredClone(external)
  Object.assign(body.blocks['out']?.settings ?? {}, settings)
  let call: Call = newCall({
    ...{ id: callId, pbxUniqueId: '1.1', startedMs: t0, dialed: '+74951234567', trunkId: null },
    caller: { number: '+79160000000', name: null, country: 'RU', region: null }
  })
  let effects: Effect[] = []
  const tell = (event: Told): void => {
    const done = step(call, { ...event, atMs: t0 })
    call = done.call
    effects = done.effects
  }
  tell({ type: 'arrived', isSpeakable: true })
  tell({ type: 'routed', route: route(body) })
  return {
    tell,
    /** Trunks that must not be taken, as the policy is asked; null when it is not asked. */
    asked: (): readonly string[] | null =>
      effects.flatMap((one) => (one.do === 'ask' && one.what === 'dial' ? [one.exceptTrunkIds] : []))[0] ??
      null,
    goesThrough: (leg: string, trunkId: string): void =>
      tell({
        type: 'dialDecided',
        leg,
        decision: { allowed: true, trunkId, endpoint: trunkId, number: '+79161112233', callerId: null }
      }),
    get call() {
      return call
    }
  }
}

describe('A number that a trunk cannot carry', () => {
  const table: [string, number | null, boolean][] = [
    ['no word at all', null, true],
    ['absent', 20, true],
    ['502', 27, true],
    ['501', 29, true],
    ['503', 34, true],
    ['500', 38, true],
    ['504', 102, true],
    ['408 without any ringing', 18, true],
    ['404', 1, false],
    ['486', 17, false],
    ['403 and 603', 21, false],
    ['480', 19, false],
    ['488', 58, false]
  ]
  for (const [what, cause, isNext] of table) {
    it(`${isNext ? 'is tried through the next one' : 'is given up'} after ${what}`, () => {
      const one = story()
      expect(one.asked()).to.deep.equal([])
      one.goesThrough('ext1', 'first')
      one.tell({ type: 'legEnded', leg: 'ext1', cause })
      expect(one.asked()).to.deep.equal(isNext ? ['first'] : null)
    })
  }

  it('is not tried again when it rang already: the carrier did its part', () => {
    const one = story()
    one.goesThrough('ext1', 'first')
    one.tell({ type: 'legRinging', leg: 'ext1' })
    one.tell({ type: 'legEnded', leg: 'ext1', cause: 18 })
    expect(one.asked()).to.equal(null)
  })

  it('is tried through three in all, each once', () => {
    const one = story()
    for (const [index, trunk] of ['first', 'second', 'third'].entries()) {
      expect(one.asked()).to.deep.equal(['first', 'second', 'third'].slice(0, index))
      one.goesThrough(`ext${index + 1}`, trunk)
      one.tell({ type: 'legEnded', leg: `ext${index + 1}`, cause: 34 })
    }
    expect(one.asked()).to.equal(null)
    expect(one.call.phase).to.equal('ended')
  })

  it('stays with the trunk that the block names', () => {
    const one = story({ trunkId: '10000000-0000-4000-8000-000000000001' })
    one.goesThrough('ext1', '10000000-0000-4000-8000-000000000001')
    one.tell({ type: 'legEnded', leg: 'ext1', cause: 34 })
    expect(one.asked()).to.equal(null)
  })

  it('has failed, and is not refused, when no further trunk is left', () => {
    const one = story()
    one.goesThrough('ext1', 'first')
    one.tell({ type: 'legEnded', leg: 'ext1', cause: 34 })
    one.tell({ type: 'dialDecided', leg: 'ext2', decision: { allowed: false, reason: 'no_trunk' } })
    expect(one.call.legs.map(({ state }) => state)).to.deep.equal(['ended', 'ended'])
    expect(one.call.phase).to.equal('ended')
  })

  it('is not dialled again once the caller has gone', () => {
    const one = story()
    one.goesThrough('ext1', 'first')
    one.tell({ type: 'callerLeft', cause: 16 })
    one.tell({ type: 'legEnded', leg: 'ext1', cause: 34 })
    expect(one.asked()).to.equal(null)
  })
})

describe('A call that finds its trunk full', () => {
  it('is answered with busy, and missed', () => {
    let call = newCall({
      ...{ id: callId, pbxUniqueId: '1.1', startedMs: t0, dialed: '+74951234567', trunkId: 'narrow' },
      caller: { number: '+79160000000', name: null, country: 'RU', region: null }
    })
    call = step(call, { type: 'arrived', atMs: t0, isSpeakable: true }).call
    const done = step(call, { type: 'routed', atMs: t0, route: route(), reason: 'trunk_full' })
    expect(done.effects).to.deep.include({ do: 'hangupCaller', cause: 17 })
    const ended = done.records.find(({ type }) => type === 'call.ended')
    expect(ended?.data).to.include({ outcome: 'missed', reason: 'trunk_full' })
  })
})
