import { onSoundChoice, soundChoice } from './sound.ts'

/** What can play on a device of choice; browsers without the choice lack the method. */
export type Sink = { setSinkId?: (id: string) => Promise<void> }

/**
 * Sends sound to a chosen device. A device that was pulled out, and a browser that cannot choose, mean the usual one:
 * the client must be heard in any case.
 */
export async function toDevice(target: Sink, id: string): Promise<void> {
  if (!target.setSinkId) return
  try {
    await target.setSinkId(id)
  } catch {
    // It is gone: the usual one takes over.
    await target.setSinkId('')
  }
}

/** A speaker on the chosen device and as loud as chosen, also when the choice changes in a talk. */
export function openSpeaker(): { play(stream: MediaStream | null): void; close(): void } {
  const speaker = new Audio()
  speaker.autoplay = true
  const follow = (): void => {
    const { speaker: id, speakerVolume } = soundChoice()
    speaker.volume = speakerVolume
    // Not even the usual device: there is no sound then, and nobody to ask.
    toDevice(speaker as Sink, id).catch(() => undefined)
  }
  follow()
  const stop = onSoundChoice(follow)
  return {
    play(stream) {
      speaker.srcObject = stream
      // Answering was a gesture, so the browser lets it play; if not, there is nobody to ask.
      if (stream) speaker.play().catch(() => undefined)
    },
    close() {
      stop()
      speaker.srcObject = null
    }
  }
}
