import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../host/setup-error.ts'
import { formats, promptPath } from './places.ts'

/** What is told of audio that was replaced. */
export interface BeforeAbout {
  seconds: number
  originalName: string | null
  text: string | null
  /** ISO. */
  replacedAt: string
}

const placeOf = (dataDir: string, id: string): string => {
  const path = promptPath(dataDir, id)
  return join(dirname(path), 'before', id)
}

/**
 * Runs `make`, which replaces the audio of a prompt, and keeps what was there: one version, the last. When `make` fails
 * all stays as it was.
 */
export async function keepingBefore<T>(
  dataDir: string,
  id: string,
  about: BeforeAbout,
  make: () => Promise<T>
): Promise<T> {
  const [source, kept] = [promptPath(dataDir, id), placeOf(dataDir, id)]
  await mkdir(dirname(kept), { recursive: true })
  const wasThere = await copied(source, `${kept}.partial`)
  try {
    const made = await make()
    if (wasThere) await settle(kept, about)
    return made
  } finally {
    for (const { ending } of formats) await rm(`${kept}.partial.${ending}`, { force: true })
  }
}

/** What can be taken back; null when there is nothing. */
export async function readBefore(dataDir: string, id: string): Promise<BeforeAbout | null> {
  try {
    return JSON.parse(await readFile(`${placeOf(dataDir, id)}.json`, 'utf8')) as BeforeAbout
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * Puts the version before back, and keeps the one that was there now in its place: done twice, nothing has changed.
 * @returns what is told of the audio that is there now; null when there was no version before
 */
export async function swapBefore(dataDir: string, id: string, now: BeforeAbout): Promise<BeforeAbout | null> {
  const [current, kept] = [promptPath(dataDir, id), placeOf(dataDir, id)]
  const before = await readBefore(dataDir, id)
  if (before === null || !(await copied(current, `${kept}.partial`))) return null
  for (const { ending } of formats) await rename(`${kept}.${ending}`, `${current}.${ending}`)
  await settle(kept, now)
  return before
}

/** Nothing of a prompt that is gone stays behind. */
export async function removeBefore(dataDir: string, id: string): Promise<void> {
  const kept = placeOf(dataDir, id)
  for (const ending of [...formats.map((format) => format.ending), 'json'])
    await rm(`${kept}.${ending}`, { force: true })
}

/** The copy becomes the version before. */
async function settle(kept: string, about: BeforeAbout): Promise<void> {
  for (const { ending } of formats) await rename(`${kept}.partial.${ending}`, `${kept}.${ending}`)
  await writeFile(`${kept}.json`, JSON.stringify(about))
}

/** False when there is no audio to copy. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    for (const { ending } of formats) await copyFile(`${from}.${ending}`, `${to}.${ending}`)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
