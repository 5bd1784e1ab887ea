import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, apiAtLeaving } from '../lib/api.ts'
import { toast } from '../lib/toast.tsx'
import { useBoard } from '../live/use-live.tsx'
import { expectCall, expectNoCall } from './expected.ts'
import { useSoftphone } from './softphone-provider.tsx'
import type { CurrentCall } from './use-current-call.ts'

/**
 * A page that is loaded anew in a talk comes back into it: it parks the client, who hears music, and takes them again
 * when the telephone is back. One that does not come back leaves the call to ring its operator again.
 */
const markKey = 'ringtrace.rejoin'
/** How long the client waits on the parking place. */
const parkSeconds = 25

let leaveTalk: (() => boolean) | null = null

/** Called when the page goes. @returns true: the client is taken care of, and the telephone need not say goodbye */
export const leavesTalk = (): boolean => leaveTalk?.() ?? false

function mark(callId: string | null): void {
  try {
    if (callId === null) sessionStorage.removeItem(markKey)
    else sessionStorage.setItem(markKey, JSON.stringify({ callId, untilMs: Date.now() + parkSeconds * 1000 }))
  } catch {
    // Without storage the operator finds the client among the parked calls.
    return
  }
}

function marked(): string | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(markKey) ?? 'null') as unknown
    const { callId, untilMs } = (kept ?? {}) as { callId?: unknown; untilMs?: unknown }
    return typeof callId === 'string' && typeof untilMs === 'number' && Date.now() < untilMs ? callId : null
  } catch {
    // Something else stands there, or nothing may be kept.
    return null
  }
}

/** Parks the talk when the page goes, and takes it back after it has come again. */
export function useRejoin(current: CurrentCall | null): void {
  const { t } = useTranslation()
  const { registration } = useSoftphone()
  const board = useBoard()
  const wanted = useRef(marked())
  const isOwner = current?.phase === 'talking' && current.part === 'owner' && current.phoneCall !== null
  const own = isOwner && current.live?.consult === null ? current.live.id : null

  useEffect(() => {
    leaveTalk =
      own === null
        ? null
        : () => {
            mark(own)
            apiAtLeaving(`/api/calls/${own}/park`, { seconds: parkSeconds })
            return true
          }
    return () => {
      leaveTalk = null
    }
  }, [own])

  const waiting = wanted.current === null ? null : (board.calls[wanted.current] ?? null)
  const canTake = registration === 'registered' && (waiting?.parked ?? null) !== null
  useEffect(() => {
    const callId = wanted.current
    if (!canTake || callId === null) return
    wanted.current = null
    mark(null)
    expectCall(callId)
    toast('pine', t('shift.rejoin'))
    api('POST', `/api/calls/${callId}/take`, {}).catch(() => {
      // Somebody else has taken it, or the client is gone: the board tells.
      expectNoCall()
    })
  }, [canTake, t])
}
