/** Sound for tests: tones as G.711 µ-law, and how loud one frequency is in samples. */

const rate = 8000

/** 20 ms of a sine at `hz`, continuing at packet number `index`, as µ-law bytes. */
export function tonePacket(hz: number, index: number): Buffer {
  const packet = Buffer.alloc(160)
  for (let i = 0; i < 160; i++) {
    packet[i] = encodeUlaw(Math.round(16_000 * Math.sin((2 * Math.PI * hz * (index * 160 + i)) / rate)))
  }
  return packet
}

/** A fifth of a second. */
const stretch = rate / 5

/**
 * Amplitude of `hz` in 16-bit samples, full scale 1: the mean over stretches of a fifth of a second. Over the whole, what
 * follows a packet that came late would be out of phase with what was before, and take away from it.
 */
export function loudness(samples: Int16Array, hz: number): number {
  const count = Math.max(1, Math.floor(samples.length / stretch))
  const size = Math.min(stretch, samples.length)
  const parts = Array.from({ length: count }, (_, i) => samples.subarray(i * size, (i + 1) * size))
  return parts.reduce((sum, part) => sum + goertzel(part, hz), 0) / count
}

function goertzel(samples: Int16Array, hz: number): number {
  const k = 2 * Math.cos((2 * Math.PI * hz) / rate)
  let a = 0
  let b = 0
  for (const sample of samples) {
    const next = sample / 32_768 + k * a - b
    b = a
    a = next
  }
  return (2 * Math.sqrt(Math.max(0, a * a + b * b - k * a * b))) / Math.max(1, samples.length)
}

/** Samples of a mono 16-bit WAV file, its header skipped. */
export function wavSamples(file: Buffer): Int16Array {
  const data = file.subarray(file.indexOf('data') + 8)
  return Int16Array.from({ length: data.length >> 1 }, (_, i) => data.readInt16LE(i * 2))
}

export function decodeUlaw(bytes: Buffer): Int16Array {
  return Int16Array.from(bytes, (byte) => {
    const u = ~byte & 0xff
    const magnitude = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4)
    return u & 0x80 ? 0x84 - magnitude : magnitude - 0x84
  })
}

function encodeUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(32_635, Math.abs(sample)) + 0x84
  const exponent = 31 - Math.clz32(magnitude) - 7
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

/** Payloads of one key press of 160 ms by RFC 4733, one per 20 ms; the end is said three times. */
export function keyEvents(digit: string): Buffer[] {
  const event = '0123456789*#'.indexOf(digit)
  if (event < 0) throw new Error(`There is no key ${digit}`)
  return Array.from({ length: 11 }, (_, index) => {
    const payload = Buffer.alloc(4)
    payload.writeUInt8(event, 0)
    payload.writeUInt8(index < 8 ? 0x0a : 0x8a, 1)
    payload.writeUInt16BE(Math.min(index + 1, 8) * 160, 2)
    return payload
  })
}
