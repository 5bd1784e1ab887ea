import { inBackground } from '../lib/in-background.ts'

/** A recording under way. */
export interface Recorder {
  /** Ends it. @returns a WAV file, one channel, 16 bits */
  stop(): Promise<Blob>
  cancel(): void
  /** How loud it is now, 0 … 1. */
  level(): number
}

const sampleRate = 48_000

/** Records the microphone. @throws DOMException when the browser does not give it. */
export async function recordSound(): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const recorder = new MediaRecorder(stream)
  const parts: Blob[] = []
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data))
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(stream).connect(analyser)
  const heard = new Float32Array(analyser.fftSize)
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop()
    inBackground(context.close())
  }
  recorder.start()
  return {
    async stop() {
      const ended = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }))
      recorder.stop()
      await ended
      release()
      return toWav(await new Blob(parts).arrayBuffer())
    },
    cancel() {
      recorder.stop()
      release()
    },
    level() {
      analyser.getFloatTimeDomainData(heard)
      return Math.sqrt(heard.reduce((sum, sample) => sum + sample * sample, 0) / heard.length)
    }
  }
}

/** What the browser recorded (webm, mp4) as WAV: every server reads that. */
async function toWav(recorded: ArrayBuffer): Promise<Blob> {
  const decoded = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(recorded)
  return wavOf(decoded.getChannelData(0), decoded.sampleRate)
}

/** A WAV file of samples between -1 and 1. */
export function wavOf(samples: Float32Array, hertz: number): Blob {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const word = (at: number, text: string): void => {
    for (let i = 0; i < text.length; i += 1) view.setUint8(at + i, text.charCodeAt(i))
  }
  word(0, 'RIFF')
  view.setUint32(4, 36 + samples.length * 2, true)
  word(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, hertz, true)
  view.setUint32(28, hertz * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  word(36, 'data')
  view.setUint32(40, samples.length * 2, true)
  samples.forEach((sample, index) => {
    view.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true)
  })
  return new Blob([view.buffer], { type: 'audio/wav' })
}
