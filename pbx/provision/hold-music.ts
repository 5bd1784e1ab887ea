import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../host/setup-error.ts'

const sampleRate = 8000
const noteSeconds = 1.2
/** A slow walk over a pentatonic scale, in hertz: nobody's property, and hard to dislike. */
const melody = [262, 330, 392, 440, 392, 330, 294, 392, 440, 523, 440, 392, 330, 294, 262, 294]

/** Makes music on hold (16-bit mono WAV, 8 kHz) in `folder`, unless some WAV of that name is there. */
export async function ensureHoldMusic(folder: string): Promise<void> {
  const file = join(folder, 'calm.wav')
  try {
    await stat(file)
    return
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await mkdir(folder, { recursive: true })
  await writeFile(`${file}.partial`, wav(samples()))
  await rename(`${file}.partial`, file)
}

function samples(): Int16Array {
  const perNote = Math.round(noteSeconds * sampleRate)
  const all = new Int16Array(perNote * melody.length)
  for (const [index, frequency] of melody.entries()) {
    for (let at = 0; at < perNote; at += 1) {
      const seconds = at / sampleRate
      const fade = Math.min(1, seconds / 0.08) * Math.exp(-2.2 * seconds)
      const tone =
        Math.sin(2 * Math.PI * frequency * seconds) + 0.3 * Math.sin(4 * Math.PI * frequency * seconds)
      all[index * perNote + at] = Math.round(5500 * fade * tone)
    }
  }
  return all
}

function wav(audio: Int16Array): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + audio.byteLength, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(audio.byteLength, 40)
  return Buffer.concat([header, Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength)])
}
