import { expect } from 'chai'
import fc from 'fast-check'
import { dayIn } from '../../../dialling/policy/hours.ts'
import { createUsage, type UsageBook } from '../../../dialling/policy/usage.ts'
import type { Effect, TapeRow } from '../../../pbx/call/effects.ts'

const callId = '0192f0c0-0000-7000-8000-000000000001'
const anna = 'anna'
const noon = Date.parse('2026-11-20T09:00:00Z')
const book = (): UsageBook => createUsage((atMs) => dayIn('Europe/Moscow', atMs))

let seq = 0
const row = (
  type: string,
  atMs: number,
  data: object = {},
  effects: Effect[] = [],
  id = callId
): TapeRow => ({
  ...{ callId: id, seq: (seq += 1), atMs, type, from: null, to: null, effects },
  data: { ...data }
})
const asks = (leg: string, byUserId: string | null): Effect => ({
  ...{ do: 'ask', what: 'dial', leg, byUserId, numberId: null, exceptTrunkIds: [] },
  target: { kind: 'external', number: '+79161112233' }
})
const dials = (leg: string, endpoint = 'trunk-1'): Effect => ({
  ...{ do: 'dialOut', leg, endpoint, number: '+79161112233', callerId: null, ringMs: 30_000, early: null }
})

describe('What was dialled', () => {
  it('counts a dial from its decision, its minutes from the answer, and lets it go at its end', () => {
    const usage = book()
    usage.onRow(row('leg.answered', noon, { leg: 'op1' }, [asks('cl2', anna)]))
    usage.begin({ callId, leg: 'cl2', userId: anna, endpoint: 'trunk-1', atMs: noon })
    usage.onRow(row('dialDecided', noon, {}, [dials('cl2')]))
    expect(usage.read(anna, noon).user).to.deep.equal({ calls: 1, seconds: 0, concurrent: 1 })
    expect(usage.read(anna, noon).trunks.get('trunk-1')).to.equal(1)
    // The talk is the operator's; it is the client who has answered.
    usage.onRow(row('call.answered', noon + 10_000, { leg: 'op1' }))
    expect(usage.read(anna, noon + 70_000).user).to.deep.equal({ calls: 1, seconds: 60, concurrent: 1 })
    usage.onRow(row('leg.ended', noon + 130_000, { leg: 'cl2', result: 'answered' }))
    usage.onRow(row('call.ended', noon + 130_000))
    expect(usage.read(anna, noon + 200_000)).to.deep.equal({
      user: { calls: 1, seconds: 120, concurrent: 0 },
      company: { calls: 1, seconds: 120, concurrent: 0 },
      trunks: new Map()
    })
    expect(usage.read('boris', noon).user).to.deep.equal({ calls: 0, seconds: 0, concurrent: 0 })
  })

  it('tells the same from a tape as from the decisions', () => {
    const rows = [
      row('leg.started', noon, {}, [asks('ext1', anna)]),
      row('dialDecided', noon, {}, [dials('ext1')]),
      row('call.answered', noon + 5000, { leg: 'ext1' }),
      row('leg.ended', noon + 65_000, { leg: 'ext1' })
    ]
    const told = book()
    for (const one of rows) told.onRow(one)
    expect(told.read(anna, noon + 70_000).user).to.deep.equal({ calls: 1, seconds: 60, concurrent: 0 })
  })

  it('begins a new day at midnight of the policy’s zone; what is under way stays under way', () => {
    const usage = book()
    const evening = Date.parse('2026-11-20T20:59:00Z')
    usage.begin({ callId, leg: 'cl2', userId: anna, endpoint: 't', atMs: evening })
    expect(usage.read(anna, evening).user.calls).to.equal(1)
    expect(usage.read(anna, evening + 61_000).user).to.deep.equal({ calls: 0, seconds: 0, concurrent: 1 })
  })

  it('never keeps a dial of a call that has ended, and never counts below nothing', () => {
    const leg = fc.constantFrom('cl1', 'ext2', 'ext3')
    const event = fc.oneof(
      leg.map((id) => row('x', noon, {}, [asks(id, anna), dials(id)])),
      leg.map((id) => row('call.answered', noon + 1000, { leg: id })),
      leg.map((id) => row('leg.ended', noon + 2000, { leg: id })),
      leg.map((id) => row('call.dial_refused', noon, { leg: id }))
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (rows) => {
        const usage = book()
        for (const one of rows) usage.onRow(one)
        usage.onRow(row('call.ended', noon + 3000))
        const { user, company, trunks } = usage.read(anna, noon + 4000)
        expect([user.concurrent, company.concurrent, trunks.size]).to.deep.equal([0, 0, 0])
        expect(user.seconds).to.be.within(0, rows.length * 3)
        expect(user).to.deep.equal(company)
      })
    )
  })
})
