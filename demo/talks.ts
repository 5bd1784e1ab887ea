import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from '../host/setup-error.ts'
import type { AsteriskHome } from '../pbx/provision/home.ts'
import { finishedFile } from '../recordings/files.ts'
import { encode } from '../recordings/media.ts'
import { createStudio, voices } from '../media/voices.ts'
import type { Studio, Utterance } from '../media/voices.ts'
import { encodeWave, measureWave, samplesOf } from '../media/wave.ts'

/** A talk that can be played from the journal. */
export interface TalkFile {
  /** Name without folder or ending, as the table `recordings` has it. */
  readonly file: string
  readonly contentType: string
  readonly channels: number
  readonly seconds: number
  readonly bytes: number
}

/** The client of the demo carrier: said over and over while the call lasts, so it begins and ends with a pause. */
export const monologue: readonly Utterance[] = [
  { text: 'Алло, здравствуйте!', pauseSeconds: 1.6 },
  { text: 'Я оформил у вас заказ на прошлой неделе: кухонный стол и четыре стула.', pauseSeconds: 1.4 },
  { text: 'Подскажите, пожалуйста, когда его привезут?', pauseSeconds: 3 },
  { text: 'Мне было бы удобно в субботу, после обеда.', pauseSeconds: 2.2 },
  { text: 'И ещё вопрос: можно ли заказать сборку?', pauseSeconds: 3 },
  { text: 'Хорошо, спасибо, я подожду.', pauseSeconds: 3.5 }
]

type Line = readonly [who: 'client' | 'operator', text: string]
interface Talk {
  readonly name: string
  readonly client: keyof typeof voices
  readonly lines: readonly Line[]
}

const talks: readonly Talk[] = [
  {
    name: 'demo-talk-delivery',
    client: 'client',
    lines: [
      ['operator', 'Уютный дом, Анна, здравствуйте!'],
      ['client', 'Здравствуйте! Я заказывал стол и стулья. Когда будет доставка?'],
      ['operator', 'Минуту, посмотрю. Да, вижу ваш заказ. Привезём в субботу.'],
      ['client', 'Отлично. А сборку можно добавить?'],
      ['operator', 'Конечно. Мастер приедет вместе с доставкой.'],
      ['client', 'Спасибо большое, до свидания!'],
      ['operator', 'Спасибо за звонок, всего доброго!']
    ]
  },
  {
    name: 'demo-talk-kitchen',
    client: 'otherClient',
    lines: [
      ['operator', 'Здравствуйте, компания Уютный дом. Чем могу помочь?'],
      ['client', 'Добрый день! Увидел вашу рекламу. Сколько стоит кухня на заказ?'],
      ['operator', 'Цена зависит от размеров. Какая длина стены?'],
      ['client', 'Примерно три метра двадцать.'],
      ['operator', 'Тогда от ста восьмидесяти тысяч. Записать вас на бесплатный замер?'],
      ['client', 'Да, давайте на вторник, на утро.'],
      ['operator', 'Записала. Вторник, десять утра. До встречи!']
    ]
  },
  {
    name: 'demo-talk-return',
    client: 'client',
    lines: [
      ['operator', 'Уютный дом, слушаю вас.'],
      ['client', 'Мне привезли кресло не того цвета. Что делать?'],
      ['operator', 'Приношу извинения. Мы бесплатно заменим его на этой неделе.'],
      ['client', 'А документы какие нужны?'],
      ['operator', 'Только номер заказа. Водитель всё оформит на месте.'],
      ['client', 'Понял, спасибо.']
    ]
  },
  {
    name: 'demo-talk-hours',
    client: 'otherClient',
    lines: [
      ['operator', 'Здравствуйте, Уютный дом!'],
      ['client', 'Скажите, до скольки вы сегодня работаете?'],
      ['operator', 'До девяти вечера, без перерыва.'],
      ['client', 'А диван можно посмотреть вживую?'],
      ['operator', 'Да, приезжайте, все модели есть в салоне.'],
      ['client', 'Хорошо, вечером заеду.']
    ]
  }
]

const messageName = 'demo-message'
const message: readonly Utterance[] = [
  { text: 'Добрый вечер! Хотел узнать, есть ли в наличии угловой диван.', pauseSeconds: 0.7 },
  { text: 'Перезвоните мне, пожалуйста, завтра утром. Спасибо!', pauseSeconds: 0.5 }
]

