import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { codeOf } from '../host/setup-error.ts'
import {
  archiveFormat,
  headName,
  isFileMember,
  manifestName,
  tablePartName,
  wholeFolders
} from './archive.ts'
import type { Head, Manifest } from './archive.ts'
import { readTable, sequencesOf, tablesOf } from './tables.ts'
import { tarWriter } from './tar.ts'

/** Rows are put into the archive in pieces of about this size, so that none has to wait on the disk for its length. */
const partBytes = 8 * 1024 ** 2

export interface MakeOptions {
  databaseUrl: string
  dataDir: string
  /** Where the archive shall be; nothing is there before it is whole. */
  file: string
  withRecordings: boolean
  version: string
  /** Called often; may throw to break off. `total`: bytes before packing, of files and, roughly, of the database. */
  progress?: (done: number, total: number) => Promise<void> | void
}

export interface Made {
  head: Head
  /** Of the packed archive. */
  bytes: number
  rows: number
  files: number
  /** SHA-256 of the manifest: who knows it can tell whether somebody has put another archive in its place. */
  fingerprint: string
}

/** Writes an archive of the installation, which may go on working meanwhile: the database is read in one snapshot. */
export async function makeBackup(options: MakeOptions): Promise<Made> {
  const partial = `${options.file}.partial`
  await mkdir(path.dirname(options.file), { recursive: true, mode: 0o700 })
  const db = new pg.Client({ connectionString: options.databaseUrl, application_name: 'ringtrace-backup' })
  // A connection that is lost fails the query that it is lost under; without a listener it would end the process.
  const lost: Error[] = []
  db.on('error', (error) => lost.push(error))
  await db.connect()
  try {
    const made = await write(db, partial, options)
    await settle(partial)
    await rename(partial, options.file)
    return made
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await db.end()
  }
}

async function write(db: pg.Client, partial: string, options: MakeOptions): Promise<Made> {
  const { dataDir, withRecordings, version, progress } = options
  const gzip = createGzip({ level: 4 })
  const file = createWriteStream(partial, { mode: 0o600 })
  gzip.pipe(file)
  // Whoever writes into `gzip` hears of a full disk.
  file.on('error', (error) => gzip.destroy(error))
  const tar = tarWriter(gzip)

  await db.query('begin isolation level repeatable read read only')
  const names = await fileNames(db, dataDir, withRecordings)
  const { rows: size } = await db.query<{ bytes: string }>(
    `select sum(pg_table_size(oid)) as bytes from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace`
  )
  const total = Number(size[0]?.bytes ?? 0) + (await bytesOf(dataDir, names))
  let done = 0
  const members: Manifest['members'] = []
  const add = async (name: string, bytes: number, body: AsyncIterable<Buffer> | Iterable<Buffer>) => {
    const hash = createHash('sha256')
    const hashed = async function* () {
      for await (const chunk of body) {
        hash.update(chunk)
        done += chunk.length
        yield chunk
        await progress?.(done, Math.max(done, total))
      }
    }
    await tar.add({ name, bytes }, hashed())
    members.push({ name, bytes, sha256: hash.digest('hex') })
  }
  const addJson = async (name: string, value: unknown): Promise<Buffer> => {
    const bytes = Buffer.from(JSON.stringify(value))
    await add(name, bytes.length, [bytes])
    return bytes
  }

  const head: Head = {
    product: 'ringtrace',
    format: archiveFormat,
    schema: await schemaOf(db),
    version,
    createdAt: new Date().toISOString(),
    withRecordings
  }
  try {
    await addJson(headName, head)
    const tables: Manifest['tables'] = []
    for (const table of await tablesOf(db)) {
      const { chunks, count } = readTable(db, table)
      let part = 0
      for await (const piece of pieces(chunks, partBytes))
        await add(tablePartName(table.name, (part += 1)), piece.length, [piece])
      tables.push({ ...table, rows: count() })
    }
    const sequences = await sequencesOf(db)
    await db.query('commit')
    let files = 0
    for (const name of names) if (await addFile(path.join(dataDir, name), name, add)) files++
    const whole: Manifest = { head, tables, sequences, members: [...members] }
    const bytes = await addJson(manifestName, whole)
    await tar.end()
    gzip.end()
    await finished(file)
    return {
      head,
      bytes: (await stat(partial)).size,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      files,
      fingerprint: createHash('sha256').update(bytes).digest('hex')
    }
  } catch (error) {
    gzip.destroy()
    file.destroy()
    throw error
  }
}

async function schemaOf(db: pg.ClientBase): Promise<string> {
  const { rows } = await db.query<{ name: string }>('select name from migrations order by name desc limit 1')
  const [last] = rows
  if (!last) throw new Error('The database has no tables yet')
  return last.name
}

/** Files of the installation, by their names in the archive. */
async function fileNames(db: pg.ClientBase, dataDir: string, withRecordings: boolean): Promise<string[]> {
  const names = ['instance.json']
  for (const folder of wholeFolders)
    names.push(...(await namesIn(path.join(dataDir, folder))).map((name) => `${folder}/${name}`))
  if (withRecordings) {
    const { rows } = await db.query<{ file: string }>(
      `select file from recordings where state = 'ready' order by id`
    )
    names.push(...rows.map(({ file }) => `recordings/${file}.mp3`))
  }
  return names.filter(isFileMember)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function bytesOf(dataDir: string, names: readonly string[]): Promise<number> {
  let sum = 0
  for (const name of names)
    sum += await stat(path.join(dataDir, name)).then(
      ({ size }) => size,
      () => 0
    )
  return sum
}

/** False when it is gone: a recording may expire while its turn comes, and a prompt be removed. */
async function addFile(
  file: string,
  name: string,
  add: (name: string, bytes: number, body: AsyncIterable<Buffer> | Iterable<Buffer>) => Promise<void>
): Promise<boolean> {
  let handle
  try {
    handle = await open(file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  try {
    const { size } = await handle.stat()
    // What has grown since is cut off; an empty file has no last byte.
    const body = size === 0 ? [] : handle.createReadStream({ autoClose: false, start: 0, end: size - 1 })
    await add(name, size, body as AsyncIterable<Buffer> | Iterable<Buffer>)
    return true
  } finally {
    await handle.close()
  }
}

async function* pieces(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    size += chunk.length
    if (size < bytes) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}

/** The archive is on the disk before it gets its name. */
async function settle(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync()
  await handle.close()
}
