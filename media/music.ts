import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../host/setup-error.ts'
import { trackPath } from './places.ts'

/** A class of music on hold: what schemes name by its id. */
export interface MusicClass {
  id: string
  sort: 'order' | 'random'
  /** In the order in which they play. */
  trackIds: readonly string[]
}

/**
 * Classes as `dialplan/musiconhold.conf` includes them. A class without tracks plays what comes with the system, for
 * silence would sound like a lost call.
 */
export function musicConfig(classes: readonly MusicClass[], dataDir: string, defaultFolder: string): string {
  const sections = classes.map(({ id, sort, trackIds }) => {
    const lines =
      trackIds.length === 0
        ? ['mode = files', `directory = ${defaultFolder}`]
        : [
            'mode = playlist',
            ...(sort === 'random' ? ['sort = random'] : []),
            ...trackIds.map((track) => `entry = ${trackPath(dataDir, track)}`)
          ]
    return [`[${id}]`, ...lines, ''].join('\n')
  })
  return ['; Written by Ringtrace: change the classes of music there.', ...sections, ''].join('\n')
}

/**
 * Writes the classes where Asterisk's configuration includes them.
 * @param asteriskDir the folder that Asterisk writes in
 * @returns whether anything changed, so that Asterisk must read it again
 */
export async function writeMusic(
  asteriskDir: string,
  dataDir: string,
  classes: readonly MusicClass[]
): Promise<boolean> {
  const file = join(asteriskDir, 'music.conf')
  const text = musicConfig(classes, dataDir, join(asteriskDir, 'moh'))
  if ((await textOf(file)) === text) return false
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.partial`, text, { mode: 0o600 })
  await rename(`${file}.partial`, file)
  return true
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}