const hertz = 16_000
const recipe = 1

/**
 * Writes what the client can do with its mouth, each into a folder of its own (8 kHz mono WAV), unless it is there
 * with these words: `client/` the monologue, `quiet/` the murmur of a room.
 * @throws MediaError when the voice programs are missing
 */
export async function ensureClientVoice(home: AsteriskHome, folder: string): Promise<void> {
  const stampFile = join(folder, 'stamp')
  const said = JSON.stringify({ recipe, monologue, voice: voices.client })
  const wanted = createHash('sha256').update(said).digest('hex')
  if ((await textOf(stampFile)) === wanted) return
  await mkdir(join(folder, 'client'), { recursive: true })
  await mkdir(join(folder, 'quiet'), { recursive: true })
  const partial = join(folder, 'client.partial')
  const files = [{ file: partial, hertz: 8000 }] as const
  await createStudio(home.command).say({ voice: voices.client, words: monologue, files })
  await rename(partial, join(folder, 'client/client.wav'))
  await writeFile(join(folder, 'quiet/quiet.wav'), encodeWave([murmur(20 * 8000)], 8000))
  await writeFile(stampFile, wanted)
}

/** Soft noise, far below what counts as speech, the same every time. */
function murmur(samples: number): Int16Array {
  const noise = new Int16Array(samples)
  let seed = 1
  let last = 0
  for (const index of noise.keys()) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    last = 0.8 * last + (seed / 2 ** 32 - 0.5) * 40
    noise[index] = Math.round(last)
  }
  return noise
}

/** What a demo company can have recorded. */
export interface TalkFiles {
  /** The client left, the operator right. */
  readonly talks: readonly TalkFile[]
  /** One client's voicemail. */
  readonly message: TalkFile
}

/**
 * Makes the recorded talks and a message as finished recordings, in `<dataDir>/recordings`.
 * @throws MediaError when the voice programs or lame are missing
 */
export async function makeTalks(home: AsteriskHome, dataDir: string): Promise<TalkFiles> {
  const folder = join(dataDir, 'recordings')
  await mkdir(folder, { recursive: true })
  const studio = createStudio(home.command)
  const made = await Promise.all(
    talks.map(async (talk) => finish(home, folder, talk.name, await perform(studio, talk)))
  )
  const left = join(folder, `${messageName}.partial.wav`)
  await studio.say({ voice: voices.otherClient, words: message, files: [{ file: left, hertz }] })
  return { talks: made, message: await finish(home, folder, messageName, await readFile(left)) }
}

/** The names of all these files, to remove them with the demo. */
export const talkNames: readonly string[] = [...talks.map(({ name }) => name), messageName]

async function finish(home: AsteriskHome, folder: string, name: string, wave: Buffer): Promise<TalkFile> {
  const partial = join(folder, `${name}.partial.wav`)
  const target = finishedFile(folder, name)
  const { seconds, channels, hertz: sampleRate } = measureWave(wave)
  await writeFile(partial, wave)
  await encode((program, args) => home.command(program, args), partial, `${partial}.mp3`, {
    channels,
    sampleRate
  })
  await rename(`${partial}.mp3`, target)
  await rm(partial)
  const { size } = await stat(target)
  return { file: name, contentType: 'audio/mpeg', channels, seconds, bytes: size }
}

/** Line after line on two tracks: who does not speak is silent. */
async function perform(studio: Studio, talk: Talk): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'ringtrace-talk-'))
  try {
    const tracks: { client: Int16Array[]; operator: Int16Array[] } = { client: [], operator: [] }
    for (const [index, [who, text]] of talk.lines.entries()) {
      const file = join(folder, `${index}.wav`)
      const voice = who === 'operator' ? voices.operator : voices[talk.client]
      await studio.say({ voice, words: [{ text, pauseSeconds: 0.45 }], files: [{ file, hertz }] })
      const said = samplesOf(await readFile(file))
      tracks[who].push(said)
      tracks[who === 'client' ? 'operator' : 'client'].push(new Int16Array(said.length))
    }
    return encodeWave([joined(tracks.client), joined(tracks.operator)], hertz)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
