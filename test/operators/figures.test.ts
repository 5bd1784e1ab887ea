import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { keepFigures } from '../../pbx/runtime/figures.ts'
import type { Figures } from '../../pbx/runtime/operator-entry.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

describe('What operators are chosen by', function () {
  this.timeout(60_000)
  const [anna, boris] = [randomUUID(), randomUUID()]
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  async function call(operator: string, fields: Record<string, unknown>, seconds: number): Promise<void> {
    const id = randomUUID()
    const startedAt = (fields['started_at'] as Date | undefined) ?? new Date()
    await database.db('calls').insert({
      ...{ id, pbx_unique_id: id, direction: 'in', call_type: 'pbx', started_at: startedAt },
      ...{ operator_id: operator, ...fields }
    })
    await database.db('call_legs').insert({
      ...{ call_id: id, leg: 'op1', user_id: operator, started_at: startedAt, answered_at: startedAt },
      ended_at: new Date(startedAt.getTime() + seconds * 1000)
    })
  }
  const row = (type: string, data: Record<string, unknown>): TapeRow => ({
    ...{ callId: randomUUID(), seq: 1, atMs: 0, type, from: null, to: null, data, effects: [] }
  })

  it('comes from the journal of thirty days and of today, and follows what happens', async () => {
    const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)
    await call(anna, { rating: 5 }, 60)
    await call(anna, { rating: 2, started_at: daysAgo(29) }, 999)
    await call(anna, { rating: 1, started_at: daysAgo(31) }, 999)
    await call(boris, {}, 30)
    const seen: Figures[] = []
    const figures = keepFigures({
      db: database.db,
      timeZone: () => 'UTC',
      onChange: (known) =>
        seen.push({ ...known, ratings: new Map(known.ratings), talkSeconds: new Map(known.talkSeconds) }),
      log: pino({ level: 'silent' })
    })
    await figures.start()
    expect(seen.at(-1)?.companyRating).to.equal(3.5)
    expect(seen.at(-1)?.ratings.get(anna)).to.equal(3.5)
    expect(Math.round(seen.at(-1)?.talkSeconds.get(anna) ?? 0)).to.equal(60)
    expect(Math.round(seen.at(-1)?.talkSeconds.get(boris) ?? 0)).to.equal(30)

    figures.onRow(row('call.rated', { rating: 5, operatorId: boris, operatorName: 'Boris' }))
    figures.onRow(row('call.rated', { rating: null, operatorId: anna, operatorName: 'Anna' }))
    figures.onRow(row('call.talk_ended', { operator: { id: boris, name: 'Boris' }, talkSeconds: 45 }))
    figures.onRow(row('call.talk_ended', { operator: { id: null, name: '+7916' }, talkSeconds: 45 }))
    expect(seen.at(-1)?.companyRating).to.equal(4)
    expect(seen.at(-1)?.ratings.get(boris)).to.equal(5)
    expect(Math.round(seen.at(-1)?.talkSeconds.get(boris) ?? 0)).to.equal(75)
    figures.stop()
  })

  it('is found by an index, however long the journal is', async () => {
    await database.db.raw(
      `insert into calls (id, pbx_unique_id, direction, call_type, started_at)
       select gen_random_uuid(), n, 'in', 'pbx', now() - n * interval '1 minute' from generate_series(1, 30000) n`
    )
    await database.db.raw('analyze calls')
    const { rows } = await database.db.raw<{ rows: { 'QUERY PLAN': string }[] }>(
      `explain select operator_id, sum(rating), count(*) from calls
       where rating is not null and operator_id is not null and started_at > now() - interval '30 days' group by 1`
    )
    expect(rows.map((line) => line['QUERY PLAN']).join('\n')).to.include('calls_rated')
  })
})
