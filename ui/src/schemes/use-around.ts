import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SchemeVersion } from '../../../api/contract/access.ts'
import type { SchemeCheckRecord } from '../../../api/contract/schemes.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { api, type Page } from '../lib/api.ts'
import { useBoard } from '../live/use-live.tsx'

/** The saved cases of a scheme. */
export function useChecks(schemeId: string) {
  return useQuery({
    queryKey: ['scheme-checks', schemeId],
    queryFn: async () =>
      (await api<Page<SchemeCheckRecord>>('GET', `/api/scheme-checks?schemeId=${schemeId}&limit=200`)).items
  })
}

/** Published versions, newest first; asked for anew when there is another one. */
export function useVersions(schemeId: string, published: number | null) {
  return useQuery({
    queryKey: ['scheme-versions', schemeId, published],
    queryFn: async () =>
      (await api<Page<SchemeVersion>>('GET', `/api/schemes/${schemeId}/versions?limit=100`)).items,
    placeholderData: keepPreviousData
  })
}

/** What is published of the schemes that this one may go on to, and of those behind them. */
export function useOthers(scheme: Scheme): Readonly<Record<string, Scheme>> {
  const ids = useMemo(() => namedIn([scheme]), [scheme])
  const near = usePublished(ids)
  const further = usePublished(
    useMemo(() => namedIn(Object.values(near)).filter((id) => !ids.includes(id)), [near, ids])
  )
  return useMemo(() => ({ ...near, ...further }), [near, further])
}

function namedIn(schemes: readonly Scheme[]): string[] {
  const ids = schemes.flatMap(({ blocks }) =>
    Object.values(blocks).flatMap(({ type, settings }) =>
      type === 'goto' && typeof settings['schemeId'] === 'string' ? [settings['schemeId']] : []
    )
  )
  return [...new Set(ids)].filter((id) => id !== '').sort()
}

function usePublished(ids: readonly string[]): Readonly<Record<string, Scheme>> {
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['scheme-versions', id, 'newest'],
      queryFn: () => api<Page<SchemeVersion>>('GET', `/api/schemes/${id}/versions?limit=1`),
      retry: false
    })),
    combine: (results) => results.map(({ data }) => data)
  })
  return useMemo(
    () =>
      Object.fromEntries(
        ids.flatMap((id, index) => {
          const body = found[index]?.items[0]?.body
          return body ? [[id, body as unknown as Scheme]] : []
        })
      ),
    [ids, found]
  )
}

/** How many callers stand in each block of this scheme now. */
export function useLiveCounts(schemeId: string): ReadonlyMap<string, number> {
  const { calls } = useBoard()
  const counts: Record<string, number> = {}
  for (const { phase, scheme, step, callType } of Object.values(calls)) {
    // A draft that is tried out is no caller.
    if (phase === 'ended' || callType === 'test' || scheme?.id !== schemeId || !step) continue
    counts[step.block] = (counts[step.block] ?? 0) + 1
  }
  const told = JSON.stringify(counts)
  // The board changes many times a second; the canvas only when a count does.
  return useMemo(() => new Map(Object.entries(JSON.parse(told) as Record<string, number>)), [told])
}

const noCounts: ReadonlyMap<string, number> = new Map()

/** How many calls went through each block of this scheme today; asked for again while the editor is open. */
export function usePassed(schemeId: string): ReadonlyMap<string, number> {
  const { data } = useQuery({
    queryKey: ['scheme-passed', schemeId],
    queryFn: () => api<{ blocks: Record<string, number> }>('GET', `/api/schemes/${schemeId}/passed`),
    refetchInterval: 20_000
  })
  return useMemo(() => (data ? new Map(Object.entries(data.blocks)) : noCounts), [data])
}
