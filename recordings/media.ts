import { MediaError } from '../media/errors.ts'
import { tool as run } from '../media/tools.ts'
import type { MediaCommand } from '../media/tools.ts'
import { probeWav } from './wav.ts'

export { MediaError }
export type { MediaCommand }

export interface Audio {
  channels: number
  sampleRate: number
  seconds: number
}

/** Narrow band stays narrow: what was not said above 4 kHz is not invented, for people or for speech recognition. */
type Rate = 8000 | 16_000
/**
 * Kilobits a second for mono, and for stereo a channel more. Constant, so that byte offset and time are proportional
 * and seeking is exact. 24 to 32 a channel is where speech recognition does not notice the coding (docs/recordings.md).
 */
const bitrates: Record<Rate, { mono: string; stereo: string }> = {
  8000: { mono: '24', stereo: '48' },
  16_000: { mono: '32', stereo: '64' }
}
/** Encoding takes only the processor time that no call wants. */
const background = { timeoutMs: 15 * 60_000, niceness: 19 }

const outputRate = (hertz: number): Rate => (hertz > 8000 ? 16_000 : 8000)

/**
 * Two mono files into one stereo WAV: left is the client, right the operator, a missing side is silence, the shorter
 * one is filled up with silence at its end. One run of sox, two when the sides differ in rate.
 */
export async function mergeTalk(
  command: MediaCommand,
  sides: { client: string | null; operator: string | null },
  output: string
): Promise<Audio> {
  const { client, operator } = sides
  const only = client ?? operator
  if (only === null) throw new MediaError('there is nothing to merge')
  const found = await Promise.all(
    [client, operator].flatMap((file) => (file === null ? [] : [probeWav(file)]))
  )
  const sampleRate = outputRate(Math.max(...found.map((audio) => audio.sampleRate)))
  const format = ['-r', String(sampleRate), '-b', '16', '-t', 'wav', output]
  const reading = (file: string): string[] => ['--ignore-length', '-t', 'wav', file]
  if (client !== null && operator !== null) {
    const inputs = [client, operator]
    const [first, second] = found
    // Merging asks for one rate; a raw file of another is brought to the better one first.
    if (first && second && first.sampleRate !== second.sampleRate) {
      const slow = first.sampleRate < second.sampleRate ? 0 : 1
      const side = `${output}.side.wav`
      await sox(command, [...reading(inputs[slow] ?? ''), '-r', String(sampleRate), side])
      inputs[slow] = side
    }
    await sox(command, ['-M', ...inputs.flatMap(reading), ...format])
  } else {
    const channels = client === null ? ['0', '1'] : ['1', '0']
    await sox(command, [...reading(only), ...format, 'remix', ...channels])
  }
  return probeWav(output)
}

/** Quieter than this (a share of full scale) for this long is a pause at the beginning or end of a message. */
const pause = ['1', '0.1', '0.8%']

/** A message as mono WAV, without the silence before and after it; one that is nothing but silence stays as it is. */
export async function convertMessage(command: MediaCommand, input: string, output: string): Promise<Audio> {
  const { sampleRate } = await probeWav(input)
  const rate = String(outputRate(sampleRate))
  const convert = (effects: readonly string[]): Promise<unknown> =>
    sox(command, [
      ...['--ignore-length', '-t', 'wav', input],
      ...['-c', '1', '-r', rate, '-b', '16', '-t', 'wav', output],
      ...effects
    ])
  const trimmed = ['silence', ...pause, 'reverse', 'silence', ...pause, 'reverse']
  await convert(trimmed)
  const audio = await probeWav(output)
  if (audio.seconds > 0.4) return audio
  await convert([])
  return probeWav(output)
}

/** WAV to MP3 of constant bitrate, which every browser plays and seeks in exactly. */
export async function encode(
  command: MediaCommand,
  wav: string,
  mp3: string,
  { channels, sampleRate }: Pick<Audio, 'channels' | 'sampleRate'>
): Promise<void> {
  const rate = bitrates[outputRate(sampleRate)]
  const [mode, bitrate] = channels === 2 ? ['s', rate.stereo] : ['m', rate.mono]
  // Plain stereo: joint stereo would let one party's voice leak into the other's channel.
  await run(command, 'lame', ['--quiet', '--cbr', '-b', bitrate, '-m', mode, '-q', '5', wav, mp3], background)
}

const sox = (command: MediaCommand, args: readonly string[]): Promise<unknown> =>
  run(command, 'sox', ['-V1', ...args], background)
