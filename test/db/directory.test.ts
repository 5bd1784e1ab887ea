import { expect } from 'chai'
import { pino } from 'pino'
import { keepDirectory, type DirectoryKeeper } from '../../pbx/runtime/directory-loader.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

describe('The routing data in memory', function () {
  this.timeout(30_000)
  let base: TestDatabase
  let directory: DirectoryKeeper
  let changes = 0

  before(async () => {
    base = await createTestDatabase()
    const onChange = (): void => void (changes += 1)
    directory = keepDirectory({ db: base.db, databaseUrl: base.url, onChange, log })
    await until(() => changes > 0, { what: 'it has been read' })
  })
  after(async () => {
    await directory.close()
    await base.drop()
  })

  const nameOf = (e164: string) => directory.current.contacts.get(e164)?.name
  const become = (e164: string, name: string | undefined) =>
    until(() => nameOf(e164) === name, { what: `${e164} is ${name}` })

  it('follows contacts one by one, without another word to those who follow the configuration', async () => {
    const { db } = base
    const before = changes
    const [made] = await db('contacts').insert({ name: 'Anna' }).returning<{ id: string }[]>('id')
    const contact_id = made?.id
    await db('contact_phones').insert({ contact_id, e164: '+79160000001' })
    await become('+79160000001', 'Anna')
    await db('contacts').where({ id: contact_id }).update({ name: 'Anna Berg' })
    await become('+79160000001', 'Anna Berg')
    await db('contact_phones').where({ contact_id }).update({ e164: '+79160000002' })
    await become('+79160000002', 'Anna Berg')
    expect(nameOf('+79160000001')).to.equal(undefined)
    await db('contacts').where({ id: contact_id }).delete()
    await become('+79160000002', undefined)
    expect(changes).to.equal(before)

    await db('sources').insert({ name: 'Radio', inquiry_channel: 'paid' })
    await until(() => changes > before, { what: 'a change of the configuration' })
  })
})
