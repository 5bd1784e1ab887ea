import type { Quality } from './quality.ts'

/**
 * The softphone as the screen shows it.
 *
 *   off ─► connecting ─► registered ◄──► lost (comes back by itself)
 *                  └───► refused          elsewhere: another tab holds the phone
 *
 *   no call ─► ringing ─► answering ─► talking ─► no call
 */
export type Registration = 'off' | 'connecting' | 'registered' | 'lost' | 'refused' | 'elsewhere' | 'insecure'
export type Microphone = 'unknown' | 'ready' | 'blocked' | 'missing' | 'busy'

export interface PhoneCall {
  /** The port's name for the session. */
  key: string
  /** Our call id, from the INVITE's `X-Ringtrace-Call`; null when it carried none. */
  callId: string | null
  from: string | null
  phase: 'ringing' | 'answering' | 'talking'
  sinceMs: number
  answeredMs: number | null
  isMuted: boolean
  /** Keys pressed in the talk. */
  pressed: string
  /** How it sounds now; null until it was measured. */
  quality: Quality | null
  /** The sound has no way at this moment; a new one is being found. */
  isPathLost: boolean
}

export interface LastCall {
  callId: string | null
  /** `far`: the caller or the PBX; `near`: this operator; `failed`: no sound path, or an error. */
  by: 'far' | 'near' | 'failed'
  wasTalking: boolean
  seconds: number
  endedMs: number
}

export interface SoftphoneState {
  registration: Registration
  microphone: Microphone
  call: PhoneCall | null
  last: LastCall | null
}

export type PhoneEvent = { atMs: number } & (
  | { type: 'registration'; value: Registration }
  | { type: 'microphone'; value: Microphone }
  | { type: 'incoming'; key: string; callId: string | null; from: string | null }
  | { type: 'answering'; key: string }
  /** The microphone failed or the answer could not be made: it rings on. */
  | { type: 'answerFailed'; key: string }
  | { type: 'accepted'; key: string }
  | { type: 'muted'; key: string; isMuted: boolean }
  | { type: 'digit'; key: string; digit: string }
  | { type: 'quality'; key: string; quality: Quality }
  | { type: 'path'; key: string; isLost: boolean }
  | { type: 'ended'; key: string; by: LastCall['by'] }
)

export const idlePhone: SoftphoneState = {
  registration: 'off',
  microphone: 'unknown',
  call: null,
  last: null
}

function inCall(state: SoftphoneState, key: string, change: (call: PhoneCall) => PhoneCall): SoftphoneState {
  return state.call?.key === key ? { ...state, call: change(state.call) } : state
}

/** One event of the phone. Events of a call that is not the current one change nothing: races are normal here. */
export function reducePhone(state: SoftphoneState, event: PhoneEvent): SoftphoneState {
  switch (event.type) {
    case 'registration':
      return state.registration === event.value ? state : { ...state, registration: event.value }
    case 'microphone':
      return state.microphone === event.value ? state : { ...state, microphone: event.value }
    case 'incoming': {
      if (state.call) return state
      const { key, callId, from, atMs } = event
      return {
        ...state,
        last: null,
        call: {
          key,
          callId,
          from,
          phase: 'ringing',
          sinceMs: atMs,
          answeredMs: null,
          isMuted: false,
          pressed: '',
          quality: null,
          isPathLost: false
        }
      }
    }
    case 'answering':
      return inCall(state, event.key, (call) =>
        call.phase === 'ringing' ? { ...call, phase: 'answering' } : call
      )
    case 'answerFailed':
      return inCall(state, event.key, (call) =>
        call.phase === 'answering' ? { ...call, phase: 'ringing' } : call
      )
    case 'accepted':
      return inCall(state, event.key, (call) => ({ ...call, phase: 'talking', answeredMs: event.atMs }))
    case 'muted':
      return inCall(state, event.key, (call) => ({ ...call, isMuted: event.isMuted }))
    case 'digit':
      return inCall(state, event.key, (call) => ({
        ...call,
        pressed: (call.pressed + event.digit).slice(-40)
      }))
    case 'quality':
      return inCall(state, event.key, (call) => ({ ...call, quality: event.quality }))
    case 'path':
      return inCall(state, event.key, (call) => ({ ...call, isPathLost: event.isLost }))
    case 'ended': {
      const call = state.call
      if (call?.key !== event.key) return state
      const seconds = call.answeredMs === null ? 0 : Math.round((event.atMs - call.answeredMs) / 1000)
      const last: LastCall = {
        callId: call.callId,
        by: event.by,
        wasTalking: call.answeredMs !== null,
        seconds,
        endedMs: event.atMs
      }
      return { ...state, call: null, last }
    }
  }
}
