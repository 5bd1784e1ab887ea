import { useEffect, useState } from 'react'
import { MicrophoneError, openMicrophone } from '../softphone/microphone.ts'
import type { Microphone } from '../softphone/state.ts'

export interface OpenMicrophone {
  state: Microphone
  stream: MediaStream | null
  /** Loudness now, 0 … 1, on a scale that follows the ear. */
  level: number
  /** Somebody has spoken since it was opened. */
  hasHeard: boolean
}

const closed: OpenMicrophone = { state: 'unknown', stream: null, level: 0, hasHeard: false }
const lookMs = 80
/** Quiet speech, in decibels below full scale. */
const speechDb = -45
const floorDb = -65

/** Holds the microphone open while shown, and tells how loud it is. Another `id` opens another one. */
export function useMicrophone(id: string): OpenMicrophone {
  const [state, setState] = useState(closed)
  useEffect(() => {
    let isOver = false
    const ends: (() => void)[] = []
    const open = async (): Promise<void> => {
      const stream = await openMicrophone()
      ends.push(() => stream.getTracks().forEach((track) => track.stop()))
      if (isOver) return end()
      const context = new AudioContext()
      ends.push(() => {
        // It may be closing already with the page.
        context.close().catch(() => undefined)
      })
      const analyser = new AnalyserNode(context, { fftSize: 2048 })
      context.createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      setState({ ...closed, state: 'ready', stream })
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        const square = samples.reduce((sum, each) => sum + each * each, 0) / samples.length
        const db = 10 * Math.log10(square + 1e-12)
        const level = Math.min(1, Math.max(0, (db - floorDb) / -floorDb))
        setState((before) => ({ ...before, level, hasHeard: before.hasHeard || db > speechDb }))
      }, lookMs)
      ends.push(() => clearInterval(timer))
    }
    const end = (): void => ends.splice(0).forEach((each) => each())
    open().catch((error: unknown) => {
      if (!isOver) setState({ ...closed, state: error instanceof MicrophoneError ? error.state : 'busy' })
    })
    return () => {
      isOver = true
      end()
    }
  }, [id])
  return state
}
