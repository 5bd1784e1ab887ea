import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { messageOf } from '../host/setup-error.ts'
import { MediaError, TextError } from './errors.ts'
import { formats, locales } from './places.ts'
import type { Locale } from './places.ts'
import { commandSpeaker, espeakSpeaker } from './speakers.ts'
import type { Speaker, TtsSettings } from './speakers.ts'
import { tool } from './tools.ts'
import type { MediaCommand } from './tools.ts'
import { speakable } from './voices.ts'
import { measureWave } from './wave.ts'

export interface Tts {
  /** From now on this voice speaks; what another one has said stays on the disk. */
  use(settings: TtsSettings): void
  /** The sound of a text that has been spoken already, by path without ending; null when there is none. */
  find(text: string, locale: Locale): string | null
  /**
   * As `find`, and speaks the text when it is new (one at a time; about 60 ms with espeak-ng). When the voice of the
   * setting fails, the shipped one speaks: a caller must hear something.
   * @throws TextError on a text that cannot be said, MediaError when no voice can speak
   */
  make(text: string, locale: Locale): Promise<string>
  /** Removes texts that were made longer ago than `olderThanMs`, unless they are in `keep` (paths). */
  sweep(olderThanMs: number, keep: ReadonlySet<string>): Promise<number>
}

export const longestText = 2000
/** More texts than this wait for nobody: their calls go on without. */
const longestQueue = 200
const recipe = 1

/**
 * Spoken texts under `<dataDir>/sounds/tts/<locale>/<hash>.{wav,wav16}`, kept by the hash of voice, language and words.
 */
export function createTts(options: { command: MediaCommand; dataDir: string; log: Logger }): Tts {
  const { command, dataDir, log } = options
  const shipped = espeakSpeaker(command)
  let chosen: Speaker = shipped
  /** Texts that are being spoken, so that two calls do not speak the same one twice. */
  const making = new Map<string, Promise<string>>()
  let last: Promise<unknown> = Promise.resolve()

  const folderOf = (locale: Locale): string => join(dataDir, 'sounds/tts', locale)
  const pathOf = (speaker: Speaker, text: string, locale: Locale): string => {
    const hash = createHash('sha256').update(JSON.stringify([recipe, speaker.id, locale, text]))
    return join(folderOf(locale), hash.digest('hex').slice(0, 40))
  }
  const isThere = (path: string): boolean => formats.every(({ ending }) => existsSync(`${path}.${ending}`))

  async function speakWith(speaker: Speaker, text: string, locale: Locale): Promise<string> {
    const path = pathOf(speaker, text, locale)
    if (isThere(path)) return path
    await mkdir(folderOf(locale), { recursive: true })
    const partial = join(folderOf(locale), `.${randomUUID()}.partial`)
    const files = formats.map(({ ending, hertz }) => ({ ending, hertz, file: `${partial}.${ending}` }))
    try {
      await speaker.speak(text, locale, `${partial}.raw.wav`)
      for (const { file, hertz } of files) {
        const shape = ['-t', 'wav', '-b', '16', '-c', '1', '-r', String(hertz), file]
        // A voice of another making has its own loudness: all are brought to one peak.
        const level = speaker === shipped ? [] : ['gain', '-n', '-3']
        await tool(command, 'sox', ['-V1', `${partial}.raw.wav`, ...shape, ...level], { timeoutMs: 60_000 })
      }
      const [first] = files
      const { peak, seconds } = measureWave(await readFile(first?.file ?? ''))
      if (peak < 0.02 || seconds < 0.05) throw new TextError('there is nothing in it that a voice could say')
      for (const { file, ending } of files) await rename(file, `${path}.${ending}`)
      return path
    } finally {
      const left = [`${partial}.raw.wav`, ...files.map(({ file }) => file)]
      await Promise.all(left.map((file) => rm(file, { force: true })))
    }
  }

  async function speak(text: string, locale: Locale): Promise<string> {
    const speaker = chosen
    try {
      return await speakWith(speaker, text, locale)
    } catch (error) {
      if (speaker === shipped || error instanceof TextError) throw error
      log.error(
        { err: error, speaker: speaker.id },
        'The voice of the setting failed; the shipped one speaks'
      )
      return speakWith(shipped, text, locale)
    }
  }

  return {
    use(settings) {
      chosen = settings.kind === 'command' ? commandSpeaker(settings.command) : shipped
    },
    find(text, locale) {
      const path = pathOf(chosen, speakable(text), locale)
      return isThere(path) ? path : null
    },
    async make(raw, locale) {
      const text = speakable(raw)
      if (text === '') throw new TextError('it is empty')
      if (text.length > longestText) throw new TextError(`it is longer than ${longestText} characters`)
      const path = pathOf(chosen, text, locale)
      if (isThere(path)) return path
      const running = making.get(path)
      if (running) return running
      if (making.size >= longestQueue) throw new MediaError('too many texts wait to be spoken')
      // One at a time: a burst of new texts must not take the machine from the calls.
      const made = last.then(() => speak(text, locale)).finally(() => making.delete(path))
      last = made.catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'A text was not spoken'))
      making.set(path, made)
      return made
    },
    async sweep(olderThanMs, keep) {
      let removed = 0
      for (const locale of locales) {
        await mkdir(folderOf(locale), { recursive: true })
        for (const name of await readdir(folderOf(locale))) {
          const file = join(folderOf(locale), name)
          const { mtimeMs } = await stat(file)
          if (Date.now() - mtimeMs < olderThanMs || keep.has(file.replace(/\.wav(16)?$/, ''))) continue
          await rm(file, { force: true })
          removed += 1
        }
      }
      return removed
    }
  }
}
