import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tool } from './tools.ts'
import type { MediaCommand } from './tools.ts'

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

/** A file to write: 16-bit mono WAV at `hertz`, whatever its ending. */
export interface WaveFile {
  readonly file: string
  readonly hertz: number
}

/**
 * What makes a formant voice bearable on a telephone: no rumble below the band, a little warmth, the hiss above tamed,
 * levels evened out, and 1.5 dB left so that no codec clips.
 */
const polish = words(
  'highpass 140 equalizer 250 1q +2 equalizer 2800 1q -2 treble -4 3200',
  'compand 0.02,0.15 6:-60,-40,-20 -4 -90 0.05 gain -n -3'
)
/** The voice's own silence around a sentence is cut, so that the pause is exactly the one asked for. */
const trim = words('silence 1 0.01 0.3% reverse silence 1 0.01 0.3% fade 0.02 reverse fade 0.01')
const timeoutMs = 60_000

/** Speaks. */
export interface Studio {
  /**
   * Writes one voice's words to each of `files`; the first has the highest rate.
   * @throws MediaError when espeak-ng or sox cannot be run or fail
   */
  say(options: {
    voice: Voice
    words: readonly Utterance[]
    files: readonly [WaveFile, ...WaveFile[]]
  }): Promise<void>
}

/** Runs espeak-ng and sox of an Asterisk home: the one way in which this product speaks by itself. */
export function createStudio(command: MediaCommand, niceness = 0): Studio {
  const run = (program: 'sox' | 'espeak-ng', args: readonly string[]): Promise<unknown> =>
    tool(command, program, program === 'sox' ? ['-V1', ...args] : args, { timeoutMs, niceness })

  return {
    async say({ voice, words: said, files: [first, ...others] }) {
      const folder = await mkdtemp(join(tmpdir(), 'ringtrace-voice-'))
      const outputTo = ({ file, hertz }: WaveFile): string[] => [
        ...words('-t wav -b 16 -c 1 -r'),
        String(hertz),
        file
      ]
      try {
        const parts: string[] = []
        for (const [index, { text, pauseSeconds }] of said.entries()) {
          const [script, raw, part] = ['txt', 'raw.wav', 'wav'].map((ending) =>
            join(folder, `${index}.${ending}`)
          ) as [string, string, string]
          // A file, not an argument: what is said stands in no list of processes, and its length has no limit.
          await writeFile(script, text)
          const manner = [
            '-s',
            String(voice.wordsPerMinute),
            '-p',
            String(voice.pitch),
            ...words('-g 1 -a 90')
          ]
          await run('espeak-ng', ['-v', voice.name, ...manner, '-b', '1', '-w', raw, '-f', script])
          const shape = [...trim, 'pad', '0', String(pauseSeconds)]
          if (said.length === 1) await run('sox', [raw, ...outputTo(first), ...shape, ...polish])
          else await run('sox', [raw, part, ...shape])
          parts.push(part)
        }
        if (said.length > 1) await run('sox', [...parts, ...outputTo(first), ...polish])
        for (const other of others) await run('sox', ['-t', 'wav', first.file, ...outputTo(other)])
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }
}

/** espeak-ng reads `[[…]]` as phonemes and control characters as commands: neither is a text to be said. */
export function speakable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]+/g, ' ')
    .replace(/\[\[+|\]\]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '))
}
