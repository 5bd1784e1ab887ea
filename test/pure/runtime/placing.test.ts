import { expect } from 'chai'
import { newCall, newPlacedCall } from '../../../pbx/call/step.ts'
import type { BridgeName } from '../../../pbx/call/effects.ts'
import type { Call, Leg, Talk } from '../../../pbx/call/types.ts'
import { orderOfPhone, readDialled, uuidv7 } from '../../../pbx/runtime/placing.ts'
import { handingOf, legToGive, referTarget } from '../../../pbx/runtime/refer.ts'
import { callOfBridge, presentBridges, takeBridges, wantedBridges } from '../../../pbx/runtime/repair.ts'
import { emptyDirectory } from '../../../pbx/routing/directory.ts'

const nowMs = Date.UTC(2026, 10, 22)
const normalise = (raw: string) =>
  /^\+?[78]\d{10}$/.test(raw) ? { e164: `+7${raw.slice(-10)}`, country: 'RU', region: null } : null
const leg = (id: string, more: Partial<Leg> = {}): Leg => ({
  ...{ id, kind: 'operator', purpose: 'scheme', userId: 'anna', name: 'Anna', number: null, device: 'op-a' },
  ...{ channelId: null, state: 'answered', recordingId: null, recordedMs: null, trunkId: null },
  ...{ startedMs: nowMs, answeredMs: nowMs },
  ...more
})
const talkOf = (id: string, more: Partial<Talk> = {}): Talk => ({
  ...{ leg: id, members: [id], startedMs: nowMs, heldSinceMs: null, heldBy: null, heldMs: 0, consult: null },
  ...more
})
const inbound = (more: Partial<Call> = {}): Call => ({
  ...newCall({
    id: '0190a000-0000-7000-8000-000000000001',
    pbxUniqueId: 'rt-1.0',
    startedMs: nowMs,
    caller: { number: '+79161112233', name: null, country: 'RU', region: null },
    dialed: '+74951000001',
    trunkId: null
  }),
  phase: 'talking',
  legs: [leg('op1')],
  talk: talkOf('op1'),
  ...more
})
const placed = (more: Partial<Call> = {}): Call => ({
  ...newPlacedCall({
    id: '0190a000-0000-7000-8000-000000000002',
    startedMs: nowMs,
    order: orderOfPhone(
      { kind: 'user', userId: 'vera' },
      { channelId: 'rt-2.0', userId: 'anna', name: 'Anna', device: 'op-a' },
      emptyDirectory
    ),
    client: { number: null, name: 'Vera', country: null, region: null },
    dialed: '103'
  }),
  phase: 'talking',
  clientLeg: 'op2',
  legs: [
    leg('op1', { purpose: 'order', channelId: 'rt-2.0' }),
    leg('op2', { purpose: 'client', userId: 'vera' })
  ],
  talk: talkOf('op1'),
  ...more
})

describe('What a telephone dials', () => {
  const directory = { extensions: new Map([['102', 'boris']]) }
  const rows: [string, unknown][] = [
    ['*71', { kind: 'slot', slot: 71 }],
    ['102', { kind: 'target', target: { kind: 'user', userId: 'boris' } }],
    ['89161234567', { kind: 'target', target: { kind: 'external', number: '+79161234567' } }],
    ['112', { kind: 'target', target: { kind: 'external', number: '112' } }],
    ['*', { kind: 'target', target: { kind: 'external', number: '*' } }],
    ['*12345', { kind: 'target', target: { kind: 'external', number: '*12345' } }]
  ]
  for (const [raw, wanted] of rows)
    it(`is understood: ${raw}`, () =>
      expect(readDialled(raw, directory, 'RU', normalise)).to.deep.equal(wanted))

  it('becomes a call with an id of version 7 that tells its time', () => {
    const id = uuidv7(nowMs)
    expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).to.equal(nowMs)
  })
})

