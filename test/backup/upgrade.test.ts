import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { listKept, shelfOf } from '../../backup/shelf.ts'
import { backupBeforeUpgrade } from '../../backup/upgrade.ts'
import { connect, migrate, migrationNames } from '../../db/knex.ts'
import { testServer } from '../support/database.ts'

const log = pino({ level: 'silent' })
const name = 'to_be_upgraded'

describe('An installation of an older version', function () {
  this.timeout(60_000)
  let dataDir: string
  let url: string
  let db: Knex
  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'rt-upgrade-'))
    await writeFile(path.join(dataDir, 'instance.json'), '{}')
    url = await (await testServer()).createDatabase(name)
    db = connect(url, log)
  })
  after(async () => {
    await db.destroy()
    await (await testServer()).dropDatabase(name)
    await rm(dataDir, { recursive: true, force: true })
  })

  const upgrade = (into = dataDir): ReturnType<typeof backupBeforeUpgrade> =>
    backupBeforeUpgrade({ db, databaseUrl: url, dataDir: into, version: '9.9.9', say: () => undefined })

  const refusal = (into?: string): Promise<string> =>
    upgrade(into).then(
      () => 'not refused',
      (error: unknown) => (error as Error).message
    )

  it('has nothing to keep before its first start', async () => {
    expect(await upgrade()).to.equal(null)
  })

  it('is kept in a backup first, and not changed where that cannot be', async () => {
    await migrate(db, '0031_trunk_events')
    const file = path.join(dataDir, 'instance.json')
    expect(await refusal(file)).to.match(/^No backup could be made .* Nothing was changed/)
    const kept = await upgrade()
    expect(kept).to.include({ by: 'upgrade', schema: '0031_trunk_events', version: '9.9.9' })
    expect(await listKept(shelfOf(dataDir))).to.deep.equal([kept])
  })

  it('is brought up to date once, by two processes at a time, after one that was killed at it', async () => {
    await db('migrations_lock').update({ is_locked: 1 })
    const other = connect(url, log)
    await Promise.all([migrate(db), migrate(other)]).finally(() => other.destroy())
    expect(await db('migrations').orderBy('name').pluck('name')).to.deep.equal(await migrationNames())
  })

  it('needs no backup when its tables are those of this version', async () => {
    expect(await upgrade()).to.equal(null)
  })

  it('keeps the backups of its last three upgrades', async () => {
    const before = await listKept(shelfOf(dataDir))
    const [last = ''] = (await migrationNames()).slice(-1)
    const [row] = await db('migrations').where({ name: last }).delete().returning<object[]>('*')
    for (const each of [1, 2, 3]) expect((await upgrade())?.by, `upgrade ${each}`).to.equal('upgrade')
    await db('migrations').insert(row)
    const after = await listKept(shelfOf(dataDir))
    expect(after).to.have.length(3)
    expect(after.map(({ id }) => id)).to.not.include(before[0]?.id)
  })

  it('is left alone by a version older than its tables', async () => {
    await db('migrations').insert({ name: '9999_of_tomorrow', batch: 99, migration_time: new Date() })
    expect(await refusal()).to.match(/newer than this copy of Ringtrace \(it has 9999_of_tomorrow\)/)
  })
})
