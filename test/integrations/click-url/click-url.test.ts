import { expect } from 'chai'
import { clickUrl } from '../../../integrations/click-url/index.ts'
import { clickSettings } from '../../../integrations/click-url/settings.ts'
import type { ServeAnswer, ServeRequest } from '../../../integrations/connectors/kind.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { foundWorld, hookTokenOf, type World } from '../world.ts'

describe('A call by address', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let id: string

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
    world = await foundWorld(database, () => [clickUrl()])
  })
  after(async () => {
    await world.close()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors cascade')
    world.ports.called.length = 0
    world.ports.refuses = null
    world.clock.move(60_000)
    id = await world.add('clickUrl', clickSettings.parse({}), {})
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
  })

  async function ask(query: Record<string, string>, rest: Partial<ServeRequest> = {}): Promise<ServeAnswer> {
    const request = { method: 'GET' as const, path: '', query, body: null, headers: {}, ...rest }
    const answer = await world.connectors.serve('clickUrl', await hookTokenOf(world, id), request)
    if (!answer) throw new Error('Nobody answered')
    return answer
  }

  it('is placed by extension or login, with GET or POST, and is told in plain text', async () => {
    expect(await ask({ user: '101', phone: '8 (916) 111-22-33' })).to.deep.equal({
      ...{ status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' }
    })
    // A plus that nobody has escaped is a space.
    const body = { user: 'Boris', phone: ' 79163334455' }
    expect(await ask({}, { method: 'POST', body })).to.include({ status: 200, body: 'ok' })
    expect(world.ports.called).to.deep.equal([
      { phone: '+79161112233', userId: world.anna, line: null },
      { phone: '+79163334455', userId: world.boris, line: null }
    ])
  })

  it('is one call when it comes again within ten seconds, wherever they fall', async () => {
    const wish = { user: '101', phone: '+79161112233' }
    for (const shift of [0, 3000, 3000, 3000]) {
      world.clock.move(shift)
      expect(await ask(wish)).to.include({ status: 200, body: 'ok' })
    }
    expect(world.ports.called).to.have.length(1)
    world.clock.move(11_000)
    await Promise.all([ask(wish), ask(wish), ask(wish)])
    expect(world.ports.called).to.have.length(2)
    await ask({ ...wish, user: '102' })
    expect(world.ports.called).to.have.length(3)
  })

  it('is refused with a reason, in the language of the link', async () => {
    const bad: [Record<string, string>, number, string][] = [
      [{ phone: '79161112233' }, 400, 'user'],
      [{ user: '101' }, 400, 'phone'],
      [{ user: '101', phone: "1'; drop table users" }, 400, 'phone'],
      [{ user: '199', phone: '79161112233' }, 404, 'Нет сотрудника']
    ]
    for (const [query, status, word] of bad) {
      const answer = await ask(query)
      expect(answer).to.include({ status })
      expect(answer.body).to.include(word)
    }
    expect(await ask({ user: '101', phone: '79161112233' }, { path: '/odd' })).to.include({ status: 404 })
    expect(world.ports.called).to.deep.equal([])
    await world
      .db('connectors')
      .where({ id })
      .update({ settings: JSON.stringify({ locale: 'en' }) })
    world.ports.refuses = 'exchange_down'
    const down = await ask({ user: '101', phone: '79161112233' })
    expect(down).to.include({ status: 409, body: 'Telephony does not work now' })
    world.ports.refuses = 'odd'
    expect(await ask({ user: '101', phone: '79161112234' })).to.include({
      ...{ status: 409, body: 'The call was not placed (odd)' }
    })
  })

  it('is refused to one who calls too often, and to a link that is off or unknown', async () => {
    const answers = []
    for (let count = 0; count < 22; count += 1) {
      answers.push((await ask({ user: '101', phone: `791611122${10 + count}` })).status)
      world.clock.move(100)
    }
    expect(answers.filter((status) => status === 200)).to.have.length(20)
    expect(answers.slice(20)).to.deep.equal([429, 429])
    expect(await ask({ user: '102', phone: '79161112233' })).to.include({ status: 200 })
    const request = { method: 'GET' as const, path: '', query: {}, body: null, headers: {} }
    expect(await world.connectors.serve('clickUrl', 'guessed', request)).to.equal(null)
    await world.db('connectors').where({ id }).update({ is_active: false })
    expect(await ask({ user: '101', phone: '79161112233' })).to.include({ status: 503 })
  })
})
