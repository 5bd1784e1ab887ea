import { run } from '../host/process.ts'
import { codeOf } from '../host/setup-error.ts'

/** Finds out how to run a media tool: `AsteriskHome.command`. */
export type MediaCommand = (
  program: 'sox' | 'lame',
  args: readonly string[]
) => { file: string; args: readonly string[] }

export interface Audio {
  channels: number
  sampleRate: number
  seconds: number
}

/** sox or lame could not do it; the message holds what it said. */
export class MediaError extends Error {
  override name = 'MediaError'
}

/** Both ends of a talk share one rate; browsers and seeking are happier with 16 kHz than with telephony's 8. */
const outputRate = '16000'
/** Constant, so that byte offset and time are proportional and seeking is exact. */
const bitrate = { mono: '32', stereo: '48' } as const
const timeoutMs = 15 * 60_000

/**
 * What `sox` reads of a raw WAV file. The header's length is ignored: a file whose writer was killed has none.
 * @throws MediaError when it is no audio
 */
export async function probe(command: MediaCommand, file: string): Promise<Audio> {
  const ask = async (option: string): Promise<number> =>
    Number(await tool(command, 'sox', ['--info', option, file]))
  const [channels, sampleRate] = [await ask('-c'), await ask('-r')]
  // `--info` believes the header; `stat` counts samples.
  const { file: program, args } = command('sox', ['--ignore-length', file, '-n', 'stat'])
  const { code, stderr } = await run(program, [...args], { timeoutMs })
  const seconds = Number(/Length \(seconds\):\s*([\d.]+)/.exec(stderr)?.[1])
  if (code !== 0 || Number.isNaN(seconds))
    throw new MediaError(`sox could not read ${file}: ${stderr.slice(-300)}`)
  return { channels, sampleRate, seconds }
}

/**
 * Two mono files into one stereo WAV: left is the client, right the operator, a missing side is silence, the shorter
 * one is filled up with silence at its end.
 */
export async function mergeTalk(
  command: MediaCommand,
  sides: { client: string | null; operator: string | null },
  output: string
): Promise<void> {
  const { client, operator } = sides
  const format = ['-r', outputRate, '-b', '16', output]
  if (client !== null && operator !== null) {
    // Merging asks for one rate; a raw file of another is brought to it first.
    const rates = [(await probe(command, client)).sampleRate, (await probe(command, operator)).sampleRate]
    const inputs = [client, operator]
    if (rates[0] !== rates[1]) {
      inputs[1] = `${output}.side.wav`
      await tool(command, 'sox', ['--ignore-length', operator, '-r', String(rates[0]), inputs[1]])
    }
    await tool(command, 'sox', ['-M', ...inputs.flatMap((file) => ['--ignore-length', file]), ...format])
    return
  }
  const only = client ?? operator
  if (only === null) throw new MediaError('there is nothing to merge')
  const channels = client === null ? ['0', '1'] : ['1', '0']
  await tool(command, 'sox', ['--ignore-length', only, ...format, 'remix', ...channels])
}

/** A mono file as WAV in the rate that is encoded. */
export async function convertMessage(command: MediaCommand, input: string, output: string): Promise<void> {
  await tool(command, 'sox', ['--ignore-length', input, '-c', '1', '-r', outputRate, '-b', '16', output])
}

/** WAV to MP3 of constant bitrate, which every browser plays and seeks in exactly. */
export async function encode(
  command: MediaCommand,
  wav: string,
  mp3: string,
  channels: number
): Promise<void> {
  const [mode, rate] = channels === 2 ? ['s', bitrate.stereo] : ['m', bitrate.mono]
  // Plain stereo: joint stereo would let one party's voice leak into the other's channel.
  await tool(command, 'lame', ['--quiet', '--cbr', '-b', rate, '-m', mode, '-q', '5', wav, mp3])
}

async function tool(
  command: MediaCommand,
  program: 'sox' | 'lame',
  args: readonly string[]
): Promise<string> {
  const call = command(program, args)
  try {
    const { code, stdout, stderr } = await run(call.file, [...call.args], { timeoutMs })
    if (code === 0) return stdout
    throw new MediaError(`${program} ended with ${code}: ${stderr.trim().slice(-300)}`)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new MediaError(`${program} is not installed`, { cause: error })
    throw error
  }
}
