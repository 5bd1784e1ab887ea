/** A waveform per channel, each a list of values from 0 to 1, and the length of the audio. */
export interface Peaks {
  channels: number[][]
  seconds: number
  /** Stretches in which nobody says anything for long. */
  silences: readonly Silence[]
}

export interface Silence {
  fromSeconds: number
  toSeconds: number
}

/** Shorter pauses belong to how people talk. */
export const leastSilenceSeconds = 1.5
/** Of each side of a silence so much is still played, so that no word begins in the middle. */
const marginSeconds = 0.2
const silenceStepSeconds = 0.1
/** Full scale 1: what a telephone line murmurs stays below. */
const silenceLevel = 0.012

const points = 700
/** Above this the sound is still played and sought by range requests, but not drawn: decoding would take the memory of a film. */
export const drawableSeconds = 3600

function loudest(samples: Float32Array): number[] {
  const size = Math.max(1, Math.floor(samples.length / points))
  const found: number[] = []
  for (let from = 0; from < samples.length; from += size) {
    let peak = 0
    const to = Math.min(samples.length, from + size)
    for (let at = from; at < to; at += 1) peak = Math.max(peak, Math.abs(samples[at] ?? 0))
    found.push(peak)
  }
  return found
}

/** Where all channels stay below the level of speech for long enough to be skipped. */
export function silencesOf(channels: readonly Float32Array[], rate: number): Silence[] {
  const size = Math.max(1, Math.round(rate * silenceStepSeconds))
  const length = Math.max(0, ...channels.map((samples) => samples.length))
  const found: Silence[] = []
  let startedAt: number | null = null
  const end = (at: number): void => {
    if (startedAt !== null && (at - startedAt) / rate >= leastSilenceSeconds) {
      found.push({ fromSeconds: startedAt / rate + marginSeconds, toSeconds: at / rate - marginSeconds })
    }
    startedAt = null
  }
  for (let from = 0; from < length; from += size) {
    if (channels.some((samples) => isLoud(samples, from, from + size))) end(from)
    else startedAt ??= from
  }
  end(length)
  return found
}

function isLoud(samples: Float32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (Math.abs(samples[at] ?? 0) > silenceLevel) return true
  return false
}

/**
 * Loads a recording once more, decodes it and takes the loudest value of each stretch.
 * @throws Error when it cannot be fetched or decoded: then the player works without a picture.
 */
export async function loadPeaks(url: string, signal: AbortSignal): Promise<Peaks> {
  const response = await fetch(url, { credentials: 'same-origin', signal })
  if (!response.ok) throw new Error(`The recording answered ${response.status}`)
  const decoder = new OfflineAudioContext(1, 1, 8000)
  const audio = await decoder.decodeAudioData(await response.arrayBuffer())
  const channels: number[][] = []
  const sounds: Float32Array[] = []
  for (let channel = 0; channel < Math.min(2, audio.numberOfChannels); channel += 1) {
    const samples = audio.getChannelData(channel)
    sounds.push(samples)
    channels.push(loudest(samples))
  }
  const top = Math.max(0.05, ...channels.flat())
  return {
    channels: channels.map((peaks) => peaks.map((peak) => peak / top)),
    seconds: audio.duration,
    silences: silencesOf(sounds, audio.sampleRate)
  }
}
