import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import type { Knex } from 'knex'
import { finishRestores, noteOf, stagingFolder } from '../../backup/finish.ts'
import { makeBackup, type Made } from '../../backup/make.ts'
import { restoreBackup } from '../../backup/restore.ts'
import { tarWriter } from '../../backup/tar.ts'
import { unpack } from '../../backup/unpack.ts'
import { migrate, migrationNames } from '../../db/knex.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { digests, filesIn, fillInstallation, rules, tampered } from './world.ts'

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => String(error)
  )

describe('Backup and restore', function () {
  this.timeout(60_000)
  let root = ''
  let source: TestDatabase
  let archive = ''
  let made: Made
  const databases: TestDatabase[] = []
  const sourceDir = (): string => path.join(root, 'source')

  async function target(): Promise<{ db: Knex; dataDir: string }> {
    const database = await createTestDatabase()
    databases.push(database)
    return { db: database.db, dataDir: await mkdtemp(path.join(root, 'target-')) }
  }

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'ringtrace-backup-'))
    await mkdir(sourceDir())
    source = await createTestDatabase()
    databases.push(source)
    await fillInstallation(source.db, sourceDir())
    archive = path.join(root, 'whole.tar.gz')
    made = await backup(true, archive)
  })
  after(async () => {
    for (const database of databases) await database.drop()
    await rm(root, { recursive: true, force: true })
  })

  const backup = (withRecordings: boolean, file: string): Promise<Made> =>
    makeBackup({ databaseUrl: source.url, dataDir: sourceDir(), file, withRecordings, version: '1.2.3' })

  it('gives equal tables, counters, rules and files in an empty installation', async () => {
    const { db, dataDir } = await target()
    const done = await restoreBackup({ db, dataDir, file: archive, replace: false })
    expect(done).to.include({ rows: made.rows, files: made.files })
    expect(await digests(db, ['audit'])).to.deep.equal(await digests(source.db, ['audit']))
    expect(await rules(db)).to.deep.equal(await rules(source.db))

    // The audit goes on where it stood, with the restore itself.
    const entries = await db('audit').orderBy('id')
    expect(entries.map(({ action }: { action: string }) => action)).to.deep.equal([
      'one',
      'two',
      'backup.restore'
    ])
    expect(entries[0]).to.deep.equal(await source.db('audit').orderBy('id').first())
    expect(await db('sessions').first('user_id')).to.equal(undefined)

    const files = await filesIn(dataDir)
    const before = await filesIn(sourceDir())
    delete before['sounds/prompts/.half.partial']
    for (const name of Object.keys(before)) if (name.endsWith('.partial.wav')) delete before[name]
    // Made of the others at each start.
    delete before['tls/used.pem']
    delete before['recordings/strange.raw']
    expect(files).to.deep.equal(before)
    expect(made.files).to.equal(9)
    // Nobody but the owner may read passwords, talks and private keys.
    for (const file of [archive, path.join(dataDir, 'tls/uploaded.pem')])
      expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect((await stat(path.join(dataDir, 'tls'))).mode & 0o777).to.equal(0o700)
  })

  it('takes away takes of prompts and certificates that came later, and lets be what it knows nothing of', async () => {
    const { db, dataDir } = await target()
    const later = [
      'sounds/prompts/before/11111111-1111-4111-8111-111111111111.json',
      'sounds/music/11111111-1111-4111-8111-111111111111.wav',
      'tls/self-signed.pem'
    ]
    const others = ['tls/used.pem', 'sounds/ru/hello.wav', 'recordings/later.mp3']
    for (const name of [...later, ...others]) {
      await mkdir(path.dirname(path.join(dataDir, name)), { recursive: true })
      await writeFile(path.join(dataDir, name), 'of here')
    }
    const selfSigned = path.join(sourceDir(), 'tls/self-signed.pem')
    const kept = await readFile(selfSigned)
    const file = path.join(root, 'without-self-signed.tar.gz')
    await rm(selfSigned)
    await backup(false, file).finally(() => writeFile(selfSigned, kept))
    await restoreBackup({ db, dataDir, file, replace: false })
    const names = Object.keys(await filesIn(dataDir))
    expect(names).to.include.members([...others, 'tls/uploaded.pem'])
    for (const name of later) expect(names).to.not.include(name)
  })

  it('takes one of an earlier version, and brings its tables up to date', async () => {
    const old = await target()
    await old.db.raw('drop schema public cascade')
    await old.db.raw('create schema public')
    await migrate(old.db, '0012_costs')
    await old.db('users').insert({ login: 'boris', name: 'Boris', role: 'admin' })
    const url = databases.at(-1)?.url ?? ''
    const file = path.join(root, 'old.tar.gz')
    await writeFile(path.join(old.dataDir, 'instance.json'), '{}')
    const { head } = await makeBackup({
      ...{ databaseUrl: url, dataDir: old.dataDir, file, withRecordings: false, version: '0.0.9' }
    })
    expect(head.schema).to.equal('0012_costs')
    const { db, dataDir } = await target()
    await restoreBackup({ db, dataDir, file, replace: false })
    expect((await db('users').select('login')) as unknown).to.deep.equal([{ login: 'boris' }])
    expect(await rules(db)).to.deep.equal(await rules(source.db))
  })

  it('refuses a target with something in it, unless that shall go', async () => {
    const { db, dataDir } = await target()
    await db('users').insert([
      { login: 'admin', name: 'Admin', role: 'admin' },
      { login: 'mine', name: 'Mine', role: 'operator' }
    ])
    const before = await digests(db)
    const wish = { db, dataDir, file: archive }
    expect(await messageOf(restoreBackup({ ...wish, replace: false }))).to.match(
      /not empty: it has 2 users.*--replace/
    )
    expect(await digests(db)).to.deep.equal(before)
    const small = path.join(root, 'small.tar.gz')
    expect((await backup(false, small)).head.withRecordings).to.equal(false)
    await restoreBackup({ ...wish, file: small, replace: true })
    // Without recordings in it, as usual.
    expect(await readdir(dataDir)).to.not.include('recordings')
    expect(await digests(db, ['audit'])).to.deep.equal(await digests(source.db, ['audit']))
  })

  it('refuses while a controller works with the database', async () => {
    const { db, dataDir } = await target()
    await db('node_leases').insert({
      ...{ node: 'n', owner: '00000000-0000-4000-8000-000000000000', epoch: 1 },
      expires_at: db.raw(`now() + interval '1 minute'`)
    })
    expect(await messageOf(restoreBackup({ db, dataDir, file: archive, replace: true }))).to.match(
      /works with this/
    )
  })

  describe('refuses before anything is changed', () => {
    let to: { db: Knex; dataDir: string }
    let untouched: Record<string, string>
    before(async () => {
      to = await target()
      await to.db('users').insert({ login: 'admin', name: 'Mine', role: 'admin' })
      await writeFile(path.join(to.dataDir, 'instance.json'), 'mine')
      untouched = await digests(to.db)
    })
    afterEach(async () => {
      expect(await digests(to.db)).to.deep.equal(untouched)
      expect(await filesIn(to.dataDir)).to.deep.equal({
        'instance.json': Buffer.from('mine').toString('base64')
      })
      expect(await readdir(to.dataDir)).to.deep.equal(['instance.json'])
    })

    const refused = (file: string, fingerprint?: string): Promise<string> =>
      messageOf(
        restoreBackup({ ...to, file, replace: true, ...(fingerprint !== undefined && { fingerprint }) })
      )

    /** As it was, but for what `rename` calls otherwise (null leaves it out). */
    const repacked =
      (rename: (name: string) => string | null, extra: { name: string; body: string }[] = []) =>
      async (dir: string, names: string[]): Promise<Buffer> => {
        const chunks: Buffer[] = []
        const tar = tarWriter(
          new Writable({
            write(chunk: Buffer, _encoding, done) {
              chunks.push(chunk)
              done()
            }
          })
        )
        const last = names.at(-1)
        for (const name of names) {
          if (name === last)
            for (const { name: added, body } of extra)
              await tar.add({ name: added, bytes: Buffer.byteLength(body) }, [Buffer.from(body)])
          const as = rename(name)
          if (as === null) continue
          const body = await readFile(path.join(dir, name))
          await tar.add({ name: as, bytes: body.length }, [body])
        }
        await tar.end()
        return Buffer.concat(chunks)
      }
    const same = (name: string): string => name
    const nothing = (): Promise<void> => Promise.resolve()
    const workedOn = path.join(tmpdir(), `ringtrace-worked-on-${process.pid}.tar.gz`)
    after(() => rm(workedOn, { force: true }))

    async function edit(dir: string, name: string, from: string, into: string): Promise<void> {
      const file = path.join(dir, name)
      const text = await readFile(file, 'utf8')
      expect(text).to.include(from)
      await writeFile(file, text.replaceAll(from, into))
    }

    it('an archive that was packed again unchanged is still whole: the cases below fail for their own reason', async () => {
      await tampered(archive, workedOn, nothing, repacked(same))
      const staging = path.join(root, 'unpacked')
      const { fingerprint } = await unpack(workedOn, staging, await migrationNames())
      expect(fingerprint).to.equal(made.fingerprint)
    })

    for (const share of [0, 0.3, 0.7, 0.999])
      it(`an archive cut at ${share * 100} %`, async () => {
        const bytes = await readFile(archive)
        await writeFile(workedOn, bytes)
        await truncate(workedOn, Math.floor(bytes.length * share))
        expect(await refused(workedOn)).to.match(/cut short|no archive/)
      })

    it('a row that was changed', async () => {
      const change = (dir: string) => edit(dir, 'database/users.000001.copy', 'operator', 'admin')
      await tampered(archive, workedOn, change, repacked(same))
      expect(await refused(workedOn)).to.match(/“database\/users.000001.copy” in it was changed/)
    })

    it('a newer version or format, saying so', async () => {
      const newer = (dir: string) => edit(dir, 'ringtrace.json', made.head.schema, '9999_tomorrow')
      await tampered(archive, workedOn, newer, repacked(same))
      expect(await refused(workedOn)).to.match(/made by Ringtrace 1\.2\.3, which is newer/)
      const format = (dir: string) => edit(dir, 'ringtrace.json', '"format":2', '"format":3')
      await tampered(archive, workedOn, format, repacked(same))
      expect(await refused(workedOn)).to.match(/newer format/)
    })

    for (const name of [
      '../evil',
      '/etc/evil',
      'recordings/../../evil.mp3',
      'sounds/prompts/x/../evil.wav',
      '.bashrc'
    ])
      it(`a file called ${name}`, async () => {
        await tampered(archive, workedOn, nothing, repacked(same, [{ name, body: 'x' }]))
        expect(await refused(workedOn)).to.match(/strange name/)
      })

    it('a file too much, a file too few, and one that is there twice', async () => {
      const recording = { name: 'recordings/more.mp3', body: 'x' }
      await tampered(archive, workedOn, nothing, repacked(same, [recording]))
      expect(await refused(workedOn)).to.match(/its manifest does not name/)
      await tampered(
        archive,
        workedOn,
        nothing,
        repacked((name) => (name === 'instance.json' ? null : name))
      )
      expect(await refused(workedOn)).to.match(/“instance.json” is missing/)
      await tampered(archive, workedOn, nothing, repacked(same, [recording, recording]))
      expect(await refused(workedOn)).to.match(/twice/)
    })

    it('another archive than the one with this fingerprint', async () => {
      expect(await refused(archive, 'f'.repeat(64))).to.match(/another one than you mean/)
    })

    it('rows that break a rule of the tables, in an archive that is whole', async () => {
      // A member of a group that does not exist, with digest and count put right.
      const name = 'database/group_members.000001.copy'
      const row = `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}\t${'1'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}\t0\n`
      const change = async (dir: string): Promise<void> => {
        const file = path.join(dir, 'manifest.json')
        const told = JSON.parse(await readFile(file, 'utf8')) as {
          tables: { name: string; rows: number; columns: string[] }[]
          members: { name: string; bytes: number; sha256: string }[]
        }
        for (const table of told.tables)
          if (table.name === 'group_members') {
            table.rows = 1
            table.columns = ['group_id', 'user_id', 'position']
          }
        const sha256 = createHash('sha256').update(row).digest('hex')
        told.members = told.members.filter((member) => member.name !== name)
        told.members.push({ name, bytes: row.length, sha256 })
        await writeFile(file, JSON.stringify(told))
      }
      const rename = (each: string): string | null => (each === name ? null : each)
      await tampered(archive, workedOn, change, repacked(rename, [{ name, body: row }]))
      expect(await refused(workedOn)).to.match(/violates foreign key/)
    })

    it('something that is no archive at all', async () => {
      await writeFile(workedOn, 'hello')
      expect(await refused(workedOn)).to.match(/no archive/)
      expect(await refused('/nonexistent/file.tar.gz')).to.match(/There is no file/)
    })
  })

  it('puts the files in place at the next start when it was cut off behind the database', async () => {
    const { db, dataDir } = await target()
    const id = 'a-restore'
    const staging = stagingFolder(dataDir, id)
    await mkdir(path.join(staging, 'files'), { recursive: true })
    await writeFile(path.join(staging, 'files/instance.json'), 'restored')
    // One file had moved already, and what it replaced was taken away before.
    const moved = path.join(dataDir, 'sounds/prompts/11111111-1111-4111-8111-111111111111.wav')
    await mkdir(path.dirname(moved), { recursive: true })
    await writeFile(moved, 'restored')
    await writeFile(path.join(staging, 'cleared'), '')
    await writeFile(noteOf(staging), id)
    const other = stagingFolder(dataDir, 'never-came-so-far')
    await mkdir(path.join(other, 'files'), { recursive: true })
    await writeFile(path.join(other, 'files/instance.json'), 'of nothing')
    await writeFile(noteOf(other), 'never-came-so-far')
    await db('audit').insert({ action: 'backup.restore', entity_id: id })
    expect(await finishRestores(db, dataDir)).to.deep.equal([id])
    const restored = Buffer.from('restored').toString('base64')
    expect(await filesIn(dataDir)).to.deep.equal({
      'instance.json': restored,
      [path.relative(dataDir, moved)]: restored
    })
    expect(await finishRestores(db, dataDir)).to.deep.equal([])
  })

  it('leaves nothing behind when it is broken off while it is made', async () => {
    const file = path.join(root, 'broken/off.tar.gz')
    const problem = await messageOf(
      makeBackup({
        ...{ databaseUrl: source.url, dataDir: sourceDir(), file, withRecordings: true, version: '1.2.3' },
        progress: () => {
          throw new Error('It was cancelled')
        }
      })
    )
    expect(problem).to.match(/It was cancelled/)
    expect(await readdir(path.dirname(file))).to.deep.equal([])
  })
})
