import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Logger } from 'pino'
import { SetupError, codeOf } from '../host/setup-error.ts'
import { promptFolder, prompts } from '../ivr/sounds.ts'
import type { AsteriskHome } from '../pbx/provision/home.ts'
import { createStudio, voices } from './voices.ts'
import type { Voice } from './voices.ts'
import { measureWave } from './wave.ts'

export type Locale = 'ru' | 'en'
export const locales: readonly Locale[] = ['ru', 'en']

/** Change it when the same words shall be spoken anew: voices and texts are in the stamp by themselves. */
const recipe = 1
const stampName = 'prompts.json'
/** Narrow band for carriers, wide band for browsers: Asterisk takes the better one that fits the call. */
const formats = [
  { ending: 'wav', hertz: 8000 },
  { ending: 'wav16', hertz: 16_000 }
] as const

export interface Sounds {
  /** See `soundPath`. */
  readonly soundFile: (name: string, locale: Locale) => string
  /** How many files were made this time; 0 when all were there. */
  readonly made: number
}

/**
 * Makes the system prompts of `ivr/sounds.ts` once, as `<dataDir>/sounds/<locale>/ringtrace/<id>.{wav,wav16}`:
 * a new text or voice makes them anew. Each file appears in one step, so calls in progress never hear half of one.
 * @throws SetupError when the voice programs are missing, or say nothing
 */
export async function ensureSounds(options: {
  home: AsteriskHome
  dataDir: string
  log: Logger
  progress?: (text: string, fraction?: number) => void
}): Promise<Sounds> {
  const { home, dataDir, log, progress } = options
  const stampFile = join(dataDir, 'sounds', stampName)
  const wanted = allPrompts(dataDir)
  const soundFile: Sounds['soundFile'] = (name, locale) => soundPath(dataDir, name, locale)
  if ((await readIfThere(stampFile)) === stampOf(wanted) && (await allThere(wanted))) {
    return { soundFile, made: 0 }
  }
  const studio = createStudio(home)
  progress?.('Recording the voice prompts')
  for (const { text, voice, file } of wanted) {
    await mkdir(join(file, '..'), { recursive: true })
    for (const { ending, hertz } of formats) {
      const words = [{ text, pauseSeconds: 0.25 }]
      await studio.say({ voice, words, file: `${file}.partial`, hertz })
      requireVoice(await readFile(`${file}.partial`), file)
      await rename(`${file}.partial`, `${file}.${ending}`)
    }
  }
  await writeFile(stampFile, stampOf(wanted))
  log.info({ prompts: wanted.length }, 'The voice prompts are recorded')
  return { soundFile, made: wanted.length * formats.length }
}

/**
 * What Asterisk must be told to play: our prompts by their absolute path without ending (the language is chosen here,
 * not by the channel), everything else by its name as it is.
 * @param name as blocks name it, such as `ringtrace/welcome` or `beep`
 */
export function soundPath(dataDir: string, name: string, locale: Locale): string {
  const isOurs = name.startsWith(`${promptFolder}/`) && !isAbsolute(name) && !name.includes('..')
  return isOurs ? join(dataDir, 'sounds', locale, name) : name
}

interface Wanted {
  text: string
  voice: Voice
  /** Absolute, without ending. */
  file: string
}

function allPrompts(dataDir: string): Wanted[] {
  return locales.flatMap((locale) =>
    prompts.map((prompt) => ({
      text: prompt[locale],
      voice: locale === 'ru' ? voices.promptRu : voices.promptEn,
      file: soundPath(dataDir, `${promptFolder}/${prompt.id}`, locale)
    }))
  )
}

function stampOf(wanted: readonly Wanted[]): string {
  const said = wanted.map(({ text, voice }) => ({ text, voice }))
  return createHash('sha256').update(JSON.stringify({ recipe, said, formats })).digest('hex')
}

/** espeak-ng without its voices ends well and writes silence: better to stop here than in a call. */
function requireVoice(bytes: Buffer, file: string): void {
  const { seconds, level } = measureWave(bytes)
  if (seconds > 0.4 && (level[0] ?? 0) > 0.01) return
  throw new SetupError(
    `The voice prompt ${file} came out silent`,
    'espeak-ng is there but its voices are not: install it again, or unset ASTERISK_HOME.'
  )
}

async function allThere(wanted: readonly Wanted[]): Promise<boolean> {
  try {
    for (const { file } of wanted) {
      for (const { ending } of formats) await access(`${file}.${ending}`)
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
