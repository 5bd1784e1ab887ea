import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Knex } from 'knex'
import { seedJournal } from '../browser/journal-data.ts'

/** Strings that break careless formats. */
const awkward = 'tab\there\nnew line \\N \\. back\\slash "quote" \u2028 ёж 🦔'

/** An installation with something in every kind of column, and files on the disk. */
export async function fillInstallation(db: Knex, dataDir: string): Promise<void> {
  const recordingId = await seedJournal(db)
  const [user] = await db('users')
    .insert({ login: 'anna', name: awkward, role: 'operator', password_hash: '$argon2id$x' })
    .returning<{ id: string }[]>('id')
  await db('settings').insert({
    key: 'test',
    value: JSON.stringify({ text: awkward, big: 1e21, none: null })
  })
  await db('audit').insert([
    {
      action: 'one',
      user_id: user?.id,
      data: JSON.stringify({ text: awkward }),
      at: '2026-11-01T10:00:00.123456Z'
    },
    { action: 'two', data: JSON.stringify([]) }
  ])
  await db('sessions').insert({
    ...{ token_hash: 'h', user_id: user?.id, csrf_token: 'c', expires_at: '2030-01-01T00:00:00Z' }
  })
  const prompts = path.join(dataDir, 'sounds/prompts')
  await mkdir(prompts, { recursive: true })
  const id = randomUUID()
  await mkdir(path.join(prompts, 'before'))
  for (const end of ['wav', 'wav16']) {
    await writeFile(path.join(prompts, `${id}.${end}`), `RIFF ${end}`)
    await writeFile(path.join(prompts, 'before', `${id}.${end}`), `RIFF before ${end}`)
  }
  await writeFile(path.join(prompts, 'before', `${id}.json`), JSON.stringify({ seconds: 2 }))
  await writeFile(path.join(prompts, 'before', `${id}.partial.wav`), 'not to be kept')
  await mkdir(path.join(dataDir, 'tls'))
  for (const name of ['uploaded.pem', 'self-signed.pem', 'used.pem'])
    await writeFile(path.join(dataDir, 'tls', name), `KEY of ${name}`, { mode: 0o600 })
  await writeFile(path.join(prompts, '.half.partial'), 'not to be kept')
  await mkdir(path.join(dataDir, 'recordings'))
  const row = await db('recordings').where({ id: recordingId }).first<{ file: string }>('file')
  await writeFile(path.join(dataDir, 'recordings', `${row.file}.mp3`), Buffer.alloc(70_000, 3))
  await writeFile(path.join(dataDir, 'recordings', 'strange.raw'), 'not to be kept')
  await writeFile(path.join(dataDir, 'instance.json'), JSON.stringify({ node: randomUUID() }))
}

/** Every row of every table, as one digest a table; without what belongs to the running installation. */
export async function digests(db: Knex, except: readonly string[] = []): Promise<Record<string, string>> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`
  )
  const found: Record<string, string> = {}
  for (const { name } of rows) {
    if (['migrations', 'migrations_lock', 'sessions', 'jobs', 'node_leases', ...except].includes(name))
      continue
    const sum = await db.raw<{ rows: { sum: string }[] }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ?? t`,
      [name]
    )
    found[name] = sum.rows[0]?.sum ?? ''
  }
  return found
}

/** Rules that hold in the tables: foreign keys and triggers that are awake. */
export async function rules(db: Knex): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { rule: string }[] }>(`
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated as rule
    from pg_constraint where connamespace = 'public'::regnamespace
    union all select tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
    order by 1`)
  return rows.map(({ rule }) => rule)
}

/** Every file below a folder with what is in it. */
export async function filesIn(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    found[path.relative(dir, file)] = (await readFile(file)).toString('base64')
  }
  return found
}

/** An archive that somebody has worked on: `change` sees it unpacked, `names` says what goes in and in which order. */
export async function tampered(
  archive: string,
  to: string,
  change: (dir: string) => Promise<unknown>,
  repack: (dir: string, names: string[]) => Promise<Buffer>
): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ringtrace-tampered-'))
  try {
    const tar = gunzipSync(await readFile(archive))
    const names: string[] = []
    for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
      const name = tar
        .subarray(at, at + 100)
        .toString('utf8')
        .replace(/\0.*$/s, '')
      const size = Number.parseInt(tar.subarray(at + 124, at + 135).toString(), 8)
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
      await writeFile(path.join(dir, name), tar.subarray(at + 512, at + 512 + size))
      names.push(name)
      at += 512 + Math.ceil(size / 512) * 512
    }
    await change(dir)
    await writeFile(to, gzipSync(await repack(dir, names)))
    return to
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
