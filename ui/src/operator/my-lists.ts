import { useQuery, useQueryClient } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useEffect } from 'react'
import type { JournalCall } from '../../../api/contract/calls.ts'
import type { MissedClients } from '../../../api/contract/desk.ts'
import type { CallbackItem, TaskItem } from '../../../api/contract/dialling.ts'
import { api, type Page } from '../lib/api.ts'
import { inBackground } from '../lib/in-background.ts'
import { query } from '../lib/query.ts'
import type { Board } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'

/** Lists follow the feed; this is for what it does not tell of: a task that somebody made, a time that has come. */
const refetchInterval = 30_000
/** Who has called back is worked out a little after a call has ended. */
const settleMs = [1500, 6000]
const longest = 40

/** Clients whom this operator missed, and who has called them back. */
export const useMissed = () =>
  useQuery({
    queryKey: ['calls', 'missed'],
    queryFn: () => api<MissedClients>('GET', '/api/me/missed-calls'),
    refetchInterval
  })

/** The operator's own calls of today, the newest first. */
export function useTodayCalls() {
  const me = useMe()
  return useQuery({
    queryKey: ['calls', 'today', me.id],
    queryFn: () =>
      api<Page<JournalCall>>(
        'GET',
        `/api/calls${query({ operatorId: me.id, period: 'today', limit: longest })}`
      )
  })
}

/** Something owed to a client today: a task or a promised call. */
export type Owed =
  | { kind: 'task'; at: string | null; item: TaskItem }
  | { kind: 'callback'; at: string | null; item: CallbackItem }

/** What this operator owes by the end of the day: overdue first, what has no time last. */
export function useOwed() {
  const dueBefore = dayjs().endOf('day').toISOString()
  const shared = { atDesk: 'true', dueBefore, limit: longest }
  const tasks = useQuery({
    queryKey: ['work', 'tasks', dueBefore],
    queryFn: () =>
      api<Page<TaskItem>>('GET', `/api/tasks${query({ ...shared, open: 'true', sort: 'dueAt' })}`),
    refetchInterval,
    staleTime: 5000
  })
  const callbacks = useQuery({
    queryKey: ['work', 'callbacks', dueBefore],
    queryFn: () =>
      api<Page<CallbackItem>>(
        'GET',
        `/api/callbacks${query({ ...shared, state: 'open', sort: 'nextAttemptAt' })}`
      ),
    refetchInterval,
    staleTime: 5000
  })
  const owed: Owed[] = [
    ...(tasks.data?.items ?? []).map((item) => ({ kind: 'task' as const, at: item.dueAt, item })),
    ...(callbacks.data?.items ?? []).map((item) => ({
      kind: 'callback' as const,
      at: item.at ?? item.nextAttemptAt,
      item
    }))
  ]
  return {
    items: owed.sort((a, b) => timeOf(a) - timeOf(b)),
    isPending: tasks.isPending || callbacks.isPending,
    error: tasks.error ?? callbacks.error
  }
}

const timeOf = ({ at }: Owed): number => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at))

/** Which call has ended last, of those the board knows. */
const lastEnded = ({ calls }: Board): string | null =>
  Object.values(calls)
    .filter((call) => call.phase === 'ended')
    .sort((a, b) => Date.parse(b.endedAt ?? b.startedAt) - Date.parse(a.endedAt ?? a.startedAt))[0]?.id ??
  null

/** Asks for the lists anew soon after any call has ended: it may be missed now, or a missed one returned. */
export function useFreshLists(): void {
  const client = useQueryClient()
  const ended = lastEnded(useBoard())
  useEffect(() => {
    if (ended === null) return
    const timers = settleMs.map((ms) =>
      setTimeout(() => {
        inBackground(client.invalidateQueries({ queryKey: ['work'] }))
        inBackground(client.invalidateQueries({ queryKey: ['calls', 'missed'] }))
      }, ms)
    )
    return () => timers.forEach(clearTimeout)
  }, [client, ended])
}
