import { expect } from 'chai'
import type { Knex } from 'knex'
import pg from 'pg'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { up as first } from '../../db/migrations/0001_first.ts'
import { up as second } from '../../db/migrations/0002_operators.ts'
import { testServer } from '../support/database.ts'

describe('The move of telephones out of users', function () {
  this.timeout(60_000)
  let db: Knex
  let url: string

  before(async () => {
    const server = await testServer()
    url = await server.createDatabase('migration_of_devices')
    db = connect(url, pino({ level: 'silent' }))
    await first(db)
    await db('users').insert([
      {
        login: 'anna',
        name: 'Anna',
        role: 'operator',
        sip_user: 'op-anna',
        sip_secret: 'a',
        presence: 'away'
      },
      {
        ...{ login: 'boris', name: 'Boris', role: 'operator', sip_user: 'op-boris', sip_secret: 'b' },
        ...{ device: 'sip', sip_address: 'sip:b@10.0.0.1:5060' }
      }
    ])
    await second(db)
  })
  after(async () => {
    await db.destroy()
    await (await testServer()).dropDatabase('migration_of_devices')
  })

  const devices = (login: string) =>
    db('devices as d')
      .join('users as u', 'u.id', 'd.user_id')
      .where('u.login', login)
      .orderBy('d.kind')
      .select<Record<string, unknown>[]>(
        'd.kind',
        'd.sip_user',
        'd.sip_secret',
        'd.sip_address',
        'd.is_active'
      )

  it('keeps the account of a browser, so that nobody must sign in anew', async () => {
    expect(await devices('anna')).to.deep.equal([
      { kind: 'browser', sip_user: 'op-anna', sip_secret: 'a', sip_address: null, is_active: true }
    ])
  })

  it('keeps the account and address of a SIP phone, and gives its owner a browser that is off', async () => {
    const [browser, phone] = await devices('boris')
    expect(phone).to.deep.equal({
      ...{ kind: 'sip', sip_user: 'op-boris', sip_secret: 'b', is_active: true },
      sip_address: 'sip:b@10.0.0.1:5060'
    })
    expect(browser).to.include({ kind: 'browser', is_active: false })
    expect(browser?.['sip_user']).to.match(/^op-[0-9a-f]{32}$/)
  })

  it('gives whoever was away a reason, and everybody who comes a browser', async () => {
    const anna = await db('users').where({ login: 'anna' }).first<{ presence_reason: string }>()
    expect(anna.presence_reason).to.equal('break')
    await db('users').insert({ login: 'vera', name: 'Vera', role: 'operator' })
    expect((await devices('vera')).map((one) => one['kind'])).to.deep.equal(['browser'])
    await db('users').where({ login: 'vera' }).delete()
    expect(await devices('vera')).to.deep.equal([])
  })

  it('announces who comes and goes, but not each talk', async () => {
    const heard: string[] = []
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      client.on('notification', ({ payload }) => heard.push(payload ?? ''))
      await client.query('listen ringtrace_config')
      const set = (fields: string) =>
        client.query(`update users set ${fields}, presence_at = now() where login = 'boris'`)
      await set(`presence = 'available'`)
      expect(heard.splice(0)).to.have.length(1)
      await set(`presence = 'wrapUp', presence_until = now()`)
      await set(`presence = 'away', presence_reason = 'lunch', presence_until = null`)
      expect(heard.splice(0)).to.deep.equal([])
      await set(`skills = '{en}'`)
      await set(`presence = 'offline', presence_reason = null`)
      expect(heard.splice(0)).to.have.length(2)
    } finally {
      await client.end()
    }
  })
})
