import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { leaseMs, waitForLease, type Lease } from '../../pbx/runtime/lease.ts'
import { writeBatch } from '../../pbx/runtime/tape-sql.ts'
import { openDatabasePipe } from '../chaos/pipe.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

describe('The lease of calls', function () {
  this.timeout(40_000)
  let database: TestDatabase
  const held: Lease[] = []

  before(async () => {
    database = await createTestDatabase()
  })
  after(async () => {
    for (const lease of held) await lease.release()
    await database.drop()
  })

  async function take(node: string, isGone?: (owner: string) => boolean): Promise<Lease> {
    const lease = await waitForLease({ db: database.db, node, log, ...(isGone && { isGone }) })
    if (lease === null) throw new Error('Nobody stops the waiting')
    held.push(lease)
    return lease
  }

  it('is taken at once when nobody has it, and when its owner gave it up', async () => {
    const first = await take('free')
    expect(first.fence.epoch).to.equal(1)
    expect(await first.confirm()).to.equal(true)
    expect(first.mayAct()).to.equal(true)
    await first.release()
    expect(await first.confirm(), 'given up is given up').to.equal(false)
    expect((await take('free')).fence.epoch).to.equal(2)
  })

  it('is taken at once from an owner that is known to be dead', async () => {
    const dead = await take('dead')
    const next = await take('dead', (owner) => owner === dead.fence.owner)
    expect(next.fence.epoch).to.equal(2)
    expect(await dead.confirm()).to.equal(false)
    expect(await dead.lost).to.be.a('string')
    expect(await dead.mayAct()).to.equal(false)
  })

  it('stays with an owner that renews it, and whoever waits can be told to stop', async () => {
    const owner = await take('kept')
    const stopping = new AbortController()
    const startedMs = performance.now()
    setTimeout(() => stopping.abort(), leaseMs + 1500)
    const none = await waitForLease({ db: database.db, node: 'kept', log, stop: stopping.signal })
    expect(none).to.equal(null)
    expect(performance.now() - startedMs).to.be.greaterThan(leaseMs)
    expect(await owner.confirm()).to.equal(true)
  })

  it('does not stay with one who was told to stop while it took it', async () => {
    const { db } = database
    const lock = await db.transaction()
    await lock.raw('lock table node_leases in share mode')
    const stopping = new AbortController()
    const isTaking = { wait_event_type: 'Lock', datname: db.raw('current_database()') }
    const waiting = waitForLease({ db, node: 'stopped', log, stop: stopping.signal })
    await until(async () => (await db('pg_stat_activity').where(isTaking)).length > 0, {
      what: 'it is being taken'
    })
    stopping.abort()
    await lock.rollback()
    expect(await waiting).to.equal(null)
    const startedMs = performance.now()
    expect((await take('stopped')).fence.epoch, 'it had been taken').to.equal(2)
    expect(performance.now() - startedMs, 'and was given back').to.be.lessThan(leaseMs)
  })

  it('goes to one alone of those who wait, when its owner renews it no more', async () => {
    await database.db('node_leases').insert({
      node: 'silent',
      owner: '00000000-0000-4000-8000-000000000001',
      epoch: 7,
      // The clock of the database says nothing: only renewals do.
      expires_at: new Date(Date.now() + 3_600_000)
    })
    const stopping = new AbortController()
    const wait = (): Promise<Lease | null> =>
      waitForLease({ db: database.db, node: 'silent', log, stop: stopping.signal })
    const startedMs = performance.now()
    const waiting = [wait(), wait()]
    const first = await Promise.race(waiting)
    expect(performance.now() - startedMs).to.be.greaterThan(leaseMs - 100)
    expect(first?.fence.epoch).to.equal(8)
    stopping.abort()
    const all = (await Promise.all(waiting)).filter((lease) => lease !== null)
    held.push(...all)
    expect(all).to.have.length(1)
  })

  it('does not stay with an owner that stands still in the midst of writing', async () => {
    const { db } = database
    const fence = { node: 'writing', owner: '00000000-0000-4000-8000-000000000002', epoch: 1 }
    await db('node_leases').insert({ ...fence, expires_at: new Date() })
    let goOn: () => void = () => undefined
    const stillness = new Promise<void>((resolve) => (goOn = resolve))
    const writing = db
      .transaction(async (trx) => {
        await writeBatch(trx, fence, { rows: [], calls: [], legs: [], snapshots: [], recordings: [] })
        await stillness
      })
      .then(
        () => 'written',
        (error: unknown) => String(error)
      )
    const startedMs = performance.now()
    const next = await take('writing')
    expect(next.fence.epoch).to.equal(2)
    expect(performance.now() - startedMs).to.be.lessThan(leaseMs + 2000)
    goOn()
    expect(await writing, 'what it was about to write').to.match(/connection|terminat/i)
  })

  it('stays with its owner when the database was away for longer than it lasts', async () => {
    const away = await openDatabasePipe(database.url)
    const [ownDb, otherDb] = [0, 1].map(() => connect(away.url, log, 1)) as [Knex, Knex]
    try {
      const owner = await waitForLease({ db: ownDb, node: 'away', log })
      const stopping = new AbortController()
      const waiting = waitForLease({ db: otherDb, node: 'away', log, stop: stopping.signal })
      const renewals = async (): Promise<number> => {
        const row = await database
          .db('node_leases')
          .where({ node: 'away' })
          .first<{ renewals: string }>('renewals')
        return Number(row.renewals)
      }
      await until(async () => (await renewals()) > 1, { what: 'it is renewed' })
      away.pipe.cut()
      const cutMs = performance.now()
      const before = await renewals()
      await until(() => performance.now() - cutMs > leaseMs + 1000, { everyMs: 100 })
      expect(await renewals(), 'nobody renews what nobody reaches').to.equal(before)
      expect(owner?.mayAct(), 'calls go on meanwhile').to.equal(true)
      away.pipe.heal()
      const healedMs = performance.now()
      await until(() => performance.now() - healedMs > leaseMs + 500, { everyMs: 100 })
      expect(await renewals()).to.be.greaterThan(before)
      expect(await owner?.confirm()).to.equal(true)
      expect(owner?.fence.epoch).to.equal(1)
      stopping.abort()
      expect(await waiting, 'nobody took it').to.equal(null)
      await owner?.release()
    } finally {
      await Promise.all([ownDb.destroy(), otherDb.destroy()])
      await away.pipe.close()
    }
  })
})
