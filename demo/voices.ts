import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../host/process.ts'
import { SetupError, codeOf } from '../host/setup-error.ts'
import type { AsteriskHome, Program } from '../pbx/provision/home.ts'

/** Who speaks: a voice of espeak-ng with its manner. */
export interface Voice {
  /** Such as `ru+Annie`: language and variant. */
  readonly name: string
  readonly wordsPerMinute: number
  /** 0 to 99; 50 is the voice's own. */
  readonly pitch: number
}

/** The voice that reads our prompts, and the two people of the recorded talks. */
export const voices = {
  promptRu: { name: 'ru+Annie', wordsPerMinute: 142, pitch: 46 },
  promptEn: { name: 'en-gb+Annie', wordsPerMinute: 150, pitch: 46 },
  client: { name: 'ru+Denis', wordsPerMinute: 152, pitch: 42 },
  otherClient: { name: 'ru+Gene', wordsPerMinute: 158, pitch: 50 },
  operator: { name: 'ru+Annie', wordsPerMinute: 156, pitch: 54 }
} as const satisfies Record<string, Voice>

/** Someone's words: sentences with the silence after each. */
export interface Utterance {
  readonly text: string
  readonly pauseSeconds: number
}

/**
 * What makes a formant voice bearable on a telephone: no rumble below the band, a little warmth, the hiss above tamed,
 * levels evened out, and 1.5 dB left so that no codec clips.
 */
const polish = [
  ...[
    'highpass',
    '140',
    'equalizer',
    '250',
    '1q',
    '+2',
    'equalizer',
    '2800',
    '1q',
    '-2',
    'treble',
    '-4',
    '3200'
  ],
  ...['compand', '0.02,0.15', '6:-60,-40,-20', '-4', '-90', '0.05', 'gain', '-n', '-3']
]

/** Runs the media tools of an Asterisk home. */
export interface Studio {
  /** Writes one voice's words as 16-bit mono WAV at `hertz`; `.wav16` names are WAV too. */
  say(options: { voice: Voice; words: readonly Utterance[]; file: string; hertz: number }): Promise<void>
  /** Runs sox with these arguments. */
  sox(args: readonly string[]): Promise<void>
}

/** @throws SetupError from its functions, when espeak-ng or sox cannot be run or fail */
export function createStudio(home: AsteriskHome): Studio {
  const program = async (name: Program, args: readonly string[]): Promise<void> => {
    const { file, args: argv } = home.command(name, args)
    try {
      const { code, stderr } = await run(file, argv, { timeoutMs: 60_000 })
      if (code !== 0) throw new SetupError(`${name} failed: ${stderr.trim().slice(-300)}`, missingHint)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      throw new SetupError(`There is no ${name} to make spoken prompts with`, missingHint, { cause: error })
    }
  }
  const sox: Studio['sox'] = (args) => program('sox', ['-V1', ...args])

  return {
    sox,
    async say({ voice, words, file, hertz }) {
      const folder = await mkdtemp(join(tmpdir(), 'ringtrace-voice-'))
      try {
        const parts: string[] = []
        for (const [index, { text, pauseSeconds }] of words.entries()) {
          const raw = join(folder, `${index}.raw.wav`)
          const part = join(folder, `${index}.wav`)
          const manner = [
            '-s',
            String(voice.wordsPerMinute),
            '-p',
            String(voice.pitch),
            '-g',
            '1',
            '-a',
            '90'
          ]
          await program('espeak-ng', ['-v', voice.name, ...manner, '-w', raw, '--', text])
          // The voice's own silence around a sentence is cut, so that the pause is exactly the one asked for.
          const cut = ['silence', '1', '0.01', '0.3%']
          const cutAndSoften = [...cut, 'reverse', ...cut, 'fade', '0.02', 'reverse', 'fade', '0.01']
          await sox([raw, part, ...cutAndSoften, 'pad', '0', String(pauseSeconds)])
          parts.push(part)
        }
        await sox([...parts, '-t', 'wav', '-b', '16', '-c', '1', '-r', String(hertz), file, ...polish])
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }
}

const missingHint =
  'The Asterisk that Ringtrace fetches brings espeak-ng and sox along; beside your own Asterisk install them with "apt-get install espeak-ng sox".'
