import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { keepPresence, type PresenceChange } from '../../pbx/runtime/presence-store.ts'
import type { Fence } from '../../pbx/runtime/tape-sql.ts'
import { takeLease } from '../support/lease.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

describe('What operators are', function () {
  this.timeout(60_000)
  const log = pino({ level: 'silent' })
  let database: TestDatabase
  let anna: string
  let fence: Fence
  before(async () => {
    database = await createTestDatabase()
    const [row] = await database
      .db('users')
      .insert({ login: 'anna', name: 'Anna', role: 'operator' })
      .returning<{ id: string }[]>('id')
    anna = row?.id ?? ''
    fence = await takeLease(database.db, 'rt')
  })
  after(() => database.drop())
  beforeEach(() => database.db('presence_log').delete())

  const change = (atMs: number, fields: Partial<PresenceChange> = {}): PresenceChange => ({
    ...{ userId: anna, presence: 'available', reason: null, untilMs: null, atMs, byUserId: null },
    ...fields
  })
  const user = () => database.db('users').where({ id: anna }).first<Record<string, unknown>>()
  const logged = () =>
    database.db('presence_log').orderBy('id').select<Record<string, unknown>[]>('at', 'presence', 'reason')

  it('is written with every step on the way, the last one as it is now', async () => {
    const store = keepPresence({ db: database.db, fence, log })
    store.save(change(1000, { presence: 'wrapUp', untilMs: 11_000 }))
    store.save(change(2000))
    store.save(change(3000, { presence: 'away', reason: 'lunch', byUserId: anna }))
    await store.close()
    expect((await logged()).map((row) => row['presence'])).to.deep.equal(['wrapUp', 'available', 'away'])
    expect(await user()).to.deep.include({
      ...{ presence: 'away', presence_reason: 'lunch', presence_until: null },
      presence_at: new Date(3000)
    })
  })

  it('is not held up by somebody who was deleted meanwhile', async () => {
    const store = keepPresence({ db: database.db, fence, log })
    store.save(change(4000, { userId: randomUUID() }))
    store.save(change(5000, { byUserId: randomUUID() }))
    await store.close()
    expect(await logged()).to.have.length(1)
    expect((await user())['presence']).to.equal('available')
  })

  it('waits while the database is away, and is written in order when it is back', async () => {
    const db = connect(database.url, log)
    let isAway = true
    // The database is away for this store alone.
    const flaky = new Proxy(db, {
      get: (target, key) =>
        key === 'transaction' && isAway
          ? () => Promise.reject(new Error('Connection terminated'))
          : (Reflect.get(target, key) as unknown)
    })
    const store = keepPresence({ db: flaky, fence, log })
    store.save(change(6000, { presence: 'away', reason: 'lunch' }))
    await store.flush()
    store.save(change(7000, { presence: 'offline' }))
    await store.flush()
    expect(await logged()).to.deep.equal([])
    isAway = false
    await until(async () => (await logged()).length === 2)
    expect((await user())['presence']).to.equal('offline')
    await store.close()
    await db.destroy()
  })

  it('is written no more by a controller that was overtaken, whatever the clocks say', async () => {
    const overtaken = keepPresence({ db: database.db, fence, log })
    const store = keepPresence({ db: database.db, fence: await takeLease(database.db, 'rt'), log })
    store.save(change(8000, { presence: 'away', reason: 'lunch' }))
    await store.close()
    overtaken.save(change(9000))
    await overtaken.close()
    expect((await user())['presence']).to.equal('away')
    expect(await logged()).to.have.length(1)
  })
})
