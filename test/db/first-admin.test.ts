import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { ensureAdmin } from '../../db/first-admin.ts'
import { hashPassword } from '../../db/passwords.ts'
import { firstPasswordIn } from '../../host/welcome.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

describe('The first password', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let dir: string
  const starts = (): Promise<string | null> => ensureAdmin(database.db, undefined, firstPasswordIn(dir))
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-first-'))
    await database.db('users').delete()
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('is told again by each start until somebody has signed in, in case the first start went no further', async () => {
    const password = await starts()
    expect(password).to.be.a('string').with.length(12)
    expect(await starts()).to.equal(password)
    const [{ id } = { id: '' }] = await database.db('users').select<{ id: string }[]>('id')
    await database.db('audit').insert({ user_id: id, action: 'login' })
    expect(await starts()).to.equal(null)
  })

  it('is not told when it opens nothing any more', async () => {
    expect(await starts()).to.be.a('string')
    await database.db('users').update({ password_hash: await hashPassword('another-one') })
    expect(await starts()).to.equal(null)
  })

  it('is not told where its file is gone, or was cut off', async () => {
    expect(await starts()).to.be.a('string')
    await writeFile(path.join(dir, 'first-login.json'), '{"login":"ad')
    expect(await starts()).to.equal(null)
    await rm(path.join(dir, 'first-login.json'))
    expect(await starts()).to.equal(null)
  })
})
