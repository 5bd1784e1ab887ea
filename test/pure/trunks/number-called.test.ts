import { expect } from 'chai'
import fc from 'fast-check'
import {
  heardHeaders,
  numberCalled,
  numberHeaders,
  userIn,
  type Heard,
  type NumberHeader
} from '../../../pbx/routing/number-called.ts'
import { normalise } from '../../../tracking/phones.ts'

const ours = new Set(['+74951112233', '+78005553535', '+12025550123'])
const called = (heard: Heard, from: NumberHeader[], strip = '', country = 'RU'): string =>
  numberCalled(
    heard,
    { from, strip },
    (raw) => normalise(raw, country)?.e164 ?? null,
    (e164) => ours.has(e164)
  )

describe('The number called', () => {
  const all: NumberHeader[] = [...numberHeaders]
  const table: [string, Heard, NumberHeader[], string, { strip?: string; country?: string }?][] = [
    ['the request line, as it is', { ruri: '+74951112233' }, ['ruri'], '+74951112233'],
    ['digits without a plus', { ruri: '74951112233' }, ['ruri'], '+74951112233'],
    ['national, with 8', { ruri: '84951112233' }, ['ruri'], '+74951112233'],
    ['national, without any code', { ruri: '4951112233' }, ['ruri'], '+74951112233'],
    ['a number free of charge', { ruri: '88005553535' }, ['ruri'], '+78005553535'],
    ['another country', { ruri: '2025550123' }, ['ruri'], '+12025550123', { country: 'US' }],
    ['digits of the carrier’s own', { ruri: '997784951112233' }, ['ruri'], '+74951112233', { strip: '9977' }],
    ['those digits are missing', { ruri: '84951112233' }, ['ruri'], '+74951112233', { strip: '9977' }],
    ['To', { ruri: 'user42', to: '<sip:84951112233@sip.carrier.ru>' }, ['ruri', 'to'], '+74951112233'],
    [
      'To with a name',
      { ruri: 's', to: '"Shop <sip:1@x>, \\"best\\"" <sip:+74951112233@host;user=phone>;tag=1' },
      ['to'],
      '+74951112233'
    ],
    [
      'Diversion, the last who diverted',
      { ruri: '100', diversion: '<sip:+74951112233@a>;reason=unconditional,<sip:+79160000000@b>' },
      ['diversion'],
      '+74951112233'
    ],
    ['P-Called-Party-ID', { ruri: 'x', pCalledPartyId: '<tel:+74951112233>' }, all, '+74951112233'],
    [
      'History-Info, who was called first',
      { ruri: 'x', historyInfo: '<sip:+74951112233@ims?Reason=SIP>;index=1,<sip:x@us>;index=1.1' },
      all,
      '+74951112233'
    ],
    [
      'one of ours is meant, wherever it stands',
      { ruri: '+79161234567', to: '<sip:+74951112233@x>' },
      ['ruri', 'to'],
      '+74951112233'
    ],
    [
      'the order decides between two of ours',
      { ruri: '+78005553535', diversion: '<sip:+74951112233@x>' },
      ['diversion', 'ruri'],
      '+74951112233'
    ],
    [
      'what is not asked for does not count',
      { ruri: '+79161234567', to: '<sip:+74951112233@x>' },
      ['ruri'],
      '+79161234567'
    ],
    ['no number at all', { ruri: 'reception', to: '<sip:desk@x>' }, all, 'reception'],
    ['nothing', {}, all, '']
  ]
  for (const [what, heard, from, wanted, options] of table) {
    it(`reads ${what}`, () => {
      expect(called(heard, from, options?.strip, options?.country)).to.equal(wanted)
    })
  }

  it('reads what the dialplan hands over', () => {
    const heard = heardHeaders(
      '100',
      'to=%3Csip%3A100%40us%3E&diversion=%22A%2C%20B%22%20%3Csip%3A%2B74951112233%40c%3E&historyInfo='
    )
    expect(heard).to.deep.equal({
      ruri: '100',
      to: '<sip:100@us>',
      diversion: '"A, B" <sip:+74951112233@c>'
    })
    expect(called(heard, ['diversion'])).to.equal('+74951112233')
    expect(heardHeaders('100', '')).to.deep.equal({ ruri: '100' })
  })

  it('survives whatever strangers write', () => {
    for (const text of ['<sip:', '"', '<>', 'sip:%E0%A4%A@x', '<sip:@x>', '<sip:host>', ',,,', 'tel:'])
      expect(userIn(text), text).to.be.a('string')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(userIn(text)).to.be.a('string')
        expect(userIn(`<sip:${text}@host>`)).to.be.a('string')
      })
    )
  })
})
