import { copyFile, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { codeOf, messageOf } from '../host/setup-error.ts'
import type { Sound } from '../ivr/block.ts'
import type { Scheme } from '../ivr/scheme.ts'
import { keepingBefore, readBefore, removeBefore, swapBefore, type BeforeAbout } from './before.ts'
import { convertUpload, removeSound } from './convert.ts'
import { MediaError, TextError } from './errors.ts'
import { writeMusic } from './music.ts'
import type { MusicClass } from './music.ts'
import { formats, promptPath, soundPath, trackPath } from './places.ts'
import type { Locale } from './places.ts'
import { readTtsSettings } from './speakers.ts'
import { textsOf } from './texts.ts'
import type { BlockText } from './texts.ts'
import type { MediaCommand } from './tools.ts'
import { createTts } from './tts.ts'
import { measureWave } from './wave.ts'

export interface StoredSound {
  /** Absolute. */
  path: string
  contentType: string
  bytes: number
}

export interface Media {
  /**
   * What Asterisk must be told to play. At once for everything but a text that nobody has said before.
   * @throws TextError, MediaError when a text cannot be spoken: the call goes on without it
   */
  soundOf(sound: Sound, locale: Locale): string | Promise<string>
  /** A text as a file to listen to. @throws TextError, MediaError */
  preview(text: string, locale: Locale): Promise<StoredSound>
  /** Speaks every text of a scheme, so that its calls never wait. @returns those that cannot be said, and why */
  prepare(scheme: Scheme): Promise<(BlockText & { message: string })[]>
  /** Takes the setting `tts`; one that is wrong is told to the log, and the shipped voice speaks. */
  useVoice(setting: unknown): void
  /** Makes or replaces a prompt's audio. @throws UploadError */
  savePrompt(id: string, bytes: Buffer): Promise<{ seconds: number }>
  /** The same from a text. @throws TextError, MediaError */
  speakPrompt(id: string, text: string, locale: Locale): Promise<{ seconds: number }>
  removePrompt(id: string): Promise<void>
  /** Runs what replaces a prompt's audio, and keeps the version that was there. */
  keepingBefore<T>(id: string, about: BeforeAbout, make: () => Promise<T>): Promise<T>
  /** Of the version before the last replacement; null when there is none. */
  promptBefore(id: string): Promise<BeforeAbout | null>
  /** Puts it back, and keeps what is there now instead. @returns what is told of the audio now; null for none */
  swapBefore(id: string, now: BeforeAbout): Promise<BeforeAbout | null>
  /** Null when the audio is gone from the disk. */
  promptFile(id: string): Promise<StoredSound | null>
  /** @throws UploadError */
  saveTrack(id: string, bytes: Buffer): Promise<{ seconds: number }>
  removeTrack(id: string): Promise<void>
  trackFile(id: string): Promise<StoredSound | null>
  /** Tells Asterisk which classes of music there are. Throws what `reloadMusic` throws; repeating it tries again. */
  setMusic(classes: readonly MusicClass[]): Promise<void>
  /** Asterisk runs now: one that outlived an earlier controller may know other classes of music. */
  asteriskStarted(): Promise<void>
  /** Removes what killed processes left half made, and texts that no published scheme has said for long. */
  sweep(published: readonly Scheme[]): Promise<void>
}

const dayMs = 86_400_000
const textsKeptMs = 90 * dayMs
/** A queue tells places and minutes up to this one without making a caller wait for the number. */
const spokenPlaces = 60

/** Sounds of an installation: what exists, what is made when it is needed, and where it lies. */
export function createMedia(options: {
  home: { command: MediaCommand }
  dataDir: string
  /** The folder that Asterisk writes in. */
  asteriskDir: string
  /** Makes Asterisk read its classes of music again; null while it does not run yet. */
  reloadMusic: () => Promise<unknown> | null
  log: Logger
}): Media {
  const { home, dataDir, asteriskDir, reloadMusic } = options
  const log = options.log.child({ part: 'media' })
  const tts = createTts({ command: home.command, dataDir, log })
  /** Conversions go one after another: each takes a processor for itself. */
  let last: Promise<unknown> = Promise.resolve()

  /** Asterisk has not read the latest classes of music. */
  let isMusicNew = false

  async function tellAsterisk(): Promise<void> {
    const reloading = isMusicNew ? reloadMusic() : null
    if (reloading === null) return
    await reloading
    isMusicNew = false
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    // The next in turn does not care how this one ended; whoever asked for it does.
    last = done.catch(() => undefined)
    return done
  }

  async function prepareNumbers(scheme: Scheme): Promise<void> {
    if (!Object.values(scheme.blocks).some(({ type }) => type === 'queue')) return
    for (let place = 1; place <= spokenPlaces; place++) await tts.make(String(place), scheme.locale)
  }

  return {
    soundOf(sound, locale) {
      if ('tone' in sound) return `tone:${sound.tone};tonezone=${locale}`
      if ('sound' in sound) return `sound:${soundPath(dataDir, sound.sound, locale)}`
      const words = 'text' in sound ? sound.text : String(sound.number)
      const known = tts.find(words, locale)
      return known === null ? tts.make(words, locale).then((path) => `sound:${path}`) : `sound:${known}`
    },
    async preview(text, locale) {
      const file = await fileOf(await tts.make(text, locale))
      if (file === null) throw new MediaError('the spoken text is gone from the disk')
      return file
    },
    async prepare(scheme) {
      const failed: (BlockText & { message: string })[] = []
      for (const { block, text } of textsOf(scheme)) {
        try {
          await tts.make(text, scheme.locale)
        } catch (error) {
          if (!(error instanceof TextError) && !(error instanceof MediaError)) throw error
          failed.push({ block, text, message: messageOf(error) })
        }
      }
      prepareNumbers(scheme).catch((err: unknown) => log.warn({ err }, 'Places in the queue were not spoken'))
      return failed
    },
    useVoice(setting) {
      try {
        tts.use(readTtsSettings(setting))
      } catch (error) {
        if (!(error instanceof MediaError)) throw error
        log.error({ reason: error.message }, 'The setting tts cannot be used; the shipped voice speaks')
        tts.use({ kind: 'espeak' })
      }
    },
    savePrompt: (id, bytes) => inTurn(() => convertUpload(home.command, bytes, promptPath(dataDir, id))),
    async speakPrompt(id, text, locale) {
      const spoken = await tts.make(text, locale)
      const target = promptPath(dataDir, id)
      await mkdir(dirname(target), { recursive: true })
      for (const { ending } of formats) {
        await copyFile(`${spoken}.${ending}`, `${target}.partial.${ending}`)
        await rename(`${target}.partial.${ending}`, `${target}.${ending}`)
      }
      return { seconds: measureWave(await readFile(`${target}.wav`)).seconds }
    },
    async removePrompt(id) {
      await removeSound(promptPath(dataDir, id))
      await removeBefore(dataDir, id)
    },
    keepingBefore: (id, about, make) => keepingBefore(dataDir, id, about, make),
    promptBefore: (id) => readBefore(dataDir, id),
    swapBefore: (id, now) => swapBefore(dataDir, id, now),
    promptFile: (id) => fileOf(promptPath(dataDir, id)),
    saveTrack: (id, bytes) => inTurn(() => convertUpload(home.command, bytes, trackPath(dataDir, id))),
    removeTrack: (id) => removeSound(trackPath(dataDir, id)),
    trackFile: (id) => fileOf(trackPath(dataDir, id)),
    async setMusic(classes) {
      if (await writeMusic(asteriskDir, dataDir, classes)) isMusicNew = true
      await tellAsterisk()
    },
    asteriskStarted: tellAsterisk,
    async sweep(published) {
      for (const folder of ['prompts', 'music', 'tts/ru', 'tts/en']) {
        await removePartials(join(dataDir, 'sounds', folder))
      }
      const keep = new Set<string>()
      for (const scheme of published) {
        for (const { text } of textsOf(scheme)) keep.add(tts.find(text, scheme.locale) ?? '')
      }
      const removed = await tts.sweep(textsKeptMs, keep)
      if (removed > 0) log.info({ removed }, 'Spoken texts of long ago were removed')
    }
  }
}

/** The better of a sound's two files, as something to send. */
async function fileOf(path: string): Promise<StoredSound | null> {
  const file = `${path}.${formats[0].ending}`
  try {
    return { path: file, contentType: 'audio/wav', bytes: (await stat(file)).size }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

async function removePartials(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (!name.includes('.partial')) continue
    const file = join(folder, name)
    const found = await stat(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    })
    if (found && Date.now() - found.mtimeMs > dayMs / 4) await rm(file, { force: true })
  }
}
