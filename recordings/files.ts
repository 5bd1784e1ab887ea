import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../host/setup-error.ts'

export type RecordingKind = 'talk' | 'voicemail' | 'fallback'

/** Raw files as Asterisk left them; null where there is none, or nothing but a header in it. */
export interface RawFiles {
  /** What the client said. */
  client: string | null
  /** What the operator said. */
  operator: string | null
  /** A voicemail message. */
  message: string | null
  /** Milliseconds since the youngest of them was written; null without files. */
  ageMs: number | null
}

/** Where audio lies. */
export interface Folders {
  /** Raw files of legs, and all finished files. */
  dir: string
  /** Raw messages: ARI records into a folder of Asterisk's own choosing. */
  messagesDir: string
}

/** Only what our own ids look like becomes part of a path. */
const safeName = /^[0-9A-Za-z._-]{1,200}$/
const wavHeaderBytes = 44

/** @throws Error when the name could lead out of the folder */
export function fileIn(dir: string, name: string, ending: string): string {
  if (!safeName.test(name) || name.startsWith('.'))
    throw new Error('a recording has a name that is no name of ours')
  return path.join(dir, name + ending)
}

/** The playable file of a recording. */
export const finishedFile = (dir: string, name: string): string => fileIn(dir, name, '.mp3')

/**
 * Looks for a recording's raw files.
 *
 * `-in` is what came from the recorded leg, `-out` what it heard. A talk is recorded on the operator's leg; a call that
 * the static dialplan served is recorded on the client's own.
 */
export async function findRaw(folders: Folders, name: string, kind: RecordingKind): Promise<RawFiles> {
  const [received, sent, message] = await Promise.all(rawNames(folders, name).map(lookForEither))
  const all = [received, sent, message].flatMap((found) => found ?? [])
  const youngestMs = Math.max(...all.map(({ writtenMs }) => writtenMs))
  const pathOf = (found: Found | null | undefined): string | null =>
    found && !found.isEmpty ? found.path : null
  const isClientsLeg = kind === 'fallback'
  return {
    client: pathOf(isClientsLeg ? received : sent),
    operator: pathOf(isClientsLeg ? sent : received),
    message: pathOf(message),
    ageMs: all.length === 0 ? null : Date.now() - youngestMs
  }
}

/** Removes the raw files once the playable one is safe. */
export async function removeRaw(folders: Folders, name: string): Promise<void> {
  const files = rawFiles(folders, name).flatMap((file) => [file, file + sealedEnding])
  await Promise.all(files.map((file) => rm(file, { force: true })))
}

/** The raw files that are there. */
export async function rawThere(folders: Folders, name: string): Promise<string[]> {
  const found = await Promise.all(rawFiles(folders, name).map(look))
  return found.flatMap((file) => (file === null ? [] : [file.path]))
}

/** Removes every file of a recording. */
export async function removeAll(folders: Folders, name: string): Promise<void> {
  await removeRaw(folders, name)
  await rm(finishedFile(folders.dir, name), { force: true })
}

/** What was received, what was sent, a message: without the ending, which tells the rate. */
const rawNames = ({ dir, messagesDir }: Folders, name: string): string[] => [
  fileIn(dir, name, '-in'),
  fileIn(dir, name, '-out'),
  fileIn(messagesDir, name, '')
]

/** Asterisk writes 8 kHz as `.wav` and 16 kHz, for a leg that speaks wide band, as `.wav16`. */
const rawEndings = ['.wav', '.wav16'] as const

/** After the ending of a raw file that is kept beside its recording, where recordings are sealed. */
export const sealedEnding = '.sealed'

const rawFiles = (folders: Folders, name: string): string[] =>
  rawNames(folders, name).flatMap((base) => rawEndings.map((ending) => base + ending))

/** The one of both that has audio; a leg that waited may have left an empty one of the other rate. */
async function lookForEither(base: string): Promise<Found | null> {
  const found = await Promise.all(rawEndings.map((ending) => look(base + ending)))
  return found.find((file) => file !== null && !file.isEmpty) ?? found.find((file) => file !== null) ?? null
}

/** Removes half-made files that a killed process left. */
export async function removePartials(dir: string, olderThanMs: number): Promise<void> {
  for (const entry of await readdir(dir)) {
    if (!entry.includes('.partial')) continue
    const file = path.join(dir, entry)
    const found = await look(file)
    if (found && Date.now() - found.writtenMs > olderThanMs) await rm(file, { force: true })
  }
}

interface Found {
  path: string
  writtenMs: number
  isEmpty: boolean
}

async function look(file: string): Promise<Found | null> {
  try {
    const { size, mtimeMs } = await stat(file)
    return { path: file, writtenMs: mtimeMs, isEmpty: size <= wavHeaderBytes }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}
