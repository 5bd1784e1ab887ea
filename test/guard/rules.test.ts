import { expect } from 'chai'
import { decide, type Policy, type Usage } from '../../dialling/policy/decide.ts'
import { dialPolicySettings } from '../../dialling/policy/settings.ts'
import { createSuspicion } from '../../dialling/policy/suspicion.ts'
import { createUsage } from '../../dialling/policy/usage.ts'
import { guardSettings } from '../../pbx/guard/settings.ts'
import { addressIn, banMs, createTries } from '../../pbx/guard/tries.ts'
import { createLimits } from '../../tracking/store/limits.ts'

const minute = 60_000
const hour = 60 * minute

describe('Refused requests of SIP', () => {
  const rule = { most: 3, withinMs: minute }
  const refusal = (address: string, atMs: number, account = '100') => ({
    ...{ address, atMs, account, cause: 'unknown_user' as const }
  })

  it('make a culprit of an address that tries often enough in time, and of no other', () => {
    const tries = createTries()
    expect(tries.note(refusal('192.0.2.1', 0, 'admin'), rule)).to.equal(null)
    expect(tries.note(refusal('192.0.2.2', 1), rule)).to.equal(null)
    expect(tries.note(refusal('192.0.2.1', 2, 'root'), rule)).to.equal(null)
    expect(tries.note(refusal('192.0.2.1', 3, 'root'), rule)).to.deep.equal({
      ...{ address: '192.0.2.1', cause: 'unknown_user', tries: 3, accounts: ['admin', 'root'] }
    })
    expect(tries.note(refusal('192.0.2.1', 4), rule), 'counted from the start').to.equal(null)
  })

  it('of a telephone with an old password, one in half a minute, are forgiven', () => {
    const tries = createTries()
    for (let at = 0; at < hour; at += 31_000)
      expect(tries.note(refusal('192.0.2.1', at), rule)).to.equal(null)
  })

  it('keep few and harmless names', () => {
    const tries = createTries()
    const most = { most: 100, withinMs: hour }
    let culprit = null
    for (let count = 0; count < 100; count += 1)
      culprit = tries.note(refusal('192.0.2.1', count, `${count}\u0000\r\n\u202e${'x'.repeat(500)}`), most)
    expect(culprit?.accounts).to.have.length(20)
    for (const account of culprit?.accounts ?? []) expect(account).to.match(/^\d+x{50,60}$/)
  })

  it('ban for a growing time, up to the longest', () => {
    const settings = guardSettings.parse({ firstBanMinutes: 15, longestBanHours: 24 })
    const lasts = [1, 2, 3, 4, 5, 50].map((offence) => banMs(offence, settings) / minute)
    expect(lasts).to.deep.equal([15, 60, 240, 960, 1440, 1440])
  })

  it('are of the address that Asterisk names', () => {
    expect(addressIn('IPV4/UDP/192.0.2.7/5060')).to.equal('192.0.2.7')
    expect(addressIn('IPV6/TLS/2001:DB8::7/5061')).to.equal('2001:db8::7')
    expect(addressIn('IPV6/TCP/::ffff:192.0.2.7/5061')).to.equal('192.0.2.7')
    for (const text of ['', '192.0.2.7', 'IPV4/UDP/evil.example/1', 'IPV4/UDP/1.2.3.4;x/1'])
      expect(addressIn(text), text).to.equal(null)
  })

  it('take networks that are networks', () => {
    const isTaken = (text: string) => guardSettings.safeParse({ allowed: [text] }).success
    for (const good of ['192.0.2.7', '192.0.2.0/24', '2001:db8::/32', '::1'])
      expect(isTaken(good), good).to.equal(true)
    for (const bad of ['', 'office', '192.0.2.0/33', '192.0.2.0/', '1.2.3.4/24/1', '0.0.0.0/-1'])
      expect(isTaken(bad), bad).to.equal(false)
  })
})

