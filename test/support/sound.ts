import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { loudness } from '../ari/tone.ts'
import { testHome } from './asterisk-root.ts'

const execute = promisify(execFile)

async function sox(args: string[], encoding: 'buffer'): Promise<Buffer> {
  const { file, args: all } = (await testHome()).command('sox', args)
  const { stdout } = await execute(file, all, { encoding, maxBuffer: 64 * 1024 ** 2 })
  return stdout
}

/** A steady tone as raw PCMA, 8 kHz, for a SIPp party to speak. @returns the file's path */
export async function toneFile(dir: string, hertz: number): Promise<string> {
  const file = path.join(dir, `tone-${hertz}.raw`)
  await fs.mkdir(dir, { recursive: true })
  await sox(
    [
      '-n',
      '-r',
      '8000',
      '-c',
      '1',
      '-e',
      'a-law',
      '-t',
      'raw',
      file,
      'synth',
      '2',
      'sine',
      String(hertz),
      'gain',
      '-6'
    ],
    'buffer'
  )
  return file
}

/** A steady tone as a WAV file of 48 kHz that a browser takes for its microphone, again and again. @returns its path */
export async function microphoneFile(dir: string, hertz: number): Promise<string> {
  const file = path.join(dir, `microphone-${hertz}.wav`)
  await fs.mkdir(dir, { recursive: true })
  const shape = ['-n', '-r', '48000', '-c', '1', '-b', '16', file]
  await sox([...shape, 'synth', '10', 'sine', String(hertz), 'gain', '-6'], 'buffer')
  return file
}

/**
 * How loud each of `hertz` is in each channel of an audio file: amplitude of the tone, full scale 1, by a Goertzel
 * filter over the file's middle (its ends hold connecting and hanging up).
 */
export async function tonesIn(file: string, hertz: readonly number[]): Promise<Record<number, number>[]> {
  const rate = 8000
  const { channels } = await soundInfo(file)
  const raw = await sox([file, '-r', String(rate), '-e', 'signed', '-b', '16', '-t', 'raw', '-'], 'buffer')
  const frames = Math.floor(raw.length / 2 / channels)
  const from = Math.floor(frames * 0.3)
  const to = Math.floor(frames * 0.8)
  return Array.from({ length: channels }, (_, channel) => {
    const samples = Int16Array.from({ length: to - from }, (_unused, i) =>
      raw.readInt16LE(((from + i) * channels + channel) * 2)
    )
    return Object.fromEntries(hertz.map((hz) => [hz, loudness(samples, hz)]))
  })
}

/** Channels and length of an audio file, as sox measures it. */
export async function soundInfo(file: string): Promise<{ channels: number; seconds: number }> {
  const text = (await sox(['--i', file], 'buffer')).toString()
  const channels = Number(/Channels\s*:\s*(\d+)/.exec(text)?.[1])
  const [, h = 0, m = 0, s = 0] = (/Duration\s*:\s*(\d+):(\d+):([\d.]+)/.exec(text) ?? []).map(Number)
  return { channels, seconds: h * 3600 + m * 60 + s }
}
