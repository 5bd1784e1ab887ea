import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import type { LiveCall } from '../../../api/contract/live.ts'
import { api } from '../lib/api.ts'
import { useBoard } from '../live/use-live.tsx'
import { expectCall, expectNoCall } from '../softphone/expected.ts'

/** Who is played, and when; as the server takes it. */
export interface TestWish {
  callerNumber: string | null
  numberId: string | null
  sourceId: string | null
  at?: string
  isReal: boolean
}

export interface TestCall {
  /** Null while no draft is tried out. */
  running: { callId: string; isReal: boolean } | null
  /** As the feed tells it; null before it has begun, and some time after its end. */
  call: LiveCall | null
  isOver: boolean
  /** The blocks that it went through so far, the one in which it stands last. */
  path: readonly { block: string; exit: string | null }[]
  /** Where it stands now. */
  at: string | null
  start: (schemeId: string, wish: TestWish) => Promise<void>
  play: (does: 'answers' | 'declines') => Promise<void>
  hangUp: () => Promise<void>
  close: () => void
}

const noPath: TestCall['path'] = []

/** A draft tried out by telephone, as the canvas follows it. */
export function useTestCall(): TestCall {
  const [running, setRunning] = useState<TestCall['running']>(null)
  const { calls } = useBoard()
  const id = running?.callId ?? ''
  const call = calls[id] ?? null
  // The row is written a moment after the call has begun.
  const [seen, setSeen] = useState<string | null>(null)
  useEffect(() => {
    if (call) setSeen(call.id)
  }, [call])
  const hasBegun = seen === id && id !== ''
  // It grows with each step; the feed says when to look again.
  const row = useQuery({
    queryKey: ['call', id],
    queryFn: () => api<JournalCallWithLegs>('GET', `/api/calls/${id}`),
    enabled: hasBegun,
    retry: 5,
    retryDelay: 300
  })
  const { data } = row
  const isOver = running !== null && (call ? call.phase === 'ended' : hasBegun)
  const at = isOver ? null : (call?.step?.block ?? null)
  const steps = data?.steps
  const path = useMemo<TestCall['path']>(() => {
    const told = (steps ?? []).map(({ block, exit }) => ({ block, exit }))
    // What the row does not know yet the feed does.
    const isAhead = at !== null && (told.at(-1)?.block !== at || told.at(-1)?.exit !== null)
    const all = isAhead ? [...told, { block: at, exit: null }] : told
    return all.length === 0 ? noPath : all
  }, [steps, at])

  const start = useCallback(async (schemeId: string, wish: TestWish): Promise<void> => {
    // The telephone of this tab may ring before the answer is here.
    expectCall(null)
    try {
      const { callId } = await api<{ callId: string }>('POST', `/api/schemes/${schemeId}/test-call`, wish)
      expectCall(callId)
      setRunning({ callId, isReal: wish.isReal })
    } catch (error) {
      expectNoCall()
      throw error
    }
  }, [])
  const play = useCallback(
    async (does: 'answers' | 'declines'): Promise<void> => {
      await api('POST', `/api/calls/${id}/play-other`, { does })
    },
    [id]
  )
  const hangUp = useCallback(async (): Promise<void> => {
    await api('POST', `/api/calls/${id}/hangup`)
  }, [id])
  const close = useCallback(() => setRunning(null), [])
  return { running, call, isOver, path, at, start, play, hangUp, close }
}
