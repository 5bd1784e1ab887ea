import { remember, remembered } from '../lib/storage.ts'

/** Which devices make and take the sound in this browser, and how loud. */
export interface SoundChoice {
  /** Ids of the browser's devices; '' is whatever the computer uses. */
  microphone: string
  speaker: string
  ringer: string
  /** 0 … 1. */
  ringVolume: number
  speakerVolume: number
}

export const usualSound: SoundChoice = {
  microphone: '',
  speaker: '',
  ringer: '',
  ringVolume: 0.7,
  speakerVolume: 1
}

const listeners = new Set<(choice: SoundChoice) => void>()
let chosen: SoundChoice | null = null

const volume = (value: unknown, usual: number): number =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : usual
const device = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Reads what is kept, whatever stands there. */
function read(): SoundChoice {
  try {
    const kept = JSON.parse(remembered('sound') ?? '{}') as Record<string, unknown>
    return {
      microphone: device(kept['microphone']),
      speaker: device(kept['speaker']),
      ringer: device(kept['ringer']),
      ringVolume: volume(kept['ringVolume'], usualSound.ringVolume),
      speakerVolume: volume(kept['speakerVolume'], usualSound.speakerVolume)
    }
  } catch {
    // Not ours, or cut off: the usual devices are right for most.
    return usualSound
  }
}

export const soundChoice = (): SoundChoice => (chosen ??= read())

export function chooseSound(change: Partial<SoundChoice>): void {
  chosen = { ...soundChoice(), ...change }
  remember('sound', JSON.stringify(chosen))
  for (const listener of listeners) listener(chosen)
}

/** Called with every change, also in a talk. */
export function onSoundChoice(listener: (choice: SoundChoice) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
