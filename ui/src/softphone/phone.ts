import { UA, WebSocketInterface, C, debug } from 'jssip'
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA'
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { Softphone as PhoneAccount } from '../../../api/contract/config.ts'
import { serverNowMs } from '../lib/api.ts'
import { MicrophoneError, openMicrophone } from './microphone.ts'
import type { LastCall, PhoneEvent } from './state.ts'

/** An event without its time: the port adds it. */
type Told = PhoneEvent extends infer E ? (E extends { atMs: number } ? Omit<E, 'atMs'> : never) : never

/** A browser phone with one line. What happens to it comes as events; the screen never sees SIP. */
export interface Phone {
  /** Connects and registers, and keeps doing so until `close`. */
  connect(account: PhoneAccount): void
  /** Registers again now, without waiting for the next refresh. */
  register(): void
  /** Opens the microphone and answers. On failure `microphone` and `answerFailed` say why, and it rings on. */
  answer(key: string): Promise<void>
  /** Says no for this operator; the scheme goes on to the next. */
  decline(key: string): void
  hangup(key: string): void
  mute(key: string, isMuted: boolean): void
  /** One of 0–9, * and #, sent as an RFC 4733 event. */
  dtmf(key: string, digit: string): void
  /** Unregisters and forgets everything. */
  close(): void
  on(listener: (event: PhoneEvent) => void): () => void
}

/** Candidates come within milliseconds of one another; waiting for TCP ones would cost 100 ms of silence. */
const gatheringMs = 50

interface Line {
  key: string
  session: RTCSession
  microphone: MediaStream | null
}

/** JsSIP behind the port. Nothing happens before `connect`. */
export function createPhone(): Phone {
  const listeners = new Set<(event: PhoneEvent) => void>()
  let ua: UA | null = null
  let line: Line | null = null
  let isRegistered = false
  const speaker = new Audio()
  speaker.autoplay = true
  debug.disable()

  const tell = (told: Told): void => {
    const event: PhoneEvent = { ...told, atMs: serverNowMs() }
    for (const listener of listeners) listener(event)
  }
  const lineOf = (key: string): Line | null => (line?.key === key ? line : null)

  const letGo = (key: string, by: LastCall['by']): void => {
    const gone = lineOf(key)
    if (!gone) return
    for (const track of gone.microphone?.getTracks() ?? []) track.stop()
    speaker.srcObject = null
    line = null
    tell({ type: 'ended', key, by })
  }

  const incoming = (event: IncomingRTCSessionEvent): void => {
    const { session, request } = event
    if (line) {
      session.terminate({ status_code: 486 })
      return
    }
    const key = session.id
    line = { key, session, microphone: null }
    const header: unknown = request.getHeader('X-Ringtrace-Call')
    const callId = typeof header === 'string' ? header : null
    const from = (request.from as { uri?: { user?: string } } | undefined)?.uri?.user ?? null
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', (track: RTCTrackEvent) => {
        speaker.srcObject = track.streams[0] ?? new MediaStream([track.track])
        // Answering was a gesture, so the browser lets it play; if not, there is nobody to ask.
        speaker.play().catch(() => undefined)
      })
    })
    let timer: ReturnType<typeof setTimeout> | null = null
    session.on('icecandidate', ({ ready }) => {
      if (timer) clearTimeout(timer)
      timer = setTimeout(ready, gatheringMs)
    })
    session.on('accepted', () => tell({ type: 'accepted', key }))
    session.on('muted', () => tell({ type: 'muted', key, isMuted: true }))
    session.on('unmuted', () => tell({ type: 'muted', key, isMuted: false }))
    session.on('ended', (end: EndEvent) => letGo(key, String(end.originator) === 'local' ? 'near' : 'far'))
    session.on('failed', (end: EndEvent) => {
      const who = String(end.originator)
      letGo(key, who === 'local' ? 'near' : who === 'remote' ? 'far' : 'failed')
    })
    tell({ type: 'incoming', key, callId, from })
  }

  return {
    connect(account) {
      if (ua) return
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      const socket = new WebSocketInterface(`${scheme}://${location.host}${account.wsPath}`)
      ua = new UA({
        sockets: [socket],
        uri: account.uri,
        authorization_user: account.authUser,
        password: account.secret,
        session_timers: false,
        register_expires: 120,
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 8,
        no_answer_timeout: 180,
        user_agent: 'Ringtrace'
      })
      ua.on('connecting', () => {
        if (!isRegistered) tell({ type: 'registration', value: 'connecting' })
      })
      ua.on('registered', () => {
        isRegistered = true
        tell({ type: 'registration', value: 'registered' })
      })
      ua.on('unregistered', () => tell({ type: 'registration', value: 'lost' }))
      ua.on('disconnected', () => tell({ type: 'registration', value: 'lost' }))
      ua.on('registrationFailed', ({ cause }) => {
        const isRefused = cause === C.causes.AUTHENTICATION_ERROR || cause === C.causes.REJECTED
        tell({ type: 'registration', value: isRefused ? 'refused' : 'lost' })
        // A restarted PBX may not know us yet: the account itself is right, the server gave it to us.
        setTimeout(() => ua?.register(), 5000)
      })
      ua.on('newRTCSession', (event: RTCSessionEvent) => {
        if (String(event.originator) === 'remote') incoming(event as IncomingRTCSessionEvent)
      })
      tell({ type: 'registration', value: 'connecting' })
      ua.start()
    },
    register() {
      ua?.register()
    },
    async answer(key) {
      const answered = lineOf(key)
      if (!answered || answered.session.isEstablished()) return
      tell({ type: 'answering', key })
      try {
        const stream = await openMicrophone()
        if (!lineOf(key)) {
          // The caller left while the browser asked about the microphone.
          for (const track of stream.getTracks()) track.stop()
          return
        }
        answered.microphone = stream
        tell({ type: 'microphone', value: 'ready' })
        answered.session.answer({ mediaStream: stream, pcConfig: { iceServers: [] } })
      } catch (error) {
        if (error instanceof MicrophoneError) tell({ type: 'microphone', value: error.state })
        tell({ type: 'answerFailed', key })
      }
    },
    decline(key) {
      lineOf(key)?.session.terminate({ status_code: 603 })
    },
    hangup(key) {
      const ending = lineOf(key)
      if (ending && !ending.session.isEnded()) ending.session.terminate()
    },
    mute(key, isMuted) {
      const session = lineOf(key)?.session
      if (isMuted) session?.mute({ audio: true })
      else session?.unmute({ audio: true })
    },
    dtmf(key, digit) {
      const session = lineOf(key)?.session
      if (!session?.isEstablished() || !/^[0-9*#]$/.test(digit)) return
      session.sendDTMF(digit, { transportType: C.DTMF_TRANSPORT.RFC2833 })
      tell({ type: 'digit', key, digit })
    },
    close() {
      if (line) {
        const { key, session } = line
        if (!session.isEnded()) session.terminate()
        letGo(key, 'near')
      }
      ua?.stop()
      ua?.removeAllListeners()
      ua = null
      listeners.clear()
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
