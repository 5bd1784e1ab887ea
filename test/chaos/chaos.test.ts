import { expect } from 'chai'
import { cloneTemplate } from '../support/database.ts'
import { faults } from './faults.ts'
import { randomOf } from './random.ts'
import { playRound, troubles } from './round.ts'
import { openWorld, type World } from './world.ts'

/**
 * The short form of `npm run chaos`: faults that no test in `test/pbx` plays, one after the other under one load.
 * What needs a network or a disk of its own is in the long form only.
 */
describe('Faults at random moments, under calls', function () {
  this.timeout(180_000)
  const seed = 20_261_122
  const names = ['controller-frozen', 'postgres-answers-lost', 'receiver-hangs', 'panel-unreachable']
  let database: Awaited<ReturnType<typeof cloneTemplate>>
  let world: World | undefined

  before(async () => {
    database = await cloneTemplate()
    world = await openWorld({
      ...{ base: 15_400, lane: 70, databaseUrl: database.url, talkMs: 3000, operators: 8 },
      pauses: '0.5,1,1,2,2,5,5,5,10,10,10,10'
    })
  })
  after(async () => {
    await world?.close()
    await database.drop()
  })

  it(`of seed ${seed} lose no talk, no row, no webhook, no recording, and no screen is wrong`, async () => {
    if (!world) throw new Error('No world')
    const random = randomOf(seed)
    const around = { postgres: null, hasNetwork: false, disk: null, names: null, clock: null }
    const chosen = random.shuffled(faults.filter(({ name }) => names.includes(name)))
    const report = await playRound({ world, around, random, faults: chosen, rate: 1, share: 0.2 })
    expect(troubles(report)).to.deep.equal([])
    expect(report.answered, 'callers answered').to.be.at.least(10)
  })
})
