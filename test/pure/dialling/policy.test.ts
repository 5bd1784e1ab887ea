import { expect } from 'chai'
import fc from 'fast-check'
import {
  decide,
  explain,
  type DialRequest,
  type Policy,
  type Usage
} from '../../../dialling/policy/decide.ts'
import { dialPolicySettings } from '../../../dialling/policy/settings.ts'

const mts = '10000000-0000-4000-8000-000000000001'
const beeline = '10000000-0000-4000-8000-000000000002'
const siteNumber = '20000000-0000-4000-8000-000000000001'
const officeNumber = '20000000-0000-4000-8000-000000000002'
const loneNumber = '20000000-0000-4000-8000-000000000003'
const anna = '30000000-0000-4000-8000-000000000001'
/** A Friday noon in Moscow. */
const noon = Date.parse('2026-11-20T09:00:00Z')

const rules = (change: Record<string, unknown> = {}) => dialPolicySettings.parse(change)
const trunk = (id: string, change: Partial<Policy['trunks'][number]> = {}) => ({
  ...{ id, name: id === mts ? 'MTS' : 'Beeline', endpoint: `trunk-${id}`, country: 'RU', isUsable: true },
  ...change
})
const policy = (change: Record<string, unknown> = {}, rest: Partial<Policy> = {}): Policy => ({
  rules: rules(change),
  trunks: [trunk(mts), trunk(beeline)],
  numbers: new Map([
    [siteNumber, { id: siteNumber, e164: '+74951112233', trunkId: mts }],
    [officeNumber, { id: officeNumber, e164: '+74994445566', trunkId: beeline }],
    [loneNumber, { id: loneNumber, e164: '+78125556677', trunkId: null }]
  ]),
  doNotCall: new Set(),
  ...rest
})
const nothing = { calls: 0, seconds: 0, concurrent: 0 }
const unused: Usage = { user: nothing, company: nothing, trunks: new Map() }
const request = (number: string, change: Partial<DialRequest> = {}): DialRequest => ({
  ...{ number, trunkId: null, numberId: null, byUserId: anna, isUnsolicited: false, nowMs: noon },
  ...change
})
const reasonOf = (
  number: string,
  change: Record<string, unknown> = {},
  usage: Usage = unused,
  wish: Partial<DialRequest> = {}
): string => {
  const decision = decide(policy(change), usage, request(number, wish))
  return decision.allowed ? 'allowed' : decision.reason
}

