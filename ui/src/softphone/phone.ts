import { UA, WebSocketInterface, C, debug } from 'jssip'
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA'
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { Softphone as PhoneAccount } from '../../../api/contract/config.ts'
import { serverNowMs } from '../lib/api.ts'
import { measure } from './measure.ts'
import { MicrophoneError, openMicrophone } from './microphone.ts'
import { keepPath } from './path.ts'
import { createQuality, type QualitySummary } from './quality.ts'
import { openSpeaker } from './speaker.ts'
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
  /** Calls the number that sends back what it hears, for a test of the devices and the network. */
  echo(microphone: MediaStream, on: EchoEvents): EchoCall
  /** Unregisters and forgets everything. */
  close(): void
  on(listener: (event: PhoneEvent) => void): () => void
}

/** Candidates come within milliseconds of one another; waiting for TCP ones would cost 100 ms of silence. */
const gatheringMs = 50

/** How often a leg is measured. */
const measureMs = 1000
/** Of the dialplan: it sends back what it hears. */
const echoNumber = '*43'

interface Line {
  key: string
  callId: string | null
  session: RTCSession
  microphone: MediaStream | null
  quality: ReturnType<typeof createQuality>
  isMuted: boolean
  reconnects: number
  ends: (() => void)[]
}

/** What was measured of a leg that had a talk. */
export interface LegMeasured extends QualitySummary {
  callId: string
  reconnects: number
}

export interface EchoEvents {
  onConnected: (connection: RTCPeerConnection) => void
  onEnded: (why: 'near' | 'refused' | 'failed' | 'far') => void
}
export interface EchoCall {
  hangup(): void
}

/** JsSIP behind the port. Nothing happens before `connect`. */
export function createPhone(onMeasured: (measured: LegMeasured) => void): Phone {
  const listeners = new Set<(event: PhoneEvent) => void>()
  let ua: UA | null = null
  let line: Line | null = null
  let isRegistered = false
  let echo: RTCSession | null = null
  const speaker = openSpeaker()
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
    for (const end of gone.ends) end()
    speaker.play(null)
    line = null
    const measured = gone.quality.summary()
    if (gone.callId !== null && measured.seconds > 0)
      onMeasured({ ...measured, callId: gone.callId, reconnects: gone.reconnects })
    tell({ type: 'ended', key, by })
  }

  /** Measures the leg once a second until it ends. */
  const watchQuality = (own: Line): (() => void) => {
    const look = async (): Promise<void> => {
      const { connection } = own.session
      // The library forgets it with the end of the session.
      if (!connection || !lineOf(own.key)) return
      const quality = own.quality.add(await measure(connection, serverNowMs(), own.isMuted))
      if (lineOf(own.key)) tell({ type: 'quality', key: own.key, quality })
    }
    // A connection that closes while it is asked has no figures: the talk is over then.
    const timer = setInterval(() => {
      look().catch(() => undefined)
    }, measureMs)
    return () => clearInterval(timer)
  }

  /** Without a connection to the server the request would end the call instead of saving it. */
  const findNewPath = ({ session }: Line): boolean =>
    isRegistered &&
    ua?.isConnected() === true &&
    session.isEstablished() &&
    session.renegotiate({ rtcOfferConstraints: { iceRestart: true } })

  const incoming = (event: IncomingRTCSessionEvent): void => {
    const { session, request } = event
    if (line) {
      session.terminate({ status_code: 486 })
      return
    }
    // A client goes before a test.
    echo?.terminate()
    const key = session.id
    const header: unknown = request.getHeader('X-Ringtrace-Call')
    const callId = typeof header === 'string' ? header : null
    const own: Line = {
      ...{ key, callId, session, microphone: null, quality: createQuality() },
      ...{ isMuted: false, reconnects: 0, ends: [] }
    }
    line = own
    const from = (request.from as { uri?: { user?: string } } | undefined)?.uri?.user ?? null
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', (track: RTCTrackEvent) => {
        speaker.play(track.streams[0] ?? new MediaStream([track.track]))
      })
      own.ends.push(
        keepPath(
          peerconnection,
          () => findNewPath(own),
          (isLost) => {
            if (!isLost) own.reconnects += 1
            tell({ type: 'path', key, isLost })
          }
        )
      )
    })
    let timer: ReturnType<typeof setTimeout> | null = null
    session.on('icecandidate', ({ ready }) => {
      if (timer) clearTimeout(timer)
      timer = setTimeout(ready, gatheringMs)
    })
    session.on('accepted', () => {
      tell({ type: 'accepted', key })
      own.ends.push(watchQuality(own))
    })
    const muted = (isMuted: boolean): void => {
      own.isMuted = isMuted
      tell({ type: 'muted', key, isMuted })
    }
    session.on('muted', () => muted(true))
    session.on('unmuted', () => muted(false))
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
      const lost = (): void => {
        isRegistered = false
        tell({ type: 'registration', value: 'lost' })
      }
      ua.on('unregistered', lost)
      ua.on('disconnected', lost)
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
    echo(microphone, { onConnected, onEnded }) {
      if (!ua || line) {
        onEnded('refused')
        return { hangup: () => undefined }
      }
      const session = ua.call(echoNumber, {
        mediaStream: microphone,
        pcConfig: { iceServers: [] },
        rtcOfferConstraints: { offerToReceiveAudio: true }
      })
      echo = session
      const { connection } = session
      connection.addEventListener('track', (track: RTCTrackEvent) => {
        speaker.play(track.streams[0] ?? new MediaStream([track.track]))
      })
      let timer: ReturnType<typeof setTimeout> | null = null
      session.on('icecandidate', ({ ready }) => {
        if (timer) clearTimeout(timer)
        timer = setTimeout(ready, gatheringMs)
      })
      const ended = (why: 'near' | 'refused' | 'failed' | 'far'): void => {
        if (echo === session) echo = null
        if (!line) speaker.play(null)
        onEnded(why)
      }
      session.on('confirmed', () => onConnected(connection))
      session.on('ended', (end: EndEvent) => ended(String(end.originator) === 'local' ? 'near' : 'far'))
      session.on('failed', (end: EndEvent) => {
        const who = String(end.originator)
        ended(who === 'local' ? 'near' : who === 'remote' ? 'refused' : 'failed')
      })
      return {
        hangup: () => {
          if (!session.isEnded()) session.terminate()
        }
      }
    },
    close() {
      echo?.terminate()
      if (line) {
        const { key, session } = line
        if (!session.isEnded()) session.terminate()
        letGo(key, 'near')
      }
      speaker.close()
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
