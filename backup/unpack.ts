import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { codeOf, messageOf } from '../host/setup-error.ts'
import {
  archiveFormat,
  head,
  headName,
  isFileMember,
  largestJsonBytes,
  manifest,
  manifestName,
  tablePart
} from './archive.ts'
import type { Head, Manifest } from './archive.ts'
import { filesOf } from './finish.ts'
import { ArchiveError, readTar, type Member } from './tar.ts'

export interface Unpacked {
  manifest: Manifest
  fingerprint: string
  /** Files with the rows of a table, in their order. */
  partsOf(table: string): string[]
}

/**
 * Reads a whole archive into `staging` and checks all of it: names, sizes, digests, and that nothing is missing or too
 * much. Nothing else is touched.
 * @param schemas migrations that this version knows
 * @throws ArchiveError saying in plain words what is wrong
 */
export async function unpack(
  file: string,
  staging: string,
  schemas: readonly string[],
  progress?: (bytes: number) => void
): Promise<Unpacked> {
  const found = new Map<string, { bytes: number; sha256: string }>()
  let first: Head | undefined
  let last: { manifest: Manifest; fingerprint: string } | undefined
  let done = 0

  async function take(member: Member, body: AsyncIterable<Buffer>): Promise<void> {
    const { name } = member
    if (last) throw new ArchiveError('it goes on behind its manifest')
    if (found.has(name)) throw new ArchiveError(`it holds “${name}” twice`)
    const hash = createHash('sha256')
    const counted = async function* () {
      for await (const chunk of body) {
        hash.update(chunk)
        progress?.((done += chunk.length))
        yield chunk
      }
    }
    if (!first) {
      if (name !== headName) throw new ArchiveError('it was not made by Ringtrace')
      first = head.parse(await readJson(member, counted(), 64 * 1024))
      refuseNewer(first, schemas)
    } else if (name === manifestName) {
      const parsed = manifest.parse(await readJson(member, counted(), largestJsonBytes))
      last = { manifest: parsed, fingerprint: hash.digest('hex') }
      return
    } else {
      if (!isFileMember(name) && !tablePart(name))
        throw new ArchiveError('it holds a file with a strange name')
      const target = path.join(tablePart(name) ? staging : filesOf(staging), name)
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
      // `wx`: what is there already is never written through.
      await pipeline(Readable.from(counted()), createWriteStream(target, { mode: 0o600, flags: 'wx' }))
    }
    found.set(name, { bytes: member.bytes, sha256: hash.digest('hex') })
  }

  await mkdir(filesOf(staging), { recursive: true, mode: 0o700 })
  const gunzip = createGunzip()
  const packed = createReadStream(file)
  packed.on('error', (error) => gunzip.destroy(error))
  packed.pipe(gunzip)
  try {
    await readTar(gunzip as AsyncIterable<Buffer>, take)
  } catch (error) {
    throw inWords(error)
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
  if (!first || !last) throw new ArchiveError('it is cut short: its manifest is missing')
  compare(first, last.manifest, found)
  return { ...last, partsOf: (table) => partsOf(table, [...found.keys()], staging) }
}

function refuseNewer(first: Head, schemas: readonly string[]): void {
  const made = `it was made by Ringtrace ${first.version}`
  if (first.format > archiveFormat)
    throw new ArchiveError(`${made}, in a newer format than this version knows`)
  const newest = schemas.at(-1) ?? ''
  if (first.schema > newest) throw new ArchiveError(`${made}, which is newer than this version`)
  if (!schemas.includes(first.schema))
    throw new ArchiveError(`${made}, with tables that this version does not know`)
}

function compare(first: Head, told: Manifest, found: Map<string, { bytes: number; sha256: string }>): void {
  if (JSON.stringify(first) !== JSON.stringify(told.head)) throw new ArchiveError('its head was changed')
  for (const { name, bytes, sha256 } of told.members) {
    const real = found.get(name)
    if (!real) throw new ArchiveError(`“${name}” is missing in it`)
    if (real.bytes !== bytes || real.sha256 !== sha256) throw new ArchiveError(`“${name}” in it was changed`)
  }
  if (told.members.length !== found.size)
    throw new ArchiveError('it holds files that its manifest does not name')
  const tables = new Set(told.tables.map(({ name }) => name))
  for (const name of found.keys()) {
    const part = tablePart(name)
    if (part && !tables.has(part.table))
      throw new ArchiveError('it holds rows of a table that it does not name')
  }
}

function partsOf(table: string, names: readonly string[], staging: string): string[] {
  return names
    .flatMap((name) => {
      const part = tablePart(name)
      return part?.table === table ? [{ name, part: part.part }] : []
    })
    .sort((a, b) => a.part - b.part)
    .map(({ name }) => path.join(staging, name))
}

async function readJson(member: Member, body: AsyncIterable<Buffer>, most: number): Promise<unknown> {
  if (member.bytes > most) throw new ArchiveError(`“${member.name}” in it is too large`)
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/** What a broken archive makes fail, told as such; everything else stays what it is. */
function inWords(error: unknown): unknown {
  if (error instanceof ArchiveError) return error
  const code = codeOf(error) ?? ''
  if (code === 'Z_BUF_ERROR') return new ArchiveError('it is cut short', { cause: error })
  if (code.startsWith('Z_')) return new ArchiveError('it is damaged or no archive', { cause: error })
  const isWrongJson = error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')
  if (isWrongJson)
    return new ArchiveError(`it is damaged (${messageOf(error).slice(0, 200)})`, { cause: error })
  return error
}
