import { onSoundChoice, soundChoice } from './sound.ts'
import { toDevice, type Sink } from './speaker.ts'

/** A soft two-note ring, made on the spot. */
let context: AudioContext | null = null
let timer: ReturnType<typeof setInterval> | null = null
/** Gain of a note at full volume. */
const loudest = 0.24

/** Browsers allow sound only after a gesture: the first one anywhere on the page prepares it. */
export function prepareRing(): () => void {
  const wake = (): void => {
    if (!context) {
      context = new AudioContext()
      followChoice(context)
    }
    // Refused until the page has had a gesture: the next one tries again.
    if (context.state === 'suspended') context.resume().catch(() => undefined)
  }
  window.addEventListener('pointerdown', wake)
  window.addEventListener('keydown', wake)
  return () => {
    window.removeEventListener('pointerdown', wake)
    window.removeEventListener('keydown', wake)
  }
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

function note(at: AudioContext, frequency: number, startSeconds: number, lengthSeconds: number): void {
  const tone = at.createOscillator()
  const volume = at.createGain()
  tone.type = 'sine'
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, startSeconds)
  volume.gain.linearRampToValueAtTime(loudest * soundChoice().ringVolume, startSeconds + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, startSeconds + lengthSeconds)
  tone.connect(volume).connect(at.destination)
  tone.start(startSeconds)
  tone.stop(startSeconds + lengthSeconds)
}

function once(): void {
  if (context?.state !== 'running' || soundChoice().ringVolume === 0) return
  const now = context.currentTime + 0.02
  note(context, 659.3, now, 0.5)
  note(context, 880, now + 0.2, 0.7)
  note(context, 659.3, now + 0.75, 0.5)
  note(context, 880, now + 0.95, 0.9)
}

/** One ring, for a test of device and volume. */
export async function tryRing(): Promise<void> {
  await context?.resume()
  once()
}

/** Two low notes: something on the wall has turned red. */
export function alarm(): void {
  if (context?.state !== 'running') return
  const now = context.currentTime + 0.02
  note(context, 392, now, 0.35)
  note(context, 311.1, now + 0.3, 0.6)
}

export function startRing(): void {
  if (timer) return
  once()
  timer = setInterval(once, 3000)
}

export function stopRing(): void {
  if (timer) clearInterval(timer)
  timer = null
}