describe('A transfer by REFER', () => {
  const read = (dialled: string) => ({ kind: 'external' as const, number: dialled })
  it('means what stands before the parameters, and no text that is none', () => {
    expect(referTarget('102;phone-context=x', read)).to.deep.equal({ kind: 'external', number: '102' })
    expect(referTarget('op-abc@host', read)).to.deep.equal({ kind: 'external', number: 'op-abc' })
    for (const text of ['', ';x', '1 2', 'a&PJSIP/x', 'x'.repeat(65)])
      expect(referTarget(text, read)).to.equal(null)
  })

  it('brings the other party of a second call to the client, in whichever dialog it was asked', () => {
    const [client, other] = [inbound(), placed()]
    const own = { call: client, leg: leg('op1') }
    const second = { call: other, leg: other.legs[0] ?? leg('op1') }
    for (const handing of [handingOf(own, second), handingOf(second, own)]) {
      expect(handing?.keeper.call.id).to.equal(client.id)
      expect(handing?.giver.call.id).to.equal(other.id)
      expect(handing?.given.id).to.equal('op2')
    }
    expect(legToGive(other, leg('op2', { userId: 'vera' }))).to.deep.include({
      kind: 'operator',
      userId: 'vera',
      channelId: `${other.id}.op2`
    })
    expect(legToGive(other, leg('cl2', { kind: 'client', userId: null }))).to.deep.include({
      kind: 'external'
    })
  })

  it('is refused between strangers, before the answer, in one call, and while consulting', () => {
    const own = { call: inbound(), leg: leg('op1') }
    const other = placed()
    const at = (call: Call, more: Partial<Leg> = {}) => ({
      call,
      leg: { ...(call.legs[0] ?? leg('op1')), ...more }
    })
    expect(handingOf(own, at(other, { userId: 'boris' }))).to.equal(null)
    expect(handingOf(own, at({ ...other, phase: 'dialling' }))).to.equal(null)
    expect(handingOf(own, own)).to.equal(null)
    const consult = {
      target: { kind: 'user', userId: 'b' },
      note: null,
      stage: 'ringing',
      leg: null,
      side: 'consulted'
    } as const
    expect(handingOf({ ...own, call: inbound({ talk: talkOf('op1', { consult }) }) }, at(other))).to.equal(
      null
    )
  })
})

describe('After a restart a call is put together', () => {
  const wanted = (call: Call): Record<string, readonly string[]> => Object.fromEntries(wantedBridges(call))
  const consult = {
    target: { kind: 'user', userId: 'b' },
    note: null,
    leg: 'op2',
    side: 'consulted'
  } as const

  it('with everybody where they were', () => {
    const two = [leg('op1'), leg('op2', { purpose: 'consult' })]
    expect(wanted(inbound())).to.deep.equal({ main: ['client', 'op1'] })
    expect(wanted(placed())).to.deep.equal({ main: ['op2', 'op1'] })
    expect(wanted(inbound({ talk: talkOf('op1', { heldBy: 'operator', heldSinceMs: 1 }) }))).to.deep.equal({
      main: ['op1']
    })
    expect(wanted(inbound({ talk: talkOf('op1', { heldBy: 'telephone', heldSinceMs: 1 }) }))).to.deep.equal({
      main: ['client', 'op1']
    })
    const talking = talkOf('op1', {
      members: [],
      heldBy: 'operator',
      heldSinceMs: 1,
      consult: { ...consult, stage: 'talking' }
    })
    expect(wanted(inbound({ legs: two, talk: talking }))).to.deep.equal({ main: [], consult: ['op1', 'op2'] })
    expect(wanted(inbound({ legs: two, talk: talkOf('op1', { members: ['op1', 'op2'] }) }))).to.deep.equal({
      main: ['client', 'op1', 'op2']
    })
    const watcher = { leg: 'sup2', watched: 'op1', isSilent: false }
    const legs = [leg('op1'), leg('sup2', { kind: 'supervisor', purpose: 'watch' })]
    expect(wanted(inbound({ legs, watchers: [{ ...watcher, mode: 'listen' }] }))).to.deep.equal({
      main: ['client', 'op1'],
      'watch.sup2': ['sup2']
    })
    expect(wanted(inbound({ legs, watchers: [{ ...watcher, mode: 'join' }] }))).to.deep.equal({
      main: ['client', 'op1', 'sup2']
    })
    expect(wanted(inbound({ phase: 'parked', talk: null }))).to.deep.equal({})
    expect(wanted(placed({ phase: 'dialling', talk: null, clientLeg: null }))).to.deep.equal({
      main: ['op1']
    })
  })

  it('from the bridges that Asterisk has', () => {
    const call = placed()
    const bridges = [
      { id: call.id, channelIds: ['rt-2.0', 'stranger'] },
      { id: `${call.id}.consult`, channelIds: [`${call.id}.op2`] },
      { id: 'another', channelIds: [] }
    ]
    expect([...presentBridges(call, bridges)].map(([name, inside]) => [name, [...inside]])).to.deep.equal([
      ['main', ['op1']],
      ['consult', ['op2']]
    ])
    expect(callOfBridge(call.id)).to.equal(call.id)
    expect(callOfBridge(`${call.id}.watch.sup4`)).to.equal(call.id)
    expect(callOfBridge('stasis-bridge-1')).to.equal(null)
  })

  it('are taken over from Asterisk where nobody knows them, and stay where somebody was brought since', () => {
    const asteriskHas = new Map<BridgeName, Set<string>>([
      ['main', new Set(['client', 'op1'])],
      ['consult', new Set(['op2'])]
    ])
    const takenOver = new Map<BridgeName, Set<string>>()
    takeBridges(takenOver, asteriskHas)
    expect(takenOver).to.deep.equal(asteriskHas)
    const known = new Map<BridgeName, Set<string>>([['main', new Set(['client', 'op2'])]])
    takeBridges(known, asteriskHas)
    expect([...known].map(([name, inside]) => [name, [...inside]])).to.deep.equal([
      ['main', ['client', 'op2']],
      ['consult', []]
    ])
  })
})
