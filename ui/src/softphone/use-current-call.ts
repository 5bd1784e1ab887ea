import { useEffect, useState } from 'react'
import type { LiveCall } from '../../../api/contract/live.ts'
import { serverNowMs } from '../lib/api.ts'
import { callOf } from '../live/board.ts'
import { legOf, partOf, type Part } from '../live/part.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { expectNoCall, isExpected } from './expected.ts'
import { useSoftphone } from './softphone-provider.tsx'
import type { PhoneCall } from './state.ts'

/** What this operator has on the line: what the phone knows and what the feed knows of the same call. */
export interface CurrentCall {
  phase: 'ringing' | 'answering' | 'talking'
  /** What this operator is in it; null until the feed has told of it. */
  part: Part | null
  /** Null while only the feed has told of it: the INVITE comes within milliseconds, or to a desk phone. */
  phoneCall: PhoneCall | null
  live: LiveCall | null
}

/** The operator's call, or null. It shows with the first of the live event and the INVITE. */
export function useCurrentCall(): CurrentCall | null {
  const board = useBoard()
  const softphone = useSoftphone()
  const me = useMe()
  const phoneCall = softphone.call
  if (phoneCall) {
    const live = (phoneCall.callId ? board.calls[phoneCall.callId] : null) ?? callOf(board, me.id)
    return { phase: phoneCall.phase, part: live && partOf(live, me.id), phoneCall, live }
  }
  const live = callOf(board, me.id)
  if (!live) return null
  // The phone has just ended this very call: the feed will say so in a moment.
  if (softphone.last && softphone.last.callId === live.id) return null
  const part = partOf(live, me.id)
  return { phase: part === 'ringing' ? 'ringing' : 'talking', part, phoneCall: null, live }
}

/** Answers by itself what its user has asked for here: an own call to a client, a parked call, a talk to listen to. */
export function useOwnWishesAnswered(current: CurrentCall | null): void {
  const me = useMe()
  const { answer } = useSoftphone()
  const ringing = current?.phoneCall?.phase === 'ringing' ? current.phoneCall : null
  const live = current?.live ?? null
  const isOwnOrder = live?.order?.byUserId === me.id && (legOf(live, me.id)?.purpose ?? 'order') === 'order'
  const isWanted = ringing !== null && isExpected(ringing.callId, isOwnOrder)
  useEffect(() => {
    if (!isWanted) return
    expectNoCall()
    answer()
  }, [isWanted, answer])
}

/** The call that has just ended, for as long as its last words are worth showing. */
export function useJustEnded(
  showMs: number
): { callId: string | null; wasTalking: boolean; seconds: number } | null {
  const { last } = useSoftphone()
  const [hiddenMs, setHiddenMs] = useState(0)
  useEffect(() => {
    if (!last) return
    const timer = setTimeout(
      () => setHiddenMs(last.endedMs),
      Math.max(0, last.endedMs + showMs - serverNowMs())
    )
    return () => clearTimeout(timer)
  }, [last, showMs])
  return last && last.endedMs > hiddenMs ? last : null
}
