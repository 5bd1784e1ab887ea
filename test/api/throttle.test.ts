import { expect } from 'chai'
import { SharedThrottle } from '../../api/auth/shared-throttle.ts'
import { ApiError } from '../../api/problems.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

describe('Guesses at passwords', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let nowMs = Date.now()
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  /** Web ports of one installation, each with its own memory. */
  const ports = (count: number, scope: string): SharedThrottle[] =>
    Array.from({ length: count }, () => new SharedThrottle(database.db, scope, () => nowMs))
  /** Seconds to wait; 0: it was let in. */
  const tryAt = async (port: SharedThrottle | undefined, ...who: Parameters<SharedThrottle['begin']>) => {
    if (!port) throw new Error('No port')
    try {
      await port.begin(...who)
      return 0
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return error.retryAfterSeconds ?? 0
    }
  }

  it('are counted together, wherever they are made, and after a restart too', async () => {
    const [one, two] = ports(2, 'together')
    const waits: number[] = []
    for (let n = 0; n < 5; n += 1) waits.push(await tryAt(n % 2 ? one : two, 'anna', '203.0.113.1'))
    expect(waits).to.deep.equal([0, 0, 0, 0, 0])
    for (const port of [one, two, ...ports(1, 'together')])
      expect(await tryAt(port, 'anna', '203.0.113.1')).to.equal(2)
    expect(await tryAt(one, 'anna', '198.51.100.1'), 'from elsewhere').to.equal(0)
    expect(await tryAt(two, 'anna', '203.0.113.1', 'her browser'), 'known').to.equal(0)
    nowMs += 2_001
    expect(await tryAt(one, 'anna', '203.0.113.1')).to.equal(0)
    expect(await tryAt(two, 'anna', '203.0.113.1'), 'the next wait is twice as long').to.equal(4)
    nowMs += 16 * 60_000
    expect(await tryAt(two, 'anna', '203.0.113.1'), 'forgotten').to.equal(0)
    for (let n = 0; n < 4; n += 1) await tryAt(one, 'boris', '203.0.113.2')
    const tries = await database.db('sign_in_tries').select<{ key: string }[]>('key')
    expect(tries.map(({ key }) => key).join(' ')).not.to.match(/anna|boris|203/)
    expect(await database.db('sign_in_tries').where('last_at', '<', new Date(nowMs - 15 * 60_000))).to.be
      .empty
  })

  it('many at once gain nothing', async () => {
    const four = ports(4, 'at once')
    await tryAt(four[0], 'anna', '203.0.113.1')
    const all = await Promise.all(
      Array.from({ length: 16 }, (_, n) => tryAt(four[n % 4], 'anna', '203.0.113.1'))
    )
    expect(all.filter((wait) => wait === 0)).to.have.length(4)
  })

  it('are not refused for another first one from the same address that looked at the clock a moment later', async () => {
    const [one] = ports(1, 'moments')
    expect(await tryAt(one, 'anna', '203.0.113.1')).to.equal(0)
    nowMs -= 3
    expect(await tryAt(one, 'boris', '203.0.113.1')).to.equal(0)
    nowMs += 3
  })

  it('end with the right password', async () => {
    const [one, two] = ports(2, 'right')
    for (let n = 0; n < 4; n += 1) await tryAt(one, 'anna', '203.0.113.1')
    await one?.succeeded('anna', '203.0.113.1')
    const waits: number[] = []
    for (let n = 0; n < 6; n += 1) waits.push(await tryAt(two, 'anna', '203.0.113.1'))
    expect(waits).to.deep.equal([0, 0, 0, 0, 0, 2])
  })
})
