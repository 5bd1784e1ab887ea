import { expect } from 'chai'
import type { Trunk } from '../../api/contract/trunks.ts'
import { trunkCreate } from '../../api/contract/trunks.ts'
import { numberHeaders } from '../../pbx/routing/number-called.ts'
import {
  bodyOf,
  exampleOf,
  faultsOf,
  fieldsOf,
  sectionWith,
  type TrunkFields
} from '../../ui/src/trunks/form-values.ts'
import { presets } from '../../ui/src/trunks/presets.ts'
import { troubleOf } from '../../ui/src/trunks/troubles.ts'

describe('The form of a trunk', () => {
  const filled = (change: Partial<TrunkFields> = {}): TrunkFields => ({
    ...fieldsOf(null),
    ...{ name: 'Carrier', host: 'sip.carrier.example', username: 'shop', secret: 'word' },
    ...change
  })

  it('sends what the API takes, and no empty texts', () => {
    const body = trunkCreate.parse(bodyOf(filled()))
    expect(body).to.deep.include({ port: 5060, secret: 'word', authUsername: null, fromDomain: null })
    expect(bodyOf(filled({ transport: 'tls' })).port).to.equal(5061)
    expect(bodyOf(filled({ secret: '' }))).not.to.have.property('secret')
    expect(bodyOf(filled({ kind: 'address', contactUser: 'left over' })).contactUser).to.equal(null)
  })

  it('shows a trunk as it is, without its password, and sends it back unchanged', () => {
    const body = trunkCreate.parse(
      bodyOf(filled({ port: 5070, maxIn: 0, numberHeaders: ['diversion'], authUsername: 'a' }))
    )
    const trunk = {
      ...body,
      ...{ id: '10000000-0000-4000-8000-000000000001', hasSecret: true, place: 0, state: 'registered' },
      ...{ isDemo: false, createdAt: '2026-11-22T10:00:00.000Z', updatedAt: '2026-11-22T10:00:00.000Z' }
    } as unknown as Trunk
    const { secret: _, ...kept } = body
    expect(fieldsOf(trunk).secret).to.equal('')
    expect(trunkCreate.omit({ secret: true }).parse(bodyOf(fieldsOf(trunk)))).to.deep.equal(kept)
  })

  it('says what is wrong at its field, and in which section that is', () => {
    const bad = filled({
      ...{ name: ' ', host: 'sip:host', username: '', country: 'Россия', codecs: [], numberStrip: 'x' },
      ...{ matchAddresses: ['somewhere'], outboundProxy: 'a b' },
      outgoing: {
        ...fieldsOf(null).outgoing,
        ...{ prefixes: ['8495'], rewrites: [{ prefix: '', strip: 0, prepend: 'a' }] }
      }
    })
    expect(faultsOf(bad)).to.deep.equal({
      ...{ name: 'required', host: 'host', username: 'required', country: 'country', codecs: 'required' },
      ...{ numberStrip: 'digits', matchAddresses: 'address', outboundProxy: 'proxy' },
      'outgoing.prefixes': 'prefix',
      'outgoing.rewrites.0.prefix': 'required',
      'outgoing.rewrites.0.prepend': 'digits'
    })
    expect(faultsOf(filled())).to.deep.equal({})
    expect(faultsOf(filled({ kind: 'address', username: '' }))).to.deep.equal({})
    expect(
      ['host', 'codecs', 'outgoing.maxConcurrent', 'outgoing.rewrites.0.prefix'].map(sectionWith)
    ).to.deep.equal(['connection', 'calls', 'calls', 'outgoing'])
  })

  it('shows a number as it would go out', () => {
    const { outgoing } = filled()
    expect(exampleOf(outgoing, '+74951234567')).to.equal('+74951234567')
    expect(exampleOf({ ...outgoing, format: 'digits' }, '+74951234567')).to.equal('74951234567')
    const rewrites = [{ prefix: '+7', strip: 1, prepend: '98' }]
    expect(exampleOf({ ...outgoing, rewrites }, '+74951234567')).to.equal('984951234567')
    expect(exampleOf({ ...outgoing, rewrites }, '+12025550123')).to.equal('+12025550123')
  })

  it('starts from carriers whose values the API takes, with nothing secret and no name twice', () => {
    expect(new Set(presets.map(({ name }) => name)).size).to.equal(presets.length)
    for (const { name, values } of presets) {
      const body = bodyOf(filled({ ...values, host: values.host ?? 'own.example', preset: name }))
      expect(trunkCreate.safeParse(body).success, name).to.equal(true)
      expect(values).not.to.have.any.keys('secret', 'username')
      for (const header of values.numberHeaders ?? []) expect(numberHeaders, name).to.include(header)
    }
  })

  it('knows what an answer of a carrier means', () => {
    const table: [Parameters<typeof troubleOf>[0], string][] = [
      [{ about: 'registration', code: null }, 'silent'],
      [{ about: 'registration', code: 401 }, 'password'],
      [{ about: 'registration', code: 403 }, 'forbidden'],
      [{ about: 'registration', code: 404 }, 'unknownUser'],
      [{ about: 'call', code: 404 }, 'refused'],
      [{ about: 'call', code: 408 }, 'timeout'],
      [{ about: 'call', code: 488 }, 'codec'],
      [{ about: 'call', code: 503 }, 'tooMany'],
      [{ about: 'call', code: 500 }, 'carrier'],
      [{ about: 'limit', code: 486 }, 'limit']
    ]
    for (const [event, wanted] of table) expect(troubleOf(event), JSON.stringify(event)).to.equal(wanted)
  })
})
