import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { connect } from '../../db/knex.ts'
import { lease, sign, type LeaseWish } from '../../tracking/store/leases.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { foundSite, silent, wish, type TestSite } from './site.ts'

describe('Leases', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let db: Knex
  before(async () => {
    database = await createTestDatabase()
    ;({ db } = database)
  })
  after(() => database.drop())

  /** Lets time pass for a pool: everything in it happened `seconds` earlier. */
  async function pass({ poolId }: TestSite, seconds: number): Promise<void> {
    await db.raw(
      `update number_slots set held_until = held_until - make_interval(secs => ?),
         touched_at = touched_at - make_interval(secs => ?) where pool_id = ?`,
      [seconds, seconds, poolId]
    )
    await db.raw(
      `update number_leases set from_at = from_at - make_interval(secs => ?), seen_at = seen_at - make_interval(secs => ?),
         until_at = until_at - make_interval(secs => ?) where pool_id = ?`,
      [seconds, seconds, seconds, poolId]
    )
  }
  /** Writes the visit that a lease is for. */
  async function arrived({ visitId, visitorId, siteId }: LeaseWish): Promise<void> {
    await db('visitors').insert({ id: visitorId, site_id: siteId, touch: '{}' }).onConflict('id').ignore()
    await db('visits').insert({
      id: visitId,
      visitor_id: visitorId,
      site_id: siteId,
      landing_url: 'x',
      page_url: 'x',
      rule: 'direct',
      inquiry_channel: 'direct',
      source: '(direct)',
      medium: '(none)'
    })
  }
  async function overlaps({ poolId }: TestSite): Promise<number> {
    const { rows } = await db.raw<{ rows: { count: number }[] }>(
      `select count(*) from number_leases a join number_leases b on a.number_id = b.number_id and a.id < b.id
         and a.visitor_id <> b.visitor_id and a.from_at < b.until_at and b.from_at < a.until_at
       where a.pool_id = ?`,
      [poolId]
    )
    return Number(rows[0]?.count)
  }

  it('give each visitor a number of their own until none is left', async () => {
    const site = await foundSite(db, 3)
    const given = []
    for (let i = 0; i < 4; i += 1) given.push((await lease(db, wish(site)))?.e164 ?? null)
    expect(given.slice(0, 3).sort()).to.deep.equal(site.numbers)
    expect(given[3]).to.equal(null)
  })

  it('give a visitor the same number on every page, tab and return, while nobody else has it', async () => {
    const site = await foundSite(db, 3)
    const anna = randomUUID()
    const first = await lease(db, wish(site, anna))
    expect((await lease(db, wish(site, anna)))?.e164).to.equal(first?.e164)
    await pass(site, 600)
    await lease(db, wish(site))
    await lease(db, wish(site))
    const back = await lease(db, wish(site, anna))
    expect(back).to.deep.include({ e164: first?.e164, isStolen: false })
  })

  it('lend the longest idle number of the quarantine when none is free, and say so', async () => {
    const site = await foundSite(db, 2)
    const [a, b] = [await lease(db, wish(site)), await lease(db, wish(site))]
    await pass(site, 300)
    await pass({ ...site, poolId: randomUUID() }, 0)
    const stolen = await lease(db, wish(site))
    expect(stolen).to.deep.include({ e164: a?.e164, isStolen: true })
    await pass(site, 2000)
    expect(await lease(db, wish(site))).to.deep.include({ e164: b?.e164, isStolen: false })
  })

  it('prefer numbers out of quarantine', async () => {
    const site = await foundSite(db, 2)
    const first = await lease(db, wish(site))
    await pass(site, 300)
    const second = await lease(db, wish(site))
    expect(second?.e164).to.not.equal(first?.e164)
    expect(second?.isStolen).to.equal(false)
  })

  describe('by heartbeats', () => {
    const beat = (given: LeaseWish, beatMs: number, rest: Partial<Parameters<typeof sign>[1]> = {}) =>
      sign(db, { ...given, beatMs, idleSeconds: 1800, isActive: true, isLeaving: false, ...rest })
    async function visiting(site: TestSite): Promise<LeaseWish> {
      const given = wish(site)
      await arrived(given)
      await lease(db, given)
      return given
    }
    const leftSeconds = async ({ visitId }: LeaseWish): Promise<number> => {
      const { rows } = await db.raw<{ rows: { left: string }[] }>(
        `select extract(epoch from held_until - now()) as left from number_slots where visit_id = ?`,
        [visitId]
      )
      return Number(rows[0]?.left ?? Number.NaN)
    }

    it('are held on', async () => {
      const site = await foundSite(db, 1)
      const visit = await visiting(site)
      await pass(site, 200)
      expect(await leftSeconds(visit)).to.be.closeTo(10, 2)
      expect((await beat(visit, 1)).result).to.equal('held')
      expect(await leftSeconds(visit)).to.be.closeTo(210, 2)
    })
    it('become shorter when the visitor leaves', async () => {
      const site = await foundSite(db, 1)
      const visit = await visiting(site)
      await beat({ ...visit, holdSeconds: 180 }, 1, { isLeaving: true })
      expect(await leftSeconds(visit)).to.be.closeTo(180, 2)
      const [row] = await db('visits').where({ id: visit.visitId }).select<{ left_at: Date }[]>('left_at')
      expect(row?.left_at).to.be.instanceOf(Date)
    })
    it('are not held on by a replay, whatever clock the visitor has', async () => {
      const site = await foundSite(db, 1)
      const visit = await visiting(site)
      const farFuture = Date.now() + 1e12
      expect((await beat(visit, farFuture)).result).to.equal('held')
      await pass(site, 200)
      for (const beatMs of [farFuture, farFuture - 1, 0, Date.now()])
        expect((await beat(visit, beatMs)).result).to.equal('replayed')
      expect(await leftSeconds(visit)).to.be.closeTo(10, 2)
      expect((await beat(visit, farFuture + 15_000)).result).to.equal('held')
    })
    it('are held by nobody else’s sign', async () => {
      const site = await foundSite(db, 1)
      const other = await foundSite(db, 1)
      const visit = await visiting(site)
      expect((await beat({ ...visit, visitorId: randomUUID() }, 9)).result).to.equal('replayed')
      expect((await beat({ ...visit, visitId: randomUUID() }, 9)).result).to.equal('replayed')
      expect((await beat({ ...visit, siteId: other.siteId }, 9)).result).to.equal('replayed')
    })
    it('lapse under a page that nobody touches', async () => {
      const site = await foundSite(db, 1)
      const visit = await visiting(site)
      await pass(site, 1801)
      expect((await beat(visit, 1, { isActive: false })).result).to.equal('lost')
      expect((await beat(visit, 2)).result).to.equal('held')
    })
    it('are taken up again after a silence, unless another visitor has the number', async () => {
      const site = await foundSite(db, 1)
      const visit = await visiting(site)
      await pass(site, 300)
      expect((await beat(visit, 1)).result).to.equal('held')
      await pass(site, 300)
      await lease(db, wish(site))
      expect((await beat(visit, 2)).result).to.equal('lost')
      expect(await overlaps(site)).to.equal(0)
    })
  })

  it('follow their numbers: into another pool, and away when one is switched off', async () => {
    const site = await foundSite(db, 1)
    const other = await foundSite(db, 0)
    const [number] = site.numbers
    await lease(db, wish(site))
    await db('numbers').where({ e164: number }).update({ pool_id: other.poolId })
    expect(await lease(db, wish(site))).to.equal(null)
    expect(await lease(db, wish(other)), 'still held by the visitor of the first pool').to.equal(null)
    await db('number_slots').where({ e164: number }).update({ held_until: new Date() })
    expect((await lease(db, wish(other)))?.e164).to.equal(number)
    await db('numbers').where({ e164: number }).update({ is_active: false })
    expect(await db('number_slots').where({ e164: number })).to.deep.equal([])
  })

  it('never give two visitors one number, however many ask at once', async () => {
    const crowd = connect(database.url, silent, 24)
    try {
      const site = await foundSite(db, 20)
      for (let round = 0; round < 5; round += 1) {
        const visitors = Array.from({ length: 60 }, () => randomUUID())
        // Each visitor opens three tabs at once.
        const asked = visitors.flatMap((visitor) => [visitor, visitor, visitor])
        const given = await Promise.all(
          asked.map(async (visitor) => ({
            visitor,
            number: (await lease(crowd, wish(site, visitor)))?.e164 ?? null
          }))
        )
        const holders = new Map<string, Set<string>>()
        const numbersOf = new Map<string, Set<string>>()
        for (const { visitor, number } of given) {
          if (number === null) continue
          holders.set(number, (holders.get(number) ?? new Set()).add(visitor))
          numbersOf.set(visitor, (numbersOf.get(visitor) ?? new Set()).add(number))
        }
        expect(holders.size, 'every number is lent').to.equal(20)
        expect(
          [...holders.values()].every(({ size }) => size === 1),
          'to one visitor'
        ).to.equal(true)
        expect(
          [...numbersOf.values()].every(({ size }) => size === 1),
          'who has one number'
        ).to.equal(true)
        await pass(site, round % 2 === 0 ? 300 : 5000)
      }
      expect(await overlaps(site)).to.equal(0)
    } finally {
      await crowd.destroy()
    }
  })

  it('never overlap, whatever visitors do and in whatever order', async () => {
    const crowd = connect(database.url, silent, 12)
    const doing = fc.oneof(
      fc.record({ do: fc.constant('ask' as const), who: fc.nat(7), hold: fc.constantFrom(1, 30, 210) }),
      fc.record({ do: fc.constant('beat' as const), who: fc.nat(7), leaves: fc.boolean() }),
      fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 29, 100, 400, 3000) })
    )
    let signs = 0
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(doing, { minLength: 4, maxLength: 10 }), { minLength: 3, maxLength: 8 }),
          async (rounds) => {
            const site = await foundSite(db, 3)
            const visitors = Array.from({ length: 8 }, () => randomUUID())
            const last = new Map<string, LeaseWish>()
            let beatMs = 0
            for (const round of rounds) {
              const waits = round.filter((one) => one.do === 'pass')
              // What stands in one round happens at the same time.
              await Promise.all(
                round.map(async (one) => {
                  if (one.do === 'pass') return
                  const visitor = visitors[one.who] ?? ''
                  if (one.do === 'ask') {
                    const asked = wish(site, visitor, { holdSeconds: one.hold })
                    await arrived(asked)
                    last.set(visitor, asked)
                    await lease(crowd, asked)
                    return
                  }
                  const visit = last.get(visitor)
                  beatMs += 1
                  if (!visit) return
                  const given = { ...visit, beatMs, idleSeconds: 1800, isActive: true, isLeaving: one.leaves }
                  signs += (await sign(crowd, given)).numberIds.length
                })
              )
              for (const one of waits) await pass(site, one.seconds)
              expect(await overlaps(site)).to.equal(0)
            }
          }
        ),
        { numRuns: 25 }
      )
      expect(signs, 'heartbeats that held a number').to.be.above(20)
    } finally {
      await crowd.destroy()
    }
  })
})
