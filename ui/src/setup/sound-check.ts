import { useEffect, useRef, useState } from 'react'
import type { SoundMeasured } from '../../../api/contract/setup.ts'
import { serverNowMs } from '../lib/api.ts'
import { measure } from '../softphone/measure.ts'
import { openMicrophone } from '../softphone/microphone.ts'
import type { EchoCall } from '../softphone/phone.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'

type Result = SoundMeasured['result']
/** Figures of a call to the echo number, so far or at its end. */
export type Figures = Omit<SoundMeasured, 'result'>
export type CheckStage =
  { at: 'idle' } | { at: 'running'; figures: Figures | null } | { at: 'done'; sound: SoundMeasured }

const lookMs = 500
/** So long sound must come back, that figures mean something. */
const measuredMs = 5000
/** A server that says nothing at all for so long does not reach us, or we not it. */
const patienceMs = 12_000

const nothing: Figures = { sent: 0, received: 0, rttMs: null, jitterMs: null, loss: 0, pair: null }

interface Report {
  id: string
  type: string
  kind?: string
  packetsSent?: number
  nominated?: boolean
  state?: string
  localCandidateId?: string
  remoteCandidateId?: string
  candidateType?: string
  protocol?: string
  address?: string
}

/** What a connection has sent, got back, and by which way. */
async function figuresOf(connection: RTCPeerConnection): Promise<Figures> {
  const [counted, stats] = await Promise.all([
    measure(connection, serverNowMs(), false),
    connection.getStats()
  ])
  const reports = new Map<string, Report>()
  stats.forEach((report: Report) => reports.set(report.id, report))
  const all = [...reports.values()]
  const pair = all.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded'
  )
  const near = reports.get(pair?.localCandidateId ?? '')
  const far = reports.get(pair?.remoteCandidateId ?? '')
  const { received, lost, rttMs, jitterMs } = counted
  return {
    sent: all.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio')?.packetsSent ?? 0,
    received,
    rttMs,
    jitterMs,
    loss: received + lost === 0 ? 0 : lost / (received + lost),
    pair:
      near && far
        ? {
            protocol: near.protocol ?? 'udp',
            localKind: near.candidateType ?? '',
            remoteAddress: far.address ?? '',
            remoteKind: far.candidateType ?? ''
          }
        : null
  }
}

/** Calls the echo number and measures, until there is something to judge. */
export function useSoundCheck(onDone: (sound: SoundMeasured) => void): {
  stage: CheckStage
  start: () => void
} {
  const { echo, registration } = useSoftphone()
  const [stage, setStage] = useState<CheckStage>({ at: 'idle' })
  const running = useRef<{ end: () => void } | null>(null)
  useEffect(() => () => running.current?.end(), [])

  const finish = (result: Result, figures: Figures = nothing): void => {
    const sound = { result, ...figures }
    setStage({ at: 'done', sound })
    onDone(sound)
  }

  const call = (microphone: MediaStream, ring: NonNullable<typeof echo>): void => {
    let last = nothing
    let result: Result | null = null
    let connected: RTCPeerConnection | null = null
    let firstBackMs = 0
    let timer: ReturnType<typeof setInterval> | null = null
    let made: EchoCall | null = null
    const end = (why: Result | null): void => {
      result ??= why
      made?.hangup()
    }
    const giveUp = setTimeout(() => {
      const state = connected?.iceConnectionState
      end(state === 'connected' || state === 'completed' ? 'nothingBack' : 'noPath')
    }, patienceMs)
    const take = (figures: Figures): void => {
      last = figures
      setStage({ at: 'running', figures })
      if (figures.received === 0) return
      clearTimeout(giveUp)
      firstBackMs ||= performance.now()
      if (performance.now() - firstBackMs >= measuredMs) end('heard')
    }
    let isOver = false
    running.current = {
      end: () => {
        isOver = true
        end(null)
      }
    }
    made = ring(microphone, {
      onConnected(connection) {
        connected = connection
        timer = setInterval(() => {
          // A connection that closes meanwhile has no figures: the test is over then.
          figuresOf(connection)
            .then(take)
            .catch(() => undefined)
        }, lookMs)
      },
      onEnded(why) {
        clearTimeout(giveUp)
        if (timer) clearInterval(timer)
        for (const track of microphone.getTracks()) track.stop()
        running.current = null
        if (isOver) return
        const usual: Result = last.received > 0 ? 'heard' : 'noPath'
        finish(result ?? (why === 'refused' ? 'refused' : usual), last)
      }
    })
  }

  const start = (): void => {
    if (running.current) return
    if (registration === 'insecure') return finish('insecure')
    if (registration !== 'registered' || !echo) return finish('noServer')
    setStage({ at: 'running', figures: null })
    openMicrophone().then(
      (microphone) => call(microphone, echo),
      () => finish('noMicrophone')
    )
  }
  return { stage, start }
}
