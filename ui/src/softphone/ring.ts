import type { RingTone } from '../../../api/contract/words.ts'
import { onSoundChoice, soundChoice } from './sound.ts'
import { toDevice, type Sink } from './speaker.ts'

interface Ring {
  wave: OscillatorType
  /** Waves with overtones sound louder than they are. */
  loudness: number
  /** From one beginning to the next, seconds. */
  every: number
  /** Pitch in hertz, beginning and length in seconds. */
  notes: readonly (readonly [number, number, number])[]
}

/** Made on the spot: told apart by melody, pitch, colour and pace, also by somebody who hears one of them alone. */
const rings: Record<RingTone, Ring> = {
  classic: {
    ...{ wave: 'sine', loudness: 1, every: 3 },
    notes: [
      [659.3, 0, 0.5],
      [880, 0.2, 0.7],
      [659.3, 0.75, 0.5],
      [880, 0.95, 0.9]
    ]
  },
  soft: {
    ...{ wave: 'sine', loudness: 0.7, every: 4 },
    notes: [
      [523.3, 0, 1.2],
      [392, 0.45, 1.2],
      [440, 0.9, 1.6]
    ]
  },
  bright: {
    ...{ wave: 'triangle', loudness: 0.9, every: 2.6 },
    notes: [
      [1046.5, 0, 0.25],
      [1318.5, 0.12, 0.25],
      [1568, 0.24, 0.25],
      [2093, 0.36, 0.6],
      [1568, 0.75, 0.25],
      [2093, 0.87, 0.7]
    ]
  },
  low: {
    ...{ wave: 'triangle', loudness: 1, every: 3.2 },
    notes: [
      [220, 0, 0.6],
      [277.2, 0.35, 0.6],
      [329.6, 0.7, 0.9]
    ]
  },
  urgent: {
    ...{ wave: 'square', loudness: 0.35, every: 1.6 },
    notes: [
      [987.8, 0, 0.14],
      [784, 0.16, 0.14],
      [987.8, 0.32, 0.14],
      [784, 0.48, 0.14],
      [987.8, 0.64, 0.22]
    ]
  }
}

let context: AudioContext | null = null
let timer: ReturnType<typeof setInterval> | null = null
/** Gain of a note at full volume. */
const loudest = 0.24

/** Browsers allow sound only after a gesture: the first one anywhere on the page prepares it. */
export function prepareRing(): () => void {
  const wake = (): void => {
    const at = opened()
    // Refused until the page has had a gesture: the next one tries again.
    if (at.state === 'suspended') at.resume().catch(() => undefined)
  }
  window.addEventListener('pointerdown', wake)
  window.addEventListener('keydown', wake)
  return () => {
    window.removeEventListener('pointerdown', wake)
    window.removeEventListener('keydown', wake)
  }
}

function opened(): AudioContext {
  if (!context) {
    context = new AudioContext()
    followChoice(context)
  }
  return context
}

/** The ring has a device of its own: it must be heard when the headset lies on the table. */
function followChoice(at: AudioContext): void {
  const follow = (): void => {
    // Not even the usual device: the screen and the title still tell of the call.
    toDevice(at as Sink, soundChoice().ringer).catch(() => undefined)
  }
  follow()
  onSoundChoice(follow)
}

interface Note {
  frequency: number
  startSeconds: number
  lengthSeconds: number
  wave?: OscillatorType
  loudness?: number
}

function note(
  at: AudioContext,
  { frequency, startSeconds, lengthSeconds, wave = 'sine', loudness = 1 }: Note
): void {
  const tone = at.createOscillator()
  const volume = at.createGain()
  tone.type = wave
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, startSeconds)
  volume.gain.linearRampToValueAtTime(loudest * loudness * soundChoice().ringVolume, startSeconds + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, startSeconds + lengthSeconds)
  tone.connect(volume).connect(at.destination)
  tone.start(startSeconds)
  tone.stop(startSeconds + lengthSeconds)
}

function once(tone: RingTone): void {
  if (context?.state !== 'running' || soundChoice().ringVolume === 0) return
  const now = context.currentTime + 0.02
  const { notes, ...colour } = rings[tone]
  for (const [frequency, at, lengthSeconds] of notes)
    note(context, { ...colour, frequency, startSeconds: now + at, lengthSeconds })
}

/** One ring, for a test of device and volume, or to choose among tones. */
export async function tryRing(tone: RingTone = 'classic'): Promise<void> {
  await opened().resume()
  once(tone)
}

/** Two low notes: something on the wall has turned red. */
export function alarm(): void {
  if (context?.state !== 'running') return
  const now = context.currentTime + 0.02
  note(context, { frequency: 392, startSeconds: now, lengthSeconds: 0.35 })
  note(context, { frequency: 311.1, startSeconds: now + 0.3, lengthSeconds: 0.6 })
}

/** Rings until `stopRing`. */
export function startRing(tone: RingTone): void {
  stopRing()
  once(tone)
  timer = setInterval(() => once(tone), rings[tone].every * 1000)
}

export function stopRing(): void {
  if (timer) clearInterval(timer)
  timer = null
}
