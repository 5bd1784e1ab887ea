import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MediaError, UploadError } from './errors.ts'
import { formats } from './places.ts'
import { acceptedFormats, sniff } from './sniff.ts'
import { tool } from './tools.ts'
import type { MediaCommand } from './tools.ts'

export const largestUploadBytes = 20 * 1024 ** 2
export const longestUploadSeconds = 10 * 60

/** What a prompt is brought to: RMS of its loud parts, in dB of full scale, as loud as our own prompts. */
const wantedDb = -20
const timeoutMs = 120_000
/** Beside calls, an upload waits. */
const niceness = 10

/**
 * Turns an uploaded file into the two files of a sound, `<target>.{wav,wav16}`: mono, even loudness, never clipped. They
 * replace what was there in one step each; a file that is refused leaves nothing behind.
 * @returns its length in seconds
 * @throws UploadError
 */
export async function convertUpload(
  command: MediaCommand,
  bytes: Buffer,
  target: string
): Promise<{ seconds: number }> {
  const sniffed = sniff(bytes.subarray(0, 300))
  if ('refused' in sniffed) {
    throw new UploadError('format', `This is ${sniffed.refused}. Accepted are ${acceptedFormats}.`)
  }
  await mkdir(dirname(target), { recursive: true })
  const partial = join(dirname(target), `.${randomUUID()}.partial`)
  const [source, plain] = [`${partial}.upload`, `${partial}.plain`]
  const files = formats.map(({ ending, hertz }) => ({ ending, hertz, file: `${partial}.${ending}` }))
  const sox = (...args: string[]): ReturnType<typeof tool> =>
    tool(command, 'sox', ['-V1', ...args], { timeoutMs, niceness })
  const mono16 = ['-t', 'wav', '-b', '16', '-e', 'signed-integer', '-c', '1', '-r']
  try {
    await writeFile(source, bytes, { mode: 0o600 })
    // A second more than is allowed is enough to know; a small file can unpack to many hours.
    const limit = ['trim', '0', String(longestUploadSeconds + 1)]
    const shape = ['remix', '-', 'rate', '16000', 'highpass', '60']
    try {
      await sox('-t', sniffed.format, source, ...mono16, '16000', plain, ...limit, ...shape)
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      throw new UploadError('unreadable', 'The file is damaged, or is not the audio that it begins as.', {
        cause: error
      })
    }
    const seconds = secondsOf((await stat(plain)).size)
    if (seconds > longestUploadSeconds) {
      throw new UploadError('tooLong', `It is longer than ${longestUploadSeconds / 60} minutes.`)
    }
    const gain = await gainFor(sox, plain)
    for (const { file, hertz } of files) {
      const level = ['rate', String(hertz), 'gain', '-l', gain, 'gain', '-1']
      await sox('-t', 'wav', plain, ...mono16, String(hertz), file, ...level)
    }
    for (const { file, ending } of files) await rename(file, `${target}.${ending}`)
    return { seconds }
  } finally {
    await Promise.all(
      [source, plain, ...files.map(({ file }) => file)].map((file) => rm(file, { force: true }))
    )
  }
}

/** Removes the files of a sound. */
export async function removeSound(target: string): Promise<void> {
  await Promise.all(formats.map(({ ending }) => rm(`${target}.${ending}`, { force: true })))
}

/** The gain in dB that makes its loud parts as loud as all prompts. @throws UploadError when nothing is to be heard */
async function gainFor(sox: (...args: string[]) => ReturnType<typeof tool>, file: string): Promise<string> {
  // Pauses are left out, or a speaker who thinks would become loud.
  const pauses = ['silence', '1', '0.02', '0.3%', '-1', '0.2', '0.3%']
  const { stderr } = await sox('-t', 'wav', file, '-n', ...pauses, 'stats')
  const level = Number(/^RMS lev dB\s+(-?[\d.]+)/m.exec(stderr)?.[1])
  if (Number.isNaN(level) || level < -60)
    throw new UploadError('silent', 'There is nothing to be heard in it.')
  return Math.max(-30, Math.min(40, wantedDb - level)).toFixed(1)
}

/** Length of a 16 kHz mono file of 16 bits by its size, which sox has just written. */
const secondsOf = (size: number): number => Math.max(0, size - 44) / 32_000
