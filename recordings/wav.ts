import { open } from 'node:fs/promises'
import { MediaError } from '../media/errors.ts'

/** What a raw file of Asterisk holds. */
export interface RawAudio {
  sampleRate: number
  channels: number
  /** By what lies on the disk: the header of a file whose writer was killed has no length. */
  seconds: number
}

/**
 * Reads a 16-bit PCM WAV by its header and size, without a program for it.
 * @throws MediaError when it is no such file
 */
export async function probeWav(file: string): Promise<RawAudio> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const head = Buffer.alloc(Math.min(size, 4096))
    await handle.read(head, 0, head.length, 0)
    if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
      throw new MediaError(`${file} is no WAV file`)
    }
    let format: { channels: number; sampleRate: number; bits: number } | null = null
    for (let at = 12; at + 8 <= head.length;) {
      const name = head.toString('latin1', at, at + 4)
      const length = head.readUInt32LE(at + 4)
      if (name === 'data') {
        if (format?.bits !== 16) throw new MediaError(`${file} does not hold samples of 16 bits`)
        const frames = Math.floor((size - at - 8) / 2 / format.channels)
        return {
          sampleRate: format.sampleRate,
          channels: format.channels,
          seconds: frames / format.sampleRate
        }
      }
      if (name === 'fmt ' && at + 24 <= head.length) {
        format = {
          channels: head.readUInt16LE(at + 10),
          sampleRate: head.readUInt32LE(at + 12),
          bits: head.readUInt16LE(at + 22)
        }
      }
      at += 8 + length + (length % 2)
    }
    throw new MediaError(`${file} has no audio part`)
  } finally {
    await handle.close()
  }
}
