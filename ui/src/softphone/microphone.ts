import { remembered } from '../lib/storage.ts'
import { soundChoice } from './sound.ts'
import type { Microphone } from './state.ts'

/** Why there is no sound from this side. */
export class MicrophoneError extends Error {
  readonly state: Exclude<Microphone, 'unknown' | 'ready'>
  constructor(state: Exclude<Microphone, 'unknown' | 'ready'>, cause: unknown) {
    super(`The microphone is ${state}`, { cause })
    this.state = state
  }
}

/** How we ask for the microphone. `ringtrace.rawMicrophone=1` in localStorage leaves the sound as it is, for device tests. */
export function microphoneConstraints(): MediaStreamConstraints {
  const isClean = remembered('rawMicrophone') !== '1'
  const { microphone } = soundChoice()
  return {
    audio: {
      echoCancellation: isClean,
      noiseSuppression: isClean,
      autoGainControl: isClean,
      // A wish, not a demand: a headset that was pulled out must not keep anybody from answering.
      ...(microphone !== '' && { deviceId: { ideal: microphone } })
    },
    video: false
  }
}

/**
 * The only place that opens the microphone. The caller stops the tracks.
 * @throws MicrophoneError `blocked` by the person or the browser, `missing`, or `busy` with another program.
 */
export async function openMicrophone(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(microphoneConstraints())
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'NotAllowedError' || name === 'SecurityError') throw new MicrophoneError('blocked', error)
    if (name === 'NotFoundError' || name === 'OverconstrainedError')
      throw new MicrophoneError('missing', error)
    throw new MicrophoneError('busy', error)
  }
}

/** Asks for the microphone once and lets it go: so that the browser's question does not come while a client waits. */
export async function tryMicrophone(): Promise<Microphone> {
  try {
    const stream = await openMicrophone()
    for (const track of stream.getTracks()) track.stop()
    return 'ready'
  } catch (error) {
    return error instanceof MicrophoneError ? error.state : 'busy'
  }
}

/** What the browser already knows, without asking anybody. */
export async function knownMicrophone(): Promise<Microphone> {
  try {
    const permission = await navigator.permissions.query({ name: 'microphone' })
    if (permission.state === 'denied') return 'blocked'
    if (permission.state === 'prompt') return 'unknown'
    const devices = await navigator.mediaDevices.enumerateDevices()
    return devices.some((device) => device.kind === 'audioinput') ? 'ready' : 'missing'
  } catch {
    // Browsers without this query ask when the microphone is first opened.
    return 'unknown'
  }
}