describe('Dials that are refused', () => {
  const refused = (change: object = {}) => ({
    ...{ userId: 'anna' as string | null, reason: 'prefix_blocked', number: '+882161', atMs: 0 },
    ...change
  })
  const many = (watch: ReturnType<typeof createSuspicion>, count: number, change: (n: number) => object) =>
    Array.from({ length: count }, (_, n) => watch.note(refused(change(n)))).filter((each) => each !== null)

  it('stop whoever makes many of them within ten minutes, once', () => {
    const watch = createSuspicion(() => 10)
    const found = many(watch, 15, (n) => ({ number: `+88216${n}`, atMs: n * 1000 }))
    expect(found).to.have.length(1)
    expect(found[0]).to.include({ userId: 'anna', tries: 10 })
    expect(found[0]?.numbers).to.have.length(10)
  })

  it('now and then are mistakes, as are numbers that are none, and closed hours', () => {
    const watch = createSuspicion(() => 10)
    expect(many(watch, 60, (n) => ({ atMs: n * 2 * minute }))).to.deep.equal([])
    for (const reason of [
      'bad_number',
      'out_of_hours',
      'no_trunk',
      'trunk_full',
      'do_not_call',
      'user_daily_cap'
    ])
      expect(
        many(watch, 50, () => ({ reason })),
        reason
      ).to.deep.equal([])
    expect(
      many(
        createSuspicion(() => null),
        500,
        () => ({})
      ),
      'switched off'
    ).to.deep.equal([])
  })

  it('by the cap per minute or of costly minutes stop at the first', () => {
    const watch = createSuspicion(() => null)
    for (const reason of ['user_minute_cap', 'user_costly_cap'])
      expect(watch.note(refused({ reason }))).to.include({ userId: 'anna', reason })
  })

  it('of the machine stop nobody: admins are told once an hour', () => {
    const watch = createSuspicion(() => 10)
    const told = many(watch, 200, (n) => ({ userId: null, atMs: n * 1000 }))
    expect(told.map((each) => each?.userId)).to.deep.equal([null])
    expect(many(watch, 200, (n) => ({ userId: null, atMs: 2 * hour + n * 1000 }))).to.have.length(1)
  })
})

describe('Caps that only thieves meet', () => {
  const noon = Date.parse('2026-11-20T09:00:00Z')
  const rules = dialPolicySettings.parse({
    countries: ['RU', 'FR'],
    costlyPrefixes: ['+7800'],
    caps: { userCallsPerMinute: 5, userCostlyMinutesPerDay: 10, companyCostlyMinutesPerDay: 15 }
  })
  const policy: Policy = {
    rules,
    trunks: [{ id: 't', name: 'MTS', endpoint: 'trunk-t', country: 'RU', isUsable: true }],
    numbers: new Map(),
    doNotCall: new Set(),
    stopped: new Set(['vera'])
  }
  const usage = createUsage(
    () => 'today',
    (number) => number.startsWith('+33') || number.startsWith('+7800')
  )
  const reasonOf = (userId: string | null, number: string, nowMs: number): string => {
    const now: Usage = { ...usage.read(userId, nowMs), risk: usage.risk(userId, nowMs) }
    const decision = decide(policy, now, {
      ...{ number, trunkId: null, numberId: null, byUserId: userId, isUnsolicited: false, nowMs }
    })
    return decision.allowed ? 'allowed' : decision.reason
  }
  let next = 0
  const dial = (userId: string, number: string, atMs: number): string => {
    const callId = `call-${(next += 1)}`
    usage.begin({ callId, leg: 'cl2', userId, endpoint: 'trunk-t', atMs, number })
    return callId
  }
  const row = (callId: string, type: string, atMs: number, data: object): void =>
    usage.onRow({ ...{ callId, seq: 1, atMs, type, from: null, to: null, effects: [] }, data: { ...data } })
  const end = (callId: string, atMs: number): void => row(callId, 'call.ended', atMs, {})

  it('hold back a burst of one user, for a minute, and nobody else', () => {
    for (let count = 0; count < 5; count += 1) end(dial('anna', '+79161112233', noon), noon)
    expect(reasonOf('anna', '+79161112233', noon + 1000)).to.equal('user_minute_cap')
    expect(reasonOf('boris', '+79161112233', noon + 1000)).to.equal('allowed')
    expect(reasonOf('anna', '112', noon + 1000)).to.equal('allowed')
    expect(reasonOf('anna', '+79161112233', noon + minute)).to.equal('allowed')
  })

  it('count minutes to costly numbers, also of calls that run, and leave the others alone', () => {
    const first = dial('anna', '+33612345678', noon)
    row(first, 'call.answered', noon, { leg: 'op1' })
    expect(reasonOf('anna', '+33612345678', noon + 9 * minute)).to.equal('allowed')
    expect(reasonOf('anna', '+33612345678', noon + 11 * minute)).to.equal('user_costly_cap')
    expect(reasonOf('anna', '+78001234567', noon + 11 * minute)).to.equal('user_costly_cap')
    expect(reasonOf('anna', '+79161112233', noon + 11 * minute)).to.equal('allowed')
    expect(reasonOf('boris', '+33612345678', noon + 11 * minute)).to.equal('allowed')
    expect(usage.costlyCalls()).to.deep.equal([{ callId: first, userId: 'anna' }])
    end(first, noon + 12 * minute)
    const second = dial('boris', '+33612345679', noon + 12 * minute)
    row(second, 'call.answered', noon + 12 * minute, { leg: 'op1' })
    expect(reasonOf('gleb', '+33612345678', noon + 16 * minute), 'of the company').to.equal(
      'company_costly_cap'
    )
    expect(reasonOf(null, '+33612345678', noon + 16 * minute), 'a forward').to.equal('company_costly_cap')
  })

  it('let whoever is stopped dial nothing but emergency numbers', () => {
    expect(reasonOf('vera', '+79161112233', noon)).to.equal('user_stopped')
    expect(reasonOf('vera', '112', noon)).to.equal('allowed')
  })
})

