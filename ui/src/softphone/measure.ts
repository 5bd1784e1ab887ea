import type { Measured } from './quality.ts'

/** What matters of the reports of webrtc-stats. */
interface Report {
  type: string
  kind?: string
  packetsReceived?: number
  packetsLost?: number
  jitter?: number
  roundTripTime?: number
  currentRoundTripTime?: number
  nominated?: boolean
  state?: string
  audioLevel?: number
}

const milliseconds = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 10_000) / 10

/** Reads what a connection has counted so far. */
export async function measure(
  connection: RTCPeerConnection,
  atMs: number,
  isMuted: boolean
): Promise<Measured> {
  const reports: Report[] = []
  const stats = await connection.getStats()
  stats.forEach((report: Report) => reports.push(report))
  const incoming = reports.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')
  // What the other side tells of our packets by RTCP; until it does, the path's own probes.
  const told = reports.find(({ type, kind }) => type === 'remote-inbound-rtp' && kind === 'audio')
  const path = reports.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded'
  )
  const source = reports.find(({ type, kind }) => type === 'media-source' && kind === 'audio')
  return {
    atMs,
    received: incoming?.packetsReceived ?? 0,
    lost: Math.max(0, incoming?.packetsLost ?? 0),
    jitterMs: milliseconds(incoming?.jitter),
    rttMs: milliseconds(told?.roundTripTime ?? path?.currentRoundTripTime),
    microphone: source?.audioLevel ?? null,
    isMuted
  }
}
