import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { JournalCall, JournalCallWithLegs, tape } from '../../../api/contract/calls.ts'
import type { legQualityList } from '../../../api/contract/quality.ts'
import { api, type Page } from '../lib/api.ts'
import { query } from '../lib/query.ts'

/** One call with its legs. */
export function useCall(id: string | null) {
  return useQuery({
    queryKey: ['call', id],
    queryFn: () => api<JournalCallWithLegs>('GET', `/api/calls/${id ?? ''}`),
    enabled: id !== null
  })
}

/** The call's tape: every row, in order. */
export function useTape(id: string | null) {
  return useQuery({
    queryKey: ['call', id, 'tape'],
    queryFn: () => api<z.infer<typeof tape>>('GET', `/api/calls/${id ?? ''}/tape`),
    enabled: id !== null
  })
}

/** How the legs sounded, where a browser telephone measured it. */
export function useLegQuality(id: string, isOn: boolean) {
  return useQuery({
    queryKey: ['call', id, 'quality'],
    queryFn: () => api<z.infer<typeof legQualityList>>('GET', `/api/calls/${id}/quality`),
    enabled: isOn
  })
}

/** The last calls of one operator, newest first. */
export function useRecentCalls(operatorId: string, limit: number) {
  return useQuery({
    queryKey: ['calls', 'recent', operatorId, limit],
    queryFn: () => api<Page<JournalCall>>('GET', `/api/calls${query({ operatorId, limit })}`)
  })
}