describe('The dialling policy', () => {
  describe('by number', () => {
    const table: [string, string, Record<string, unknown>?][] = [
      ['8 (916) 111-22-33', 'allowed'],
      ['+79161112233', 'allowed'],
      ['+77011234567', 'country_not_allowed'],
      ['+33612345678', 'country_not_allowed'],
      ['+33612345678', 'allowed', { countries: ['RU', 'FR'] }],
      ['+79161112233', 'country_not_allowed', { countries: ['FR'] }],
      ['+882161234567', 'prefix_blocked'],
      ['+881612345678', 'prefix_blocked'],
      ['+870773123456', 'prefix_blocked'],
      ['+979123456789', 'prefix_blocked'],
      // Abroad in all but its code.
      ['+79401234567', 'prefix_blocked'],
      ['+78091234567', 'prefix_blocked'],
      ['+882161234567', 'country_not_allowed', { blockedPrefixes: [] }],
      ['+33612345678', 'allowed', { allowedPrefixes: ['+336'] }],
      ['+78091234567', 'allowed', { allowedPrefixes: ['+7809'] }],
      ['+33712345678', 'country_not_allowed', { allowedPrefixes: ['+336'] }],
      ['+79161112233', 'prefix_blocked', { blockedPrefixes: ['+7916'] }],
      ['sip:evil@example.com', 'bad_number'],
      ['12', 'bad_number'],
      ['', 'bad_number'],
      ['+7916111223344556677', 'bad_number']
    ]
    for (const [number, wanted, change] of table) {
      it(`says ${wanted} to ${number || 'nothing'}${change ? ` with ${JSON.stringify(change)}` : ''}`, () => {
        expect(reasonOf(number, change)).to.equal(wanted)
      })
    }
  })

  describe('for emergencies', () => {
    const tight = {
      countries: [],
      blockedPrefixes: ['+7', '+1'],
      hours: { hours: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] } },
      caps: { userCallsPerDay: 0, companyCallsPerDay: 0, userConcurrent: 0, allConcurrent: 0 }
    }
    for (const number of ['112', '101', '102', '103', '104', '1 0 3']) {
      it(`lets ${number} through whatever the rules say`, () => {
        const decision = decide(policy(tight), unused, request(number))
        expect(decision).to.include({ allowed: true, number: number.replaceAll(' ', '') })
      })
    }
    it('knows the numbers of other countries, and only at home', () => {
      expect(reasonOf('911', { homeCountry: 'US' })).to.equal('allowed')
      expect(reasonOf('999', { homeCountry: 'GB' })).to.equal('allowed')
      expect(reasonOf('911')).to.equal('bad_number')
    })
    it('prefers a registered trunk at home, and takes any other rather than none', () => {
      const abroad = trunk(mts, { country: 'DE' })
      const given = policy({}, { trunks: [abroad, trunk(beeline)] })
      expect(explain(given, unused, request('112')).trunk?.id).to.equal(beeline)
      const dead = policy({}, { trunks: [trunk(mts, { isUsable: false })] })
      expect(decide(dead, unused, request('112')).allowed).to.equal(true)
      expect(decide(policy({}, { trunks: [] }), unused, request('112'))).to.include({ reason: 'no_trunk' })
    })
    it('does not take a longer number for one', () => {
      expect(reasonOf('1121')).to.equal('bad_number')
      expect(reasonOf('+7112')).to.equal('bad_number')
    })
  })

  describe('by use', () => {
    const used = (user: Partial<Usage['user']>, company: Partial<Usage['company']> = {}): Usage => ({
      user: { ...nothing, ...user },
      company: { ...nothing, ...company },
      trunks: new Map()
    })
    const caps = {
      caps: {
        ...{ userCallsPerDay: 10, userMinutesPerDay: 60, companyCallsPerDay: 100 },
        ...{ companyMinutesPerDay: 600, userConcurrent: 2, allConcurrent: 20 }
      }
    }
    const table: [string, Usage, string][] = [
      ['within all limits', used({ calls: 9, seconds: 3599, concurrent: 1 }), 'allowed'],
      ['at the calls of a user', used({ calls: 10 }), 'user_daily_cap'],
      ['at the minutes of a user', used({ seconds: 3600 }), 'user_daily_cap'],
      ['at the calls of the company', used({}, { calls: 100 }), 'company_daily_cap'],
      ['at the minutes of the company', used({}, { seconds: 36_000 }), 'company_daily_cap'],
      ['at the calls at once of a user', used({ concurrent: 2 }), 'concurrency_cap'],
      ['at the calls at once of all', used({}, { concurrent: 20 }), 'concurrency_cap']
    ]
    for (const [name, usage, wanted] of table) {
      it(`says ${wanted} ${name}`, () => expect(reasonOf('+79161112233', caps, usage)).to.equal(wanted))
    }
    it('counts the machine’s own calls to the company alone', () => {
      expect(reasonOf('+79161112233', caps, used({ calls: 10, concurrent: 2 }), { byUserId: null })).to.equal(
        'allowed'
      )
    })
    it('knows no limit where there is none', () => {
      const open = Object.fromEntries(Object.keys(caps.caps).map((key) => [key, null]))
      const much = { calls: 1e6, seconds: 1e8, concurrent: 1e4 }
      expect(reasonOf('+79161112233', { caps: open }, used(much, much))).to.equal('allowed')
    })
  })

  it('keeps to hours, by the clock of their time zone', () => {
    const hours = { timeZone: 'Europe/Moscow', hours: { fri: [['09:00', '18:00']] } }
    const change = { hours: { ...hours, hours: { ...week, fri: [['09:00', '18:00']] } } }
    const at = (text: string) => reasonOf('+79161112233', change, unused, { nowMs: Date.parse(text) })
    expect(at('2026-11-20T06:00:00Z')).to.equal('allowed')
    expect(at('2026-11-20T05:59:00Z')).to.equal('out_of_hours')
    expect(at('2026-11-20T15:00:00Z')).to.equal('out_of_hours')
    expect(at('2026-11-21T09:00:00Z')).to.equal('out_of_hours')
  })

  it('spares clients who wish no calls, but only warns a person who clicks', () => {
    const given = policy({}, { doNotCall: new Set(['+79161112233']) })
    const unasked = explain(given, unused, request('89161112233', { isUnsolicited: true }))
    expect(unasked.decision).to.deep.equal({ allowed: false, reason: 'do_not_call' })
    const clicked = explain(given, unused, request('89161112233'))
    expect(clicked.decision.allowed).to.equal(true)
    expect(clicked.isDoNotCall).to.equal(true)
  })

  describe('choosing a trunk', () => {
    const chosen = (
      change: Record<string, unknown>,
      wish: Partial<DialRequest> = {},
      rest: Partial<Policy> = {},
      usage = unused
    ) => {
      const asked = explain(policy(change, rest), usage, request('+79161112233', wish))
      return { trunk: asked.trunk?.id ?? null, others: asked.others.map(({ id }) => id), asked }
    }
    const order = { trunks: [{ trunkId: beeline }, { trunkId: mts }] }

    it('goes by the rules’ order and names the ones that follow', () => {
      expect(chosen(order)).to.deep.include({ trunk: beeline, others: [mts] })
    })
    it('prefers a longer prefix to a shorter one, that to a country, and that to the rest', () => {
      const by = (first: object, second: object) =>
        chosen({
          trunks: [
            { trunkId: mts, ...first },
            { trunkId: beeline, ...second }
          ]
        }).trunk
      expect(by({ prefixes: ['+79'] }, { prefixes: ['+7916'] })).to.equal(beeline)
      expect(by({ countries: ['RU'] }, { prefixes: ['+7'] })).to.equal(beeline)
      expect(by({}, { countries: ['RU'] })).to.equal(beeline)
      expect(by({ countries: ['FR'] }, {})).to.equal(beeline)
    })
    it('prefers the own trunk of the number that is shown', () => {
      expect(chosen(order, { numberId: siteNumber }).trunk).to.equal(mts)
    })
    it('skips trunks that are not registered, full, or have failed in this call', () => {
      const dead = [trunk(mts), trunk(beeline, { isUsable: false })]
      expect(chosen(order, {}, { trunks: dead }).trunk).to.equal(mts)
      const limited = { trunks: [{ trunkId: beeline, maxConcurrent: 2 }, { trunkId: mts }] }
      const busy = { ...unused, trunks: new Map([[`trunk-${beeline}`, 2]]) }
      expect(chosen(limited, {}, {}, busy).trunk).to.equal(mts)
      expect(chosen(limited).trunk).to.equal(beeline)
      expect(chosen(order, { exceptTrunkIds: [beeline] }).trunk).to.equal(mts)
      const left = chosen(order, { exceptTrunkIds: [beeline, mts] })
      expect(left.asked.decision).to.deep.equal({ allowed: false, reason: 'no_trunk' })
    })
    it('takes the trunk that is named and no other', () => {
      expect(chosen(order, { trunkId: mts })).to.deep.include({ trunk: mts, others: [] })
      const dead = [trunk(mts, { isUsable: false }), trunk(beeline)]
      expect(chosen(order, { trunkId: mts }, { trunks: dead }).trunk).to.equal(null)
    })
    it('uses only trunks that the rules name, where they name any', () => {
      expect(chosen({ trunks: [{ trunkId: beeline, countries: ['FR'] }] }).trunk).to.equal(null)
    })
  })

  describe('showing a number', () => {
    const shown = (change: Record<string, unknown>, wish: Partial<DialRequest> = {}) => {
      const decision = decide(policy(change), unused, request('+79161112233', wish))
      return decision.allowed ? decision.callerId : null
    }
    const viaBeeline = { trunks: [{ trunkId: beeline }] }
    it('shows the number wished for on its own trunk, or one that belongs to no trunk', () => {
      expect(shown({}, { numberId: siteNumber })).to.equal('+74951112233')
      expect(shown(viaBeeline, { numberId: loneNumber })).to.equal('+78125556677')
    })
    it('shows the trunk’s own number where the wished one belongs to another trunk', () => {
      expect(shown(viaBeeline, { numberId: siteNumber })).to.equal('+74994445566')
    })
    it('shows the trunk’s usual number, and never one that is not ours', () => {
      const usual = { trunks: [{ trunkId: beeline, callerNumberId: loneNumber }] }
      expect(shown(usual)).to.equal('+78125556677')
      expect(shown(viaBeeline, { numberId: '20000000-0000-4000-8000-00000000ffff' })).to.equal('+74994445566')
    })
    it('writes the number as the carrier wants it', () => {
      const written = (format: string) => {
        const decision = decide(
          policy({ trunks: [{ trunkId: mts, format }] }),
          unused,
          request('8 916 111-22-33')
        )
        return decision.allowed ? decision.number : null
      }
      expect(['e164', 'digits', 'national'].map(written)).to.deep.equal([
        '+79161112233',
        '79161112233',
        '89161112233'
      ])
    })
  })

  it('never allows a country that is not on the list, whoever asks and however it is written', () => {
    const codes = fc.constantFrom('+33', '+49', '+1', '+380', '+995', '+53', '+263', '+881', '+882', '+675')
    fc.assert(
      fc.property(
        codes,
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 5, maxLength: 11 }),
        fc.constantFrom('', ' ', '-', '(', ')'),
        (code, rest, sign) => {
          const decision = decide(policy(), unused, request(`${code}${sign}${rest}`))
          return !decision.allowed
        }
      ),
      { numRuns: 500 }
    )
  })

  it('shows numbers of ours only and dials what it was asked for, or says a known reason', () => {
    const ours = new Set(['+74951112233', '+74994445566', '+78125556677'])
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.option(fc.constantFrom(siteNumber, officeNumber, loneNumber, anna), { nil: null }),
        (number, numberId) => {
          const decision = decide(policy(), unused, request(number, { numberId }))
          if (!decision.allowed) return decision.reason.length > 0
          return decision.callerId !== null && ours.has(decision.callerId)
        }
      ),
      { numRuns: 500 }
    )
  })
})

const week = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
