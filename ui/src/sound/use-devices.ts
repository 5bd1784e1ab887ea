import { useEffect, useState } from 'react'

export interface Devices {
  microphones: MediaDeviceInfo[]
  speakers: MediaDeviceInfo[]
}

const none: Devices = { microphones: [], speakers: [] }
/** Browsers list the usual device a second time under this id. */
const usual = 'default'

/** The sound devices of this computer, as they come and go. Names are empty until the microphone was allowed once. */
export function useDevices(isAllowed: boolean): Devices {
  const [devices, setDevices] = useState(none)
  useEffect(() => {
    let isOver = false
    const read = async (): Promise<void> => {
      const all = await navigator.mediaDevices.enumerateDevices()
      if (isOver) return
      const of = (kind: MediaDeviceKind): MediaDeviceInfo[] =>
        all.filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== usual)
      setDevices({ microphones: of('audioinput'), speakers: of('audiooutput') })
    }
    // A browser that lists no devices uses the usual ones.
    const look = (): void => void read().catch(() => setDevices(none))
    look()
    navigator.mediaDevices.addEventListener('devicechange', look)
    return () => {
      isOver = true
      navigator.mediaDevices.removeEventListener('devicechange', look)
    }
  }, [isAllowed])
  return devices
}
