import { expect } from 'chai'
import pino from 'pino'
import type { CostRow } from '../../integrations/costs/core/read.ts'
import { createCostKeeper } from '../../integrations/costs/keeper.ts'
import type { CostConnector } from '../../integrations/costs/port.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const log = pino({ level: 'silent' })

/** An advertising system that gives only what it is asked for, and remembers being asked. */
class Advertiser implements CostConnector {
  readonly inquiryChannel = 'paid'
  readonly name: string
  readonly asked: string[] = []
  costs: CostRow[] = []
  fails: string | null = null
  constructor(name: string) {
    this.name = name
  }
  fetch(fromDay: string, toDay: string): Promise<CostRow[]> {
    if (!/^\d{4}-\d\d-\d\d$/.test(fromDay) || fromDay > toDay) throw new Error('No such days')
    this.asked.push(`${fromDay} ${toDay}`)
    if (this.fails !== null) return Promise.reject(new Error(this.fails))
    return Promise.resolve(this.costs.filter(({ day }) => day >= fromDay && day <= toDay))
  }
}

const cost = (day: string, cents: number): CostRow => ({
  ...{ day, cents, source: 'yandex', medium: 'cpc', campaign: 'A', keyword: '', currency: 'RUB' },
  ...{ clicks: null, impressions: null, note: null }
})

describe('Costs from connectors', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    for (const table of ['costs', 'cost_imports', 'cost_connectors']) await database.db(table).delete()
  })

  const keeper = (...connectors: CostConnector[]) => createCostKeeper({ db: database.db, connectors, log })
  const stored = async () => {
    const rows = await database
      .db('costs')
      .orderBy('day')
      .select<{ day: string; amount: string }[]>(database.db.raw('cast(day as text) as day'), 'amount')
    return rows.map(({ day, amount }) => `${day} ${amount}`)
  }
  const state = () => database.db('cost_connectors').orderBy('name').select<Record<string, unknown>[]>('*')

  it('are asked for the week before, and brought', async () => {
    const direct = new Advertiser('direct')
    direct.costs = [
      cost('2026-11-13', 100),
      cost('2026-11-14', 200),
      cost('2026-11-20', 300),
      cost('2026-11-21', 9)
    ]
    await keeper(direct).run('2026-11-21')
    expect(direct.asked).to.deep.equal(['2026-11-14 2026-11-20'])
    expect(await stored()).to.deep.equal(['2026-11-14 2.00', '2026-11-20 3.00'])
    const [one] = await database.db('cost_imports').select<Record<string, unknown>[]>('*')
    expect(one).to.deep.include({ origin: 'direct', rows: 2, totals: [{ currency: 'RUB', amount: 5 }] })
  })

  it('replace their own days, however often they come, and nobody else’s', async () => {
    await database.db('costs').insert({ day: '2026-11-15', source: 'yandex', amount: 7, currency: 'RUB' })
    const direct = new Advertiser('direct')
    direct.costs = [cost('2026-11-14', 200), cost('2026-11-15', 500)]
    const { run } = keeper(direct)
    await run('2026-11-21')
    await run('2026-11-21')
    expect(await stored()).to.have.members(['2026-11-14 2.00', '2026-11-15 5.00', '2026-11-15 7.00'])
    direct.costs = [cost('2026-11-15', 450), cost('2026-11-22', 10)]
    await run('2026-11-23')
    // The fourteenth is not asked for any more; the rest is as it says now.
    expect(await stored()).to.have.members([
      ...['2026-11-14 2.00', '2026-11-15 7.00', '2026-11-15 5.00', '2026-11-22 0.10']
    ])
    expect(await database.db('cost_imports').select('id')).to.have.length(1)
  })

  it('that fail say why, change nothing, and keep no other from its turn', async () => {
    const [direct, google] = [new Advertiser('direct'), new Advertiser('google')]
    direct.costs = [cost('2026-11-20', 200)]
    google.costs = [cost('2026-11-20', 100)]
    const { run } = keeper(direct, google)
    await run('2026-11-21')
    direct.fails = 'The token has expired'
    google.costs = [cost('2026-11-20', 150)]
    await run('2026-11-22')
    expect(await stored()).to.have.members(['2026-11-20 2.00', '2026-11-20 1.50'])
    const [first, second] = await state()
    expect(first).to.include({ name: 'direct', last_error: 'The token has expired' })
    expect(first?.['last_success_at']).to.be.instanceOf(Date)
    expect(second).to.include({ name: 'google', last_error: null })
    direct.fails = null
    await run('2026-11-22')
    expect((await state())[0]).to.include({ last_error: null })
  })

  it('that give days nobody asked for, or debts, are not believed', async () => {
    const direct = new Advertiser('direct')
    for (const wrong of [cost('2026-10-01', 5), cost('2026-11-20', -5), cost('2026-11-20', 0.5)]) {
      direct.fetch = () => Promise.resolve([cost('2026-11-19', 1), wrong])
      await keeper(direct).run('2026-11-21')
      expect(await stored()).to.deep.equal([])
      expect((await state())[0]?.['last_error']).to.match(/^It gave/)
    }
  })

  it('are on the schedule only where there are any', async () => {
    const direct = new Advertiser('direct')
    const noon = Date.parse('2026-11-21T12:00:00Z')
    const kept = createCostKeeper({ db: database.db, connectors: [direct], log, now: () => noon })
    expect(kept.schedules.map(({ task }) => task)).to.deep.equal(Object.keys(kept.tasks))
    await kept.tasks['costs.fetch']?.({}, { id: '1', attempt: 1, isLastAttempt: false })
    expect(direct.asked).to.deep.equal(['2026-11-14 2026-11-20'])
    expect(keeper().schedules).to.deep.equal([])
  })
})
