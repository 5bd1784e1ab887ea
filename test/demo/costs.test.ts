import { expect } from 'chai'
import pino from 'pino'
import { loadDemo, wipeDemo } from '../../db/demo/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const file = { file: 'demo-talk', contentType: 'audio/mpeg', channels: 2, seconds: 20, bytes: 1 }

describe('The costs of the demo company', function () {
  this.timeout(60_000)
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
    await loadDemo(database.db, {
      ...{ nowMs: Date.parse('2026-11-20T12:00:00Z'), sipPort: 26_071, dataDir: '/nowhere' },
      ...{ calls: 300, log: pino({ level: 'silent' }), audio: { talks: [file], message: file } },
      // The audio is given, so that nothing of the home is run.
      home: {
        ...{ root: '/', version: '0', modulesDir: '/', dataDir: '/' },
        command: () => ({ file: 'false', args: [] })
      }
    })
  })
  after(() => database.drop())

  const rows = async <T>(sql: string): Promise<T[]> => (await database.db.raw<{ rows: T[] }>(sql)).rows

  it('are paid on each of the days of its calls, until yesterday', async () => {
    const [days] = await rows<object>(
      'select cast(min(day) as text) as first, cast(max(day) as text) as last, cast(count(distinct day) as int) as days from costs'
    )
    expect(days).to.deep.equal({ first: '2026-10-23', last: '2026-11-19', days: 28 })
    expect(await rows('select id from costs where not is_demo or amount <= 0')).to.deep.equal([])
  })

  it('stand for the very sources, campaigns and keywords that its calls carry', async () => {
    const path = (source: string) =>
      `inquiry_channel, ${source}, coalesce(medium, ''), coalesce(campaign, ''), coalesce(keyword, '')`
    const strangers = await rows(
      `select ${path('source')} from costs except select ${path('source_name')} from calls`
    )
    expect(strangers).to.deep.equal([])
    const paid = await rows(`select ${path('source_name')} from calls where inquiry_channel = 'paid'
      except select ${path('source')} from costs`)
    expect(paid, 'paid sources without costs').to.deep.equal([])
  })

  it('go when the demo goes, also those that an import had replaced', async () => {
    const { db } = database
    const [kept] = await db('cost_imports')
      .insert({ origin: 'csv', rows: 1 })
      .returning<{ id: string }[]>('id')
    const importId = kept?.id
    await db.raw(
      `with gone as (delete from costs where source = 'Радио' returning *)
       insert into costs_replaced (import_id, cost) select ?, to_jsonb(gone) from gone`,
      [importId ?? '']
    )
    await db('costs').insert({
      day: '2026-11-19',
      source: 'own',
      amount: 5,
      currency: 'RUB',
      import_id: importId
    })
    const { counts } = await wipeDemo(db)
    expect(counts['costs']).to.be.greaterThan(100)
    expect(await rows('select source from costs')).to.deep.equal([{ source: 'own' }])
    expect(await rows('select import_id from costs_replaced')).to.deep.equal([])
  })
})