describe('A robot that orders callbacks', () => {
  const site = 'site'
  const phones = (range: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${range}${String(n).padStart(3, '0')}`)

  it('gets few of one range of numbers, from however many addresses and visitors', () => {
    const limits = createLimits()
    const got = phones('+79161234', 100).filter((phone, n) => limits.mayOrder(site, `10.0.0.${n}`, phone, 0))
    expect(got).to.have.length(10)
    const later = phones('+79161234', 100).filter((phone, n) =>
      limits.mayOrder(site, `10.0.1.${n}`, phone, 2 * hour)
    )
    expect(later, 'twenty a day').to.have.length(10)
    expect(limits.mayOrder(site, '10.0.2.1', '+79169990001', 2 * hour), 'another range').to.equal(true)
  })

  it('cannot use up what is left for people: those with a visit, and clients', () => {
    const limits = createLimits()
    const bots = Array.from({ length: 500 }, (_, n) => `+7916${String(n * 1000 + 1_000_000)}`)
    const robot = { hasVisit: false }
    expect(
      bots.filter((phone, n) => limits.mayOrder(site, `10.1.${n >> 8}.${n & 255}`, phone, 0, robot))
    ).to.have.length(40)
    expect(limits.mayOrder(site, '192.0.2.1', '+79031234567', 0, { hasVisit: true })).to.equal(true)
    const clever = bots.filter((phone, n) => limits.mayOrder(site, `10.2.${n >> 8}.${n & 255}`, phone, 1))
    expect(clever.length).to.be.lessThan(120)
    expect(limits.mayOrder(site, '192.0.2.2', '+79031234568', 2), 'the site is full').to.equal(false)
    expect(limits.mayOrder(site, '192.0.2.2', '+79031234568', 2, { isClient: true })).to.equal(true)
  })

  it('is told of once an hour, when thirty orders of a site were refused within ten minutes', () => {
    const limits = createLimits()
    const alarms = (count: number, atMs: number) =>
      Array.from({ length: count }, () => limits.isFlood(site, atMs)).filter(Boolean).length
    expect(alarms(29, 0)).to.equal(0)
    expect(alarms(100, 1)).to.equal(1)
    expect(alarms(100, 2 * hour)).to.equal(1)
  })
})
