import { expect } from 'chai'
import { amocrm } from '../../integrations/amocrm/index.ts'
import { amocrmSettings } from '../../integrations/amocrm/settings.ts'
import { bitrix24 } from '../../integrations/bitrix24/index.ts'
import { bitrix24Settings } from '../../integrations/bitrix24/settings.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startAccount, type Account } from './amocrm/stub.ts'
import { startPortal, type Portal } from './bitrix24/stub.ts'
import { foundWorld, hookTokenOf, type World } from './world.ts'

const baseUrl = 'https://pbx.example.com'

describe('Other keys and addresses of links that work', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let world: World
  let portal: Portal
  let account: Account
  let id: string

  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    let nowOf: () => number = () => Date.now()
    portal = await startPortal(() => nowOf())
    account = await startAccount(() => nowOf())
    account.entities.push({
      ...{ id: 8, type: 'contacts', name: 'Иван', phone: '+79161112233' },
      responsible_user_id: 12
    })
    world = await foundWorld(database, (now) => {
      nowOf = now
      return [bitrix24(portal.oauthUrl), amocrm({ makeLink: () => null, publicUrl: baseUrl })]
    })
  })
  afterEach(async () => {
    await world.close()
    await portal.close()
    await account.close()
  })

  const row = (): Promise<Record<string, unknown>> =>
    world.db('connectors').where({ id }).first<Record<string, unknown>>()
  const rejoin = async (keys: Record<string, string>, address?: string): Promise<object> => {
    const settings = (await row())['settings'] as object
    const moved = { ...settings, ...(address !== undefined && { portal: address }) }
    return world.connectors.rejoin(id, { keys, settings: moved }, baseUrl)
  }
  async function talk(): Promise<void> {
    const call = world.call()
    await call.rings(world.anna).answers(world.anna).talkEnds(40).rates(5).ends('answered').done()
    world.clock.move(3 * 60_000)
    await world.connectors.work()
  }

  describe('of Bitrix24', () => {
    beforeEach(async () => {
      const people = { [world.anna]: '11' }
      id = await world.add('bitrix24', bitrix24Settings.parse({ portal: portal.url, people }), {
        clientId: portal.clientId,
        clientSecret: portal.clientSecret
      })
      await install()
    })
    async function install(): Promise<void> {
      const token = await hookTokenOf(world, id)
      const auth = {
        ...{ refresh_token: portal.installEvent()['auth[refresh_token]'], member_id: portal.memberId },
        application_token: portal.applicationToken
      }
      expect(await world.connectors.event('bitrix24', token, { event: 'ONAPPINSTALL', auth })).to.equal(
        'taken'
      )
    }

    it('keeps another secret of the application only when the portal takes it', async () => {
      portal.clientSecret = 'rolled'
      expect(await rejoin({ clientSecret: 'mistyped' })).to.include({ isOk: false })
      expect(await row()).to.include({ state: 'ready', trouble: null })
      expect(await rejoin({ clientSecret: 'rolled' })).to.include({ isOk: true })
      // The token of then has ended: only the new secret renews it.
      world.clock.move(2 * 3600_000)
      await talk()
      expect(portal.calls[0]?.finished).to.include({ STATUS_CODE: '200' })
    })

    it('waits for another application to be installed, and goes on with it', async () => {
      Object.assign(portal, { clientId: 'local.other', clientSecret: 'its own' })
      const answer = await rejoin({ clientId: 'local.other', clientSecret: 'its own' })
      expect(answer).to.include({ isOk: false, code: 'installAgain' })
      expect(await row()).to.include({ state: 'needsLogin', trouble: 'installAgain' })
      await talk()
      expect(portal.calls, 'it waits').to.have.length(0)
      await install()
      await world.connectors.work()
      expect(portal.calls[0]?.finished).to.include({ STATUS_CODE: '200' })
    })

    it('follows the portal to another address, and goes to no other portal', async () => {
      const other = await startPortal(() => world.clock.nowMs)
      try {
        expect(await rejoin({}, other.url)).to.include({ isOk: false, code: 'otherPortal' })
      } finally {
        await other.close()
      }
      const abroad = await rejoin({}, 'https://portal.example.org')
      expect(abroad, 'keys go to no other site').to.include({ isOk: false, code: 'notInstalled' })
      expect((await row())['settings']).to.include({ portal: portal.url })
      const renamed = await portal.rename()
      expect(await rejoin({}, renamed)).to.include({ isOk: true })
      expect((await row())['settings']).to.include({ portal: renamed })
      await talk()
      expect(portal.calls[0]?.finished).to.include({ STATUS_CODE: '200' })
    })
  })

  it('of amoCRM: a new code, a new token, a new address; what does not work changes nothing', async () => {
    const { url, redirectUrl, clientId, clientSecret, code } = account
    const people = { [world.anna]: '11' }
    const settings = amocrmSettings.parse({ portal: url, redirectUrl, people })
    id = await world.add('amocrm', settings, { clientId, clientSecret, code })
    expect(await world.connectors.test(id, baseUrl)).to.include({ isOk: true })

    expect(await rejoin({ code: 'used up' })).to.include({ isOk: false, code: 'tokenRefused' })
    expect(await row()).to.include({ state: 'ready', trouble: null })
    expect(await world.connectors.test(id, baseUrl), 'what was there works').to.include({ isOk: true })
    account.forgetTokens()
    account.code = 'fresh'
    expect(await rejoin({ code: 'fresh' })).to.include({ isOk: true })
    account.accountId = 32
    expect(await rejoin({ token: account.token })).to.include({ isOk: false, code: 'otherPortal' })
    account.accountId = 31
    const renamed = await account.rename()
    expect(await rejoin({}, renamed)).to.include({ isOk: true })
    expect((await row())['settings']).to.include({ portal: renamed })
    await talk()
    expect(account.calls).to.have.length(1)
  })
})
