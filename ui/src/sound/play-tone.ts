import { soundChoice } from '../softphone/sound.ts'
import { toDevice, type Sink } from '../softphone/speaker.ts'

const notes = [523.3, 659.3, 784]
const noteSeconds = 0.28

/** Plays three notes on the chosen speaker, as loud as chosen: what a client's voice will be like. */
export async function playTone(): Promise<void> {
  const { speaker, speakerVolume } = soundChoice()
  const context = new AudioContext()
  await toDevice(context as Sink, speaker)
  const volume = new GainNode(context, { gain: 0.3 * speakerVolume })
  volume.connect(context.destination)
  notes.forEach((frequency, index) => {
    const tone = new OscillatorNode(context, { frequency })
    tone.connect(volume)
    tone.start(context.currentTime + index * noteSeconds)
    tone.stop(context.currentTime + (index + 1) * noteSeconds)
    if (index < notes.length - 1) return
    // It may be closing already with the page.
    tone.addEventListener('ended', () => void context.close().catch(() => undefined))
  })
}
