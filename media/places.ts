import { isAbsolute, join } from 'node:path'
import { promptFolder } from '../ivr/sounds.ts'

export type Locale = 'ru' | 'en'
export const locales: readonly Locale[] = ['ru', 'en']

/**
 * Each sound is there twice, wide band for browsers and narrow band for carriers: Asterisk takes the one that fits the
 * call. The first is the better one, from which the other is made.
 */
export const formats = [
  { ending: 'wav16', hertz: 16_000 },
  { ending: 'wav', hertz: 8000 }
] as const

/** The folder of uploaded prompts, which is also how schemes name them: `prompts/<id>`. */
export const uploadedFolder = 'prompts'
const safeId = /^[0-9a-f-]{36}$/

/**
 * What Asterisk must be told to play: our prompts by their absolute path without ending (the language is chosen here,
 * not by the channel), uploaded ones too (the same for every language), everything else by its name as it is.
 * @param name as blocks name it, such as `ringtrace/welcome`, `prompts/<id>` or `beep`
 */
export function soundPath(dataDir: string, name: string, locale: Locale): string {
  if (isAbsolute(name) || name.includes('..')) return name
  if (name.startsWith(`${promptFolder}/`)) return join(dataDir, 'sounds', locale, name)
  const [folder, id = ''] = name.split('/')
  return folder === uploadedFolder && safeId.test(id) ? promptPath(dataDir, id) : name
}

/** An uploaded prompt, without ending. @throws Error on an id that is no UUID */
export function promptPath(dataDir: string, id: string): string {
  return join(dataDir, 'sounds', uploadedFolder, checkedId(id))
}

/** A track of music on hold, without ending. @throws Error on an id that is no UUID */
export function trackPath(dataDir: string, id: string): string {
  return join(dataDir, 'sounds/music', checkedId(id))
}

/** Only what our own ids look like becomes part of a path. */
function checkedId(id: string): string {
  if (!safeId.test(id)) throw new Error('a sound has an id that is no id of ours')
  return id
}
