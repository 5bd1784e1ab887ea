import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { SetupError, codeOf, messageOf } from '../host/setup-error.ts'
import { promptFolder, prompts } from '../ivr/sounds.ts'
import { formats, locales, soundPath } from './places.ts'
import { MediaError } from './errors.ts'
import type { Locale } from './places.ts'
import type { MediaCommand } from './tools.ts'
import { createStudio, voices } from './voices.ts'
import type { Voice } from './voices.ts'
import { measureWave } from './wave.ts'

/** Change it when the same words shall be spoken anew: voices and texts are in the stamp by themselves. */
const recipe = 2
const stampName = 'prompts.json'
const pauseSeconds = 0.25

/**
 * Makes the system prompts of `ivr/sounds.ts`, as `<dataDir>/sounds/<locale>/ringtrace/<id>.{wav,wav16}`: those whose
 * text or voice is new, or whose file is gone, a few at a time. Each file appears in one step, so calls in progress
 * never hear half of one.
 * @returns how many prompts were made; 0 when all were there
 * @throws SetupError when the voice programs are missing, or say nothing
 */
export async function ensureSounds(options: {
  home: { command: MediaCommand }
  dataDir: string
  log: Logger
  progress?: (text: string, fraction?: number) => void
}): Promise<{ made: number }> {
  const { home, dataDir, log, progress } = options
  const stampFile = join(dataDir, 'sounds', stampName)
  const wanted = allPrompts(dataDir)
  const known = await readStamps(stampFile)
  const there = await Promise.all(wanted.map((item) => isThere(item, known)))
  const missing = wanted.filter((_, index) => there[index] !== true)
  if (missing.length === 0) return { made: 0 }
  progress?.('Recording the voice prompts')
  const studio = createStudio(home.command)
  let done = 0
  const queue = missing.values()
  const work = async (): Promise<void> => {
    for (const { text, voice, file } of queue) {
      await mkdir(dirname(file), { recursive: true })
      const files = formats.map(({ ending, hertz }) => ({ file: `${file}.partial.${ending}`, hertz }))
      const [first, ...others] = files
      if (first === undefined) return
      await studio.say({ voice, words: [{ text, pauseSeconds }], files: [first, ...others] })
      requireVoice(await readFile(first.file), file)
      for (const { ending } of formats) await rename(`${file}.partial.${ending}`, `${file}.${ending}`)
      done += 1
      progress?.('Recording the voice prompts', done / missing.length)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work))
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    throw new SetupError(
      `The voice prompts cannot be made: ${messageOf(error)}`,
      'The Asterisk that Ringtrace fetches brings espeak-ng and sox along; beside your own Asterisk install them with "apt-get install espeak-ng sox".',
      { cause: error }
    )
  }
  const stamps = Object.fromEntries(wanted.map((item) => [item.key, item.stamp]))
  await writeFile(`${stampFile}.partial`, JSON.stringify(stamps, null, 1))
  await rename(`${stampFile}.partial`, stampFile)
  log.info({ prompts: missing.length }, 'The voice prompts are recorded')
  return { made: missing.length }
}

interface Wanted {
  /** Such as `ru/welcome`. */
  key: string
  /** Of words and voice. */
  stamp: string
  text: string
  voice: Voice
  /** Absolute, without ending. */
  file: string
}

/** The voice of our prompts. */
export const promptVoice = (locale: Locale): Voice => (locale === 'ru' ? voices.promptRu : voices.promptEn)

function allPrompts(dataDir: string): Wanted[] {
  return locales.flatMap((locale) =>
    prompts.map((prompt) => {
      const [text, voice] = [prompt[locale], promptVoice(locale)]
      return {
        key: `${locale}/${prompt.id}`,
        stamp: createHash('sha256').update(JSON.stringify({ recipe, text, voice, formats })).digest('hex'),
        text,
        voice,
        file: soundPath(dataDir, `${promptFolder}/${prompt.id}`, locale)
      }
    })
  )
}

async function isThere({ key, stamp, file }: Wanted, known: Record<string, unknown>): Promise<boolean> {
  if (known[key] !== stamp) return false
  const sizes = await Promise.all(formats.map(({ ending }) => sizeOf(`${file}.${ending}`)))
  return sizes.every((size) => size > 0)
}

/** espeak-ng without its voices ends well and writes silence: better to stop here than in a call. */
function requireVoice(bytes: Buffer, file: string): void {
  const { seconds, level } = measureWave(bytes)
  if (seconds > 0.3 && (level[0] ?? 0) > 0.01) return
  throw new SetupError(
    `The voice prompt ${file} came out silent`,
    'espeak-ng is there but its voices are not: install it again, or unset ASTERISK_HOME.'
  )
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Stamps by prompt; none when the file is absent, half written or of an earlier version. */
async function readStamps(file: string): Promise<Record<string, unknown>> {
  try {
    const stamps: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof stamps === 'object' && stamps !== null ? (stamps as Record<string, unknown>) : {}
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return {}
    throw error
  }
}
