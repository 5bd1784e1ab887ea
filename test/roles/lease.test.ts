import { expect } from 'chai'
import { pino } from 'pino'
import { leaseMs, waitForLease, type Lease } from '../../pbx/runtime/lease.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

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
})
