import { expect } from 'chai'
import type { Knex } from 'knex'
import { advise } from '../../tracking/pool-load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { simulate, simulatedDatabase, type Claim, type Outcome, type Scene } from './simulation.ts'
import { foundSite } from './site.ts'

/**
 * Visitors who come by chance, stay and call, against the leases and the attribution of the product. The seeds are
 * fixed, so the figures are the same at every run; they are printed, for docs/tracking.md.
 */
describe('A pool in simulated days', function () {
  this.timeout(240_000)
  let database: TestDatabase
  let world: { db: Knex; setClock(ms: number): Promise<void> }
  before(async () => {
    database = await createTestDatabase()
    world = await simulatedDatabase(database.url)
  })
  after(async () => {
    await world.db.destroy()
    await database.drop()
  })

  const day: Scene = {
    seed: 1,
    visits: 2500,
    visitorsPerHour: 120,
    visitMinutes: 2,
    lingerSeconds: 180,
    callers: 0.2,
    callMinutes: 3,
    strangers: 0.05
  }
  const holdMinutes = day.visitMinutes + day.lingerSeconds / 60
  const pools: [what: string, numbers: number][] = [
    ['ample', 18],
    ['starved', 6]
  ]
  for (const [what, numbers] of pools) {
    it(`of ${numbers} numbers (${what}) covers what the adviser promises, and is as sure as it is right`, async () => {
      const site = await foundSite(database.db, numbers)
      const promised = advise(numbers, day.visitorsPerHour, holdMinutes).coverage
      const found = await simulate(world, site, day)
      console.log(figures(promised, found))
      expect(found.coverage).to.be.closeTo(promised, 0.02)
      expect(found.whileHeld.calls).to.be.above(100)
      expect(found.whileHeld.right, 'while the lease holds, always right').to.equal(found.whileHeld.calls)
      expect(found.confidence, 'mean confidence and measured precision').to.be.closeTo(found.precision, 0.08)
      for (const { band, claimed, right, calls } of bandsOf(found.claims))
        expect(claimed, `${calls} calls of confidence ${band}`).to.be.closeTo(right, 0.12)
    })
  }
})

interface Band {
  band: string
  calls: number
  /** Means: what the rules said, and what was so. */
  claimed: number
  right: number
}

/** Claims by how sure they were; bands of few calls say nothing. */
function bandsOf(claims: readonly Claim[]): Band[] {
  const edges = [0, 0.4, 0.6, 0.8, 0.95, 1]
  return edges.slice(0, -1).flatMap((from, i) => {
    const to = edges[i + 1] ?? 1
    const own = claims.filter(({ confidence }) => confidence >= from && confidence < to)
    if (own.length < 30) return []
    const mean = (of: (claim: Claim) => number): number =>
      own.reduce((sum, claim) => sum + of(claim), 0) / own.length
    const [claimed, right] = [mean(({ confidence }) => confidence), mean(({ isRight }) => Number(isRight))]
    return [{ band: `${from}…${to}`, calls: own.length, claimed, right }]
  })
}

function figures(promised: number, found: Outcome): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const bands = bandsOf(found.claims).map(
    ({ band, calls, claimed, right }) =>
      `${band}: ${percent(claimed)} said, ${percent(right)} so (${calls} calls)`
  )
  return [
    `      coverage promised ${percent(promised)}, measured ${percent(found.coverage)}; precision ${percent(found.precision)}`,
    `recall ${percent(found.recall)}, mean confidence ${percent(found.confidence)}`,
    `by confidence ${bands.join('; ')}`
  ].join(', ')
}
