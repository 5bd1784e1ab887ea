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

/** The samples of a 16-bit mono WAV file. */
export function samplesOf(bytes: Buffer): Int16Array {
  const data = chunk(bytes, 'data')
  const samples = new Int16Array(Math.floor(data.length / 2))
  for (const index of samples.keys()) samples[index] = data.readInt16LE(index * 2)
  return samples
}

/** A 16-bit WAV file of equally long tracks, one a channel. */
export function encodeWave(tracks: readonly Int16Array[], hertz: number): Buffer {
  const channels = tracks.length
  const frames = tracks[0]?.length ?? 0
  const size = frames * channels * 2
  const file = Buffer.alloc(44 + size)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + size, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(channels, 22)
  file.writeUInt32LE(hertz, 24)
  file.writeUInt32LE(hertz * channels * 2, 28)
  file.writeUInt16LE(channels * 2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(size, 40)
  for (const [channel, track] of tracks.entries()) {
    for (const [frame, sample] of track.entries()) {
      file.writeInt16LE(sample, 44 + (frame * channels + channel) * 2)
    }
  }
  return file
}
