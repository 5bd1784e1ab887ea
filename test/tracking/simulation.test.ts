import { expect } from 'chai'
import type { Knex } from 'knex'
import { advise } from '../../tracking/pool-load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { simulate, simulatedDatabase, type Scene } from './simulation.ts'
import { foundSite } from './site.ts'

/**
 * Visitors who come by chance, stay and call, against the leases and the attribution of the product. The seeds are
 * fixed, so the figures are the same at every run; `LOG_FIGURES=1` prints them.
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
      if (process.env['LOG_FIGURES']) console.log({ what, numbers, promised, ...found })
      expect(found.coverage).to.be.closeTo(promised, 0.02)
      expect(found.whileHeld.calls).to.be.above(100)
      expect(found.whileHeld.right, 'while the lease holds, always right').to.equal(found.whileHeld.calls)
      expect(found.confidence, 'mean confidence and measured precision').to.be.closeTo(found.precision, 0.08)
    })
  }
})
