import { expect } from 'chai'
import { bitrix24 } from '../../integrations/bitrix24/index.ts'
import { claim, putOff, type Job } from '../../integrations/connectors/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { foundWorld, type World } from './world.ts'

describe('A call of which a connector was told too soon', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let world: World
  before(async () => {
    database = await createTestDatabase()
    world = await foundWorld(database, () => [bitrix24('http://127.0.0.1:1')])
  })
  after(async () => {
    await world.close()
    await database.drop()
  })

  it('is looked at again at once when its beginning came meanwhile, and a little later when not', async () => {
    const { db, clock } = world
    const id = await world.add('bitrix24', { portal: 'https://b24.example.com', people: {} }, {})
    await db('connectors').where({ id }).update({ state: 'ready' })
    const taken = async (): Promise<Job | undefined> =>
      (await claim(db, id, { nowMs: clock.nowMs, limit: 1, leaseMs: 60_000 }))[0]
    const call = world.call()
    await db('connector_jobs').insert({ connector_id: id, subject: 'call', subject_id: call.callId })

    const first = await taken()
    if (!first) throw new Error('It was not taken')
    await putOff(db, first, clock.nowMs + 500)
    expect(await taken(), 'nothing is there yet').to.equal(undefined)
    clock.move(500)
    const second = await taken()
    if (!second) throw new Error('It was not taken again')
    // The tape is written while the worker has found nothing of it, and before the worker says so.
    await world.write(call.rings(world.anna).rows)
    await putOff(db, second, clock.nowMs + 500)
    expect(await taken()).to.include({ subjectId: call.callId, attempts: 1 })
  })
})
