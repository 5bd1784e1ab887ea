import { expect } from 'chai'
import { pino } from 'pino'
import { listen, type Listening } from '../../db/listen.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

describe('Notices of the database', function () {
  this.timeout(60_000)
  let database: TestDatabase

  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  /** One that listens, with all that it is told. */
  function listener(...channels: string[]) {
    const told: string[] = []
    const listening: Listening = listen({
      ...{ databaseUrl: database.url, channels, log },
      onNotice: (channel, payload) => told.push(`${channel} ${payload}`),
      onConnected: () => told.push('connected'),
      onLost: () => told.push('lost')
    })
    return { told, stop: () => listening.stop() }
  }
  const say = (channel: string, payload: string): Promise<unknown> =>
    Promise.resolve(database.db.raw('select pg_notify(?, ?)', [channel, payload]))
  const connections = async (): Promise<number> => {
    const rows = await database
      .db('pg_stat_activity')
      .where({ application_name: 'ringtrace-listen', datname: database.db.raw('current_database()') })
    return rows.length
  }

  it('come to each who listens for them, over one connection for all, which ends with the last', async () => {
    const [one, two] = [listener('news', 'Weather'), listener('news')]
    await until(() => [one, two].every(({ told }) => told.includes('connected')))
    const late = listener('weather', 'Weather')
    await until(() => late.told.includes('connected'))
    expect(await connections()).to.equal(1)
    await say('Weather', 'rain')
    await say('news', '1')
    await say('sports', '2')
    await say('weather', '3')
    await until(() => late.told.includes('weather 3'))
    expect(one.told).to.deep.equal(['connected', 'Weather rain', 'news 1'])
    expect(two.told).to.deep.equal(['connected', 'news 1'])
    expect(late.told).to.deep.equal(['connected', 'Weather rain', 'weather 3'])

    await one.stop()
    await say('news', '4')
    await until(() => two.told.includes('news 4'))
    expect(one.told, 'whoever has stopped hears nothing').to.have.length(3)
    await two.stop()
    await late.stop()
    await late.stop()
    await until(async () => (await connections()) === 0)
  })

  it('are asked for again when the connection was lost, and each is told of both', async () => {
    const [one, two] = [listener('news'), listener('weather')]
    await until(() => [one, two].every(({ told }) => told.includes('connected')))
    await database.db.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'ringtrace-listen' and datname = current_database()`
    )
    await until(() => [one, two].every(({ told }) => told.length === 3))
    await say('weather', 'sun')
    await until(() => two.told.length === 4)
    expect(one.told).to.deep.equal(['connected', 'lost', 'connected'])
    expect(two.told).to.deep.equal(['connected', 'lost', 'connected', 'weather sun'])
    await Promise.all([one.stop(), two.stop()])
  })

  it('still come to the others when one of them fails', async () => {
    const failing = listen({
      ...{ databaseUrl: database.url, channels: ['news'], log },
      onNotice: () => {
        throw new Error('not today')
      },
      onConnected: () => {
        throw new Error('nor this')
      }
    })
    const other = listener('news')
    await until(() => other.told.includes('connected'))
    await say('news', '1')
    await until(() => other.told.includes('news 1'))
    await Promise.all([failing.stop(), other.stop()])
  })

  it('are waited for while the database is away, and whoever stops meanwhile waits for nothing', async () => {
    const nowhere = listen({
      ...{ databaseUrl: 'postgres://nobody@127.0.0.1:9/none', channels: ['news'], log },
      onNotice: () => undefined,
      onConnected: () => undefined
    })
    await nowhere.stop()
  })
})
