import { expect } from 'chai'
import { countDays } from '../../reports/queries/days.ts'
import { readLoads } from '../../reports/queries/operators.ts'
import { readLeases } from '../../reports/queries/pools.ts'
import { insertCall } from '../api/support/calls.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { insertSite, uuid } from './support/rows.ts'

describe('Days of pools and operators', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let anna: string
  const october = { from: '2026-10-01', to: '2026-10-31' }

  before(async () => {
    database = await createTestDatabase()
    const [row] = await database
      .db('users')
      .insert({ login: 'anna', name: 'Anna', role: 'operator' })
      .returning<{ id: string }[]>('id')
    anna = row?.id ?? ''
  })
  after(() => database.drop())

  const leaseOf = (
    poolId: string,
    siteId: string,
    visitId: string,
    at: string,
    change: Record<string, unknown> = {}
  ) =>
    database.db('number_leases').insert({
      ...{
        id: uuid(),
        number_id: uuid(),
        pool_id: poolId,
        site_id: siteId,
        visit_id: visitId,
        visitor_id: uuid()
      },
      ...{ from_at: at, seen_at: at, until_at: at, ...change }
    })
  async function legOf(
    times: [string, string | null, string],
    change: Record<string, unknown> = {},
    call: Record<string, unknown> = {}
  ): Promise<void> {
    const [startedAt, answeredAt, endedAt] = times
    const callId = await insertCall(database.db, { started_at: startedAt, ended_at: endedAt, ...call })
    await database.db('call_legs').insert({
      ...{
        call_id: callId,
        leg: 'op1',
        user_id: anna,
        user_name: 'Anna',
        kind: 'operator',
        purpose: 'scheme'
      },
      ...{
        started_at: startedAt,
        answered_at: answeredAt,
        ended_at: endedAt,
        result: answeredAt ? 'answered' : 'noAnswer'
      },
      ...change
    })
  }

  it('counts visits of a pool once, by the day of the company', async () => {
    const { db } = database
    const site = await insertSite(db, 'shop.example')
    const [pool] = await db('number_pools')
      .insert({ name: 'Shop', site_id: site })
      .returning<{ id: string }[]>('id')
    const poolId = pool?.id ?? ''
    const [one, two, three] = [uuid(), uuid(), uuid()]
    await leaseOf(poolId, site, one, '2026-10-05T09:00:00Z')
    await leaseOf(poolId, site, one, '2026-10-05T09:30:00Z', { is_stolen: true })
    await leaseOf(poolId, site, two, '2026-10-05T10:00:00Z', { kind: 'overflow' })
    // Served in the end.
    await leaseOf(poolId, site, three, '2026-10-05T10:00:00Z', { kind: 'overflow' })
    await leaseOf(poolId, site, three, '2026-10-05T10:05:00Z')
    // The 6th in Moscow.
    await leaseOf(poolId, site, uuid(), '2026-10-05T21:30:00Z')
    await countDays(db)
    const fifth = { from: '2026-10-05', to: '2026-10-05' }
    expect((await readLeases(db, fifth, [])).get(poolId)).to.deep.equal({
      ...{ name: 'Shop', leases: 3, visits: 3, overflowed: 1, stolen: 1 }
    })
    expect((await readLeases(db, october, [site])).get(poolId)).to.include({ leases: 4, visits: 4 })
    // Counting again changes nothing, and days that are settled are not looked at again.
    expect(await countDays(db)).to.equal(1)
    expect((await readLeases(db, october, [])).get(poolId)).to.include({ leases: 4 })
  })

  it('parts the time of an operator into talks, and presence without them', async () => {
    const { db } = database
    // Moscow is three hours ahead: the day of the 12th begins at 21:00 of the 11th.
    await db('presence_log').insert([
      { user_id: anna, at: '2026-10-11T20:00:00Z', presence: 'available' },
      { user_id: anna, at: '2026-10-11T22:00:00Z', presence: 'away', reason: 'break' },
      { user_id: anna, at: '2026-10-11T22:10:00Z', presence: 'available' },
      { user_id: anna, at: '2026-10-11T23:00:00Z', presence: 'wrapUp' },
      { user_id: anna, at: '2026-10-11T23:01:00Z', presence: 'offline' }
    ])
    // Began on the 11th: five minutes of it are on the 12th. Two at once count once.
    await legOf(['2026-10-11T20:50:00Z', '2026-10-11T20:55:00Z', '2026-10-11T21:05:00Z'])
    await legOf(['2026-10-11T21:29:00Z', '2026-10-11T21:30:00Z', '2026-10-11T21:40:00Z'])
    await legOf(['2026-10-11T21:34:00Z', '2026-10-11T21:35:00Z', '2026-10-11T21:45:00Z'])
    await legOf(['2026-10-11T22:20:00Z', null, '2026-10-11T22:20:20Z'])
    await legOf(['2026-10-11T22:21:00Z', null, '2026-10-11T22:21:20Z'], { result: 'declined' })
    // Somebody else was faster; a broken telephone never rang.
    await legOf(['2026-10-11T22:22:00Z', null, '2026-10-11T22:22:20Z'], { result: 'cancelled' })
    await legOf(['2026-10-11T22:23:00Z', null, '2026-10-11T22:23:01Z'], { result: 'failed' })
    // A draft that is tried out is no client's call.
    const test = { direction: 'internal', call_type: 'test' }
    await legOf(['2026-10-11T22:24:00Z', null, '2026-10-11T22:24:20Z'], {}, test)
    // A call out while offline, and a supervisor who listens.
    await legOf(
      ['2026-10-11T23:10:00Z', '2026-10-11T23:10:00Z', '2026-10-11T23:12:00Z'],
      { purpose: 'order' },
      { direction: 'out', operator_id: anna }
    )
    await legOf(['2026-10-11T23:20:00Z', '2026-10-11T23:20:00Z', '2026-10-11T23:30:00Z'], {
      kind: 'supervisor'
    })
    await countDays(db)
    const load = (await readLoads(db, { from: '2026-10-12', to: '2026-10-12' })).get(anna)
    expect(load).to.deep.include({
      // 21:00–22:00 and 22:10–23:00, less 5 and 15 minutes of talk.
      availableSeconds: (110 - 20) * 60,
      busySeconds: (5 + 15 + 2) * 60,
      awaySeconds: 600,
      wrapUpSeconds: 60,
      rings: 5,
      missedRings: 2,
      outCalls: 1
    })
    expect(load?.occupancy).to.be.closeTo(23 / 113, 1e-9)
    const before = (await readLoads(db, { from: '2026-10-11', to: '2026-10-11' })).get(anna)
    // 20:00–21:00 less five minutes.
    expect(before).to.include({ availableSeconds: 55 * 60, busySeconds: 300, rings: 1 })
  })

  it('counts history anew when the company moves to another time zone', async () => {
    const { db } = database
    await db('settings').insert({ key: 'company.timeZone', value: JSON.stringify('UTC') })
    await countDays(db)
    const eleventh = (await readLoads(db, { from: '2026-10-11', to: '2026-10-11' })).get(anna)
    const twelfth = (await readLoads(db, { from: '2026-10-12', to: '2026-10-12' })).get(anna)
    expect(eleventh).to.include({ rings: 6 })
    expect(twelfth?.availableSeconds ?? 0).to.equal(0)
  })
})
