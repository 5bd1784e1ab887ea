import { randomUUID } from 'node:crypto'
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../host/setup-error.ts'
import type { Made } from './make.ts'

/** Who had a backup made. Old ones of the schedule and of upgrades are removed by themselves. */
export type OrderedBy = 'person' | 'schedule' | 'command' | 'upgrade'

/** An archive that lies in DATA_DIR/backups. */
export interface Kept {
  id: string
  /** Its name for people. */
  name: string
  createdAt: string
  bytes: number
  withRecordings: boolean
  version: string
  schema: string
  rows: number
  files: number
  fingerprint: string
  by: OrderedBy
}

const ending = '.tar.gz'
const named = /^ringtrace-\d{8}-\d{6}_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tar\.gz$/

export const shelfOf = (dataDir: string): string => path.join(dataDir, 'backups')

/** Where the next archive shall lie. */
export function placeFor(dir: string, atMs: number): { id: string; file: string } {
  const id = randomUUID()
  const at = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return { id, file: path.join(dir, `ringtrace-${at}_${id}${ending}`) }
}

/** Puts the facts of an archive beside it, so that the list need not open each. */
export async function describe(file: string, made: Made, by: OrderedBy): Promise<Kept> {
  const { head, ...figures } = made
  const { createdAt, withRecordings, version, schema } = head
  const id = named.exec(path.basename(file))?.[1] ?? ''
  const name = nameFor(file)
  const kept: Kept = { id, name, createdAt, withRecordings, version, schema, ...figures, by }
  await writeFile(noteFor(file), JSON.stringify(kept), { mode: 0o600 })
  return kept
}

const noteFor = (file: string): string => file.slice(0, -ending.length) + '.json'
const nameFor = (file: string): string => path.basename(file).replace(/_.*$/, ending)

/** What lies there, the newest first; what is no archive of ours is passed over. */
export async function listKept(dir: string): Promise<Kept[]> {
  const found: Kept[] = []
  for (const name of await namesIn(dir)) {
    if (!named.test(name)) continue
    const kept = await readNote(path.join(dir, name))
    if (kept) found.push(kept)
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

/** The file of an archive; null when it is gone. */
export async function fileOfKept(dir: string, id: string): Promise<string | null> {
  const name = (await namesIn(dir)).find((each) => named.exec(each)?.[1] === id)
  return name === undefined ? null : path.join(dir, name)
}

/** False when there was none. */
export async function removeKept(dir: string, id: string): Promise<boolean> {
  const file = await fileOfKept(dir, id)
  if (file === null) return false
  // The note goes last: an archive without one is on no list.
  await rm(file, { force: true })
  await rm(noteFor(file), { force: true })
  return true
}

/** Keeps the newest `keep` archives that were made by `by`. @returns those that went */
export async function prune(dir: string, keep: number, by: OrderedBy): Promise<Kept[]> {
  const old = (await listKept(dir)).filter((each) => each.by === by).slice(keep)
  for (const { id } of old) await removeKept(dir, id)
  return old
}

/** What was left half written by a process that is no more. */
export async function removeHalves(dir: string): Promise<void> {
  for (const name of await namesIn(dir))
    if (name.endsWith('.partial')) await rm(path.join(dir, name), { force: true })
}

async function readNote(file: string): Promise<Kept | null> {
  try {
    const { size } = await stat(file)
    return { ...(JSON.parse(await readFile(noteFor(file), 'utf8')) as Kept), bytes: size }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
