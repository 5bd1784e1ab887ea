import { expect } from 'chai'
import { bitrix24 } from '../../../integrations/bitrix24/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'
import { startPortal, type Portal } from './stub.ts'

describe('Bitrix24, by the clock of this machine', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let world: World
  let portal: Portal

  before(async () => {
    database = await createTestDatabase()
    portal = await startPortal(() => Date.now())
    world = await foundWorld(database, () => [bitrix24(portal.oauthUrl)], { hasOwnClock: false })
    world.connectors.start()
  })
  after(async () => {
    await world.close()
    await portal.close()
    await database.drop()
  })

  it('is told of calls as they are written, and after an outage without anybody asking', async () => {
    const settings = {
      portal: portal.url,
      people: { [world.anna]: '11' },
      isShowingCard: true,
      isCreating: true
    }
    const id = await world.add('bitrix24', settings, {
      clientId: portal.clientId,
      clientSecret: portal.clientSecret
    })
    const event = {
      event: 'ONAPPINSTALL',
      auth: {
        refresh_token: portal.installEvent()['auth[refresh_token]'],
        member_id: portal.memberId,
        application_token: portal.applicationToken
      }
    }
    expect(await world.connectors.event('bitrix24', await hookTokenOf(world, id), event)).to.equal('taken')

    const call = world.call({ client: '+79160000001' })
    await world.write(call.rings(world.anna).rows)
    await until(() => portal.calls[0]?.shownTo.includes(11), { timeoutMs: 40_000, what: 'the card is shown' })
    portal.isAway = true
    await world.write(call.ends('missed').rows)
    const isTroubled = async (): Promise<boolean> =>
      (await world.db('connectors').where({ id }).whereNotNull('trouble')).length > 0
    await until(isTroubled, { timeoutMs: 40_000, what: 'the outage is seen' })
    portal.isAway = false
    await until(() => portal.calls[0]?.finished, { timeoutMs: 60_000, what: 'the call is finished' })
    expect(portal.calls).to.have.length(1)
  })
})
