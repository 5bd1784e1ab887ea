import { expect } from 'chai'
import { pino } from 'pino'
import type { AmiContact, RegistrationDetail } from '../../pbx/ami/client.ts'
import type { TrunkLink } from '../../pbx/provision/trunk-objects.ts'
import { mostEvents, openTrunkHistory, type TrunkHistory } from '../../pbx/runtime/trunk-history.ts'
import { createTrunkWatch } from '../../pbx/runtime/trunk-watch.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const log = pino({ level: 'silent' })
const begin = Date.parse('2026-11-22T10:00:00Z')

describe('What has happened to a trunk', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let link: TrunkLink
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    await database.db('trunks').delete()
    const [row] = await database
      .db('trunks')
      .insert({ name: 'Carrier', kind: 'registration', host: 'sip.example', username: 'shop' })
      .returning<{ id: string; endpoint: string }[]>(['id', 'sip_endpoint as endpoint'])
    link = {
      ...{ id: row?.id ?? '', endpoint: row?.endpoint ?? '', name: 'Carrier', kind: 'registration' },
      ...{ host: 'sip.example', port: 5060, transport: 'udp', username: 'shop', secret: null },
      ...{ matchAddresses: [], codecs: ['alaw'] }
    }
  })

  /** One life of a controller, over a history that is there; Asterisk says what it is told to. */
  function watch(history: TrunkHistory, clock: { ms: number }) {
    let told: (details: ReadonlyMap<string, RegistrationDetail>) => void = () => undefined
    const watched = createTrunkWatch({
      ari: { isUp: true, getObject: () => Promise.reject(new Error('Nobody asks')) },
      ami: {
        on: (event: string, listener: unknown) => {
          if (event === 'registrations') told = listener as typeof told
        },
        contacts: () => Promise.resolve(new Map<string, AmiContact>()),
        registrations: () => Promise.resolve(null)
      } as never,
      ...{ log: { read: () => Promise.resolve([]) }, load: () => new Map(), history, logger: log },
      now: () => clock.ms
    })
    watched.load([link])
    return {
      watched,
      is: (state: RegistrationDetail['state']) =>
        told(new Map([[link.endpoint, { state, nextSeconds: null }]])),
      facts: async () => (await watched.facts())[0]
    }
  }

  it('is there again after a restart, and what has not changed is no event', async () => {
    const clock = { ms: begin }
    const first = await openTrunkHistory(database.db, log)
    const one = watch(first, clock)
    one.is('rejected')
    clock.ms += 60_000
    one.watched.refused(link.id, 'call', 403)
    clock.ms += 60_000
    one.is('registered')
    const before = await one.facts()
    expect(before?.history.map(({ state, code }) => [state, code])).to.deep.equal([
      ['registered', null],
      ['rejected', 403],
      ['rejected', null]
    ])
    await first.close()

    clock.ms += 3_600_000
    const second = await openTrunkHistory(database.db, log)
    const two = watch(second, clock)
    two.is('registered')
    expect(await two.facts()).to.deep.equal(before)
    two.is('rejected')
    expect((await two.facts())?.since).to.equal(new Date(clock.ms).toISOString())
    await second.close()
    expect((await openTrunkHistory(database.db, log)).of(link.id)).to.have.length(4)
  })

  it('is kept as far as the last fifty, and goes with the trunk', async () => {
    const history = await openTrunkHistory(database.db, log)
    const at = (second: number): string => new Date(begin + second * 1000).toISOString()
    for (let second = 0; second < mostEvents + 10; second += 1) {
      history.add(link.id, {
        at: at(second),
        state: 'rejected',
        about: 'call',
        code: 500 + second,
        text: null
      })
      if (second % 20 === 0) await history.flush()
    }
    const [other] = await database
      .db('trunks')
      .insert({ name: 'Other', kind: 'address', host: 'other.example' })
      .returning<{ id: string }[]>('id')
    const otherId = other?.id ?? ''
    history.add(otherId, { at: at(0), state: 'configured', about: null, code: null, text: null })
    await database.db('trunks').where({ id: otherId }).delete()
    await history.close()
    const again = (await openTrunkHistory(database.db, log)).of(link.id)
    expect(again.map(({ code }) => code)).to.deep.equal(
      Array.from({ length: mostEvents }, (_, place) => 500 + mostEvents + 9 - place)
    )
    expect(Number((await database.db('trunk_events').count('* as n'))[0]?.['n'])).to.equal(mostEvents)
    await database.db('trunks').delete()
    expect(await database.db('trunk_events').select('id')).to.deep.equal([])
  })
})
