/** What can be measured of a recording without hearing it. Levels are shares of full scale. */
export interface WaveMeasure {
  readonly hertz: number
  readonly channels: number
  readonly seconds: number
  readonly peak: number
  /** Root mean square over everything, per channel. */
  readonly level: readonly number[]
  /** The share of samples at full scale: more than a few mean clipping. */
  readonly clippedShare: number
}

/**
 * Measures a 16-bit PCM WAV file.
 * @throws Error when the bytes are no such file
 */
export function measureWave(bytes: Buffer): WaveMeasure {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('Not a WAV file')
  }
  const format = chunk(bytes, 'fmt ')
  const data = chunk(bytes, 'data')
  const channels = format.readUInt16LE(2)
  const hertz = format.readUInt32LE(4)
  if (format.readUInt16LE(14) !== 16) throw new Error('Not 16 bits a sample')
  const frames = Math.floor(data.length / 2 / channels)
  const squares = new Array<number>(channels).fill(0)
  let peak = 0
  let clipped = 0
  for (let index = 0; index < frames * channels; index++) {
    const sample = data.readInt16LE(index * 2) / 32_768
    const size = Math.abs(sample)
    if (size > peak) peak = size
    if (size >= 0.9999) clipped++
    squares[index % channels] = (squares[index % channels] ?? 0) + sample * sample
  }
  return {
    hertz,
    channels,
    seconds: frames / hertz,
    peak,
    level: squares.map((sum) => (frames === 0 ? 0 : Math.sqrt(sum / frames))),
    clippedShare: frames === 0 ? 0 : clipped / (frames * channels)
  }
}

function chunk(bytes: Buffer, name: string): Buffer {
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4)
    if (bytes.toString('latin1', at, at + 4) === name) return bytes.subarray(at + 8, at + 8 + size)
    at += 8 + size + (size % 2)
  }
  throw new Error(`The WAV file has no "${name}" part`)
}
