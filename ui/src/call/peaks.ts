/** A waveform per channel, each a list of values from 0 to 1, and the length of the audio. */
export interface Peaks {
  channels: number[][]
  seconds: number
}

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
  for (let channel = 0; channel < Math.min(2, audio.numberOfChannels); channel += 1) {
    channels.push(loudest(audio.getChannelData(channel)))
  }
  const top = Math.max(0.05, ...channels.flat())
  return { channels: channels.map((peaks) => peaks.map((peak) => peak / top)), seconds: audio.duration }
}
