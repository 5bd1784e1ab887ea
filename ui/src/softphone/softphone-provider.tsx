import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  type ReactNode
} from 'react'
import type { Softphone as PhoneAccount } from '../../../api/contract/config.ts'
import { api, ApiError, serverNowMs } from '../lib/api.ts'
import { useMe } from '../session/session.ts'
import { knownMicrophone, tryMicrophone } from './microphone.ts'
import type { EchoCall, EchoEvents, LegMeasured, Phone } from './phone.ts'
import { prepareRing } from './ring.ts'
import { leavesTalk } from './rejoin.ts'
import { idlePhone, reducePhone, type SoftphoneState } from './state.ts'
import { lockSoftphone, type TabLock } from './tab-lock.ts'
import { inBackground } from '../lib/in-background.ts'

export interface Softphone extends SoftphoneState {
  /** This user answers here, not on a desk phone. */
  isBrowserPhone: boolean
  answer: () => void
  decline: () => void
  hangup: () => void
  setMuted: (isMuted: boolean) => void
  press: (digit: string) => void
  allowMicrophone: () => void
  /** A call to ourselves for a test of devices and network; null while there is no telephone. */
  echo: ((microphone: MediaStream, on: EchoEvents) => EchoCall) | null
  /** False when the other tab is in a call. */
  takeOver: () => Promise<boolean>
}

const SoftphoneContext = createContext<Softphone | null>(null)

const retryMs = 4000

/** What was measured of a leg belongs to the call's record. */
function tellQuality({ callId, ...measured }: LegMeasured): void {
  // One that could not be told is no loss for anybody.
  api('POST', `/api/calls/${callId}/quality`, measured).catch(() => undefined)
}

/** Asks for the account until the server gives it; null when this user may not have a softphone. */
async function fetchAccount(signal: AbortSignal): Promise<PhoneAccount | null> {
  while (!signal.aborted) {
    try {
      return await api<PhoneAccount>('GET', '/api/me/softphone')
    } catch (error) {
      const status = error instanceof ApiError ? error.problem.status : 0
      if (status >= 400 && status < 500) return null
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
  return null
}

/** The phone of the signed-in user, on every page: a call may come while they read the journal. */
export function SoftphoneProvider({ children }: { children: ReactNode }) {
  const me = useMe()
  const isBrowserPhone = me.device === 'browser' && me.role !== 'marketer'
  const [state, dispatch] = useReducer(reducePhone, idlePhone)
  const [phone, setPhone] = useState<Phone | null>(null)
  const lock = useRef<TabLock | null>(null)
  const isInCall = useRef(false)
  useEffect(() => {
    isInCall.current = state.call !== null
  }, [state.call])

  useEffect(() => (isBrowserPhone ? prepareRing() : undefined), [isBrowserPhone])

  useEffect(() => {
    if (!isBrowserPhone) return
    const now = serverNowMs
    if (!window.isSecureContext || !('mediaDevices' in navigator)) {
      // Browsers give the microphone (and locks) only to https and to this very machine.
      dispatch({ type: 'registration', value: 'insecure', atMs: now() })
      return
    }
    const stop = new AbortController()
    let opened: Phone | null = null
    const close = (): void => {
      opened?.close()
      opened = null
      setPhone(null)
    }
    // Says goodbye while the connection still stands: else the client would talk to nobody until the PBX notices the
    // silence, fifteen seconds later.
    const leave = (): void => {
      if (!leavesTalk()) close()
    }
    /** A page taken back from the browser's cache has no telephone any more. */
    const back = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload()
    }
    window.addEventListener('pagehide', leave)
    window.addEventListener('pageshow', back)
    const start = async (): Promise<void> => {
      dispatch({ type: 'registration', value: 'connecting', atMs: now() })
      const [account, port, microphone] = await Promise.all([
        fetchAccount(stop.signal),
        import('./phone.ts'),
        knownMicrophone()
      ])
      if (stop.signal.aborted || opened) return
      dispatch({ type: 'microphone', value: microphone, atMs: now() })
      if (!account) {
        dispatch({ type: 'registration', value: 'refused', atMs: now() })
        return
      }
      opened = port.createPhone(tellQuality)
      opened.on(dispatch)
      opened.connect(account)
      setPhone(opened)
    }
    lock.current = lockSoftphone(me.id, {
      onHeld: () => {
        start().catch(() => dispatch({ type: 'registration', value: 'lost', atMs: now() }))
      },
      onElsewhere: () => {
        close()
        dispatch({ type: 'registration', value: 'elsewhere', atMs: now() })
      },
      isInCall: () => isInCall.current
    })
    return () => {
      stop.abort()
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('pageshow', back)
      lock.current?.release()
      lock.current = null
      close()
      dispatch({ type: 'registration', value: 'off', atMs: now() })
    }
  }, [isBrowserPhone, me.id])

  useEffect(() => {
    if (!state.call || state.call.phase === 'ringing') return
    // The page must not close in a talk by a slip of the hand.
    const guard = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', guard)
    return () => window.removeEventListener('beforeunload', guard)
  }, [state.call])

  const { call, registration } = state
  const hangup = useCallback(() => {
    if (!call) return
    phone?.hangup(call.key)
    // Without its connection the phone cannot say goodbye itself: the server can.
    if (registration !== 'registered' && call.callId) {
      api('POST', `/api/calls/${call.callId}/hangup`).catch(() => undefined)
    }
  }, [phone, call, registration])

  const value = useMemo<Softphone>(
    () => ({
      ...state,
      isBrowserPhone,
      answer: () => {
        if (call) inBackground(phone?.answer(call.key))
      },
      decline: () => {
        if (call) phone?.decline(call.key)
      },
      hangup,
      setMuted: (isMuted) => {
        if (call) phone?.mute(call.key, isMuted)
      },
      press: (digit) => {
        if (call) phone?.dtmf(call.key, digit)
      },
      allowMicrophone: () => {
        inBackground(
          tryMicrophone().then((result) =>
            dispatch({ type: 'microphone', value: result, atMs: serverNowMs() })
          )
        )
      },
      echo: phone && !call ? (microphone, on) => phone.echo(microphone, on) : null,
      takeOver: () => lock.current?.takeOver() ?? Promise.resolve(false)
    }),
    [state, isBrowserPhone, call, phone, hangup]
  )
  return <SoftphoneContext value={value}>{children}</SoftphoneContext>
}

export function useSoftphone(): Softphone {
  const softphone = useContext(SoftphoneContext)
  if (!softphone) throw new Error('Used outside the softphone')
  return softphone
}
