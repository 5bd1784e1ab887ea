import { readFile, writeFile } from 'node:fs/promises'
import { loudness } from '../../ari/tone.ts'

const sampleRate = 8000

/** Writes raw G.711 µ-law audio of one steady tone, as SIPp's `rtp_stream` wants it. */
export async function writeMuLawTone(file: string, frequency: number, seconds: number): Promise<void> {
  const bytes = Buffer.alloc(seconds * sampleRate)
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = muLaw(Math.round(12_000 * Math.sin((2 * Math.PI * frequency * at) / sampleRate)))
  }
  await writeFile(file, bytes)
}

function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(32_635, Math.abs(sample)) + 0x84
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | mantissa) & 0xff
}

/** How strongly a tone sounds in the middle half of a WAV file (16-bit mono): 0 to 1 of full scale. */
export async function loudnessOf(file: string, frequency: number): Promise<number> {
  const samples = await samplesOf(file)
  const part = samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4))
  return loudness(part, frequency)
}

/** Length of a WAV file (16-bit mono, 8 kHz) in seconds. */
export async function secondsOf(file: string): Promise<number> {
  return (await samplesOf(file)).length / sampleRate
}

async function samplesOf(file: string): Promise<Int16Array> {
  const bytes = await readFile(file)
  const count = Math.max(0, Math.floor((bytes.length - 44) / 2))
  return Int16Array.from({ length: count }, (_unused, index) => bytes.readInt16LE(44 + index * 2))
}
