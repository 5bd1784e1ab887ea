import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  Deal,
  DealsSummary,
  DealWithHistory,
  Inquiry,
  InquiryCounts,
  InquiryWithEvents,
  Pipeline
} from '../../../api/contract/crm.ts'
import { api, type Page } from '../lib/api.ts'
import { useAll } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'

export type Filter = Record<string, string | null | undefined>

/** Inquiries come by themselves: looked for so often while the desk is open. */
const refreshMs = 10_000

export function useInquiries(state: string, filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['inquiries', 'list', state, filter],
    queryFn: ({ pageParam }) =>
      api<Page<Inquiry>>('GET', `/api/inquiries${query({ ...filter, state, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
    maxPages: 10
  })
}

export function useInquiryCounts(filter: Filter) {
  return useQuery({
    queryKey: ['inquiries', 'counts', filter],
    queryFn: () => api<InquiryCounts>('GET', `/api/inquiries/counts${query(filter)}`),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs
  })
}

export function useInquiry(id: string | null) {
  return useQuery({
    queryKey: ['inquiries', 'one', id],
    queryFn: () => api<InquiryWithEvents>('GET', `/api/inquiries/${id ?? ''}`),
    enabled: id !== null
  })
}

export const usePipelines = () => useAll<Pipeline>('pipelines')

export function useDeals(filter: Filter, limit: number) {
  return useInfiniteQuery({
    queryKey: ['deals', 'list', filter, limit],
    queryFn: ({ pageParam }) =>
      api<Page<Deal>>('GET', `/api/deals${query({ ...filter, limit, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData
  })
}

export function useDealsSummary(filter: Filter) {
  return useQuery({
    queryKey: ['deals', 'summary', filter],
    queryFn: () => api<DealsSummary>('GET', `/api/deals/summary${query(filter)}`),
    placeholderData: keepPreviousData
  })
}

/** The company's currency, which new deals get. */
export function useCurrency(): string {
  const { data } = useQuery({
    queryKey: ['deals', 'currency'],
    // No deal is so old: only the currency is wanted.
    queryFn: () => api<DealsSummary>('GET', '/api/deals/summary?to=1970-01-01T00:00:00Z'),
    staleTime: 600_000
  })
  return data?.currency ?? 'RUB'
}

export function useDeal(id: string | null) {
  return useQuery({
    queryKey: ['deals', 'one', id],
    queryFn: () => api<DealWithHistory>('GET', `/api/deals/${id ?? ''}`),
    enabled: id !== null
  })
}

/** Asks anew for everything that a change in the CRM may show in. */
export function useCrmChanged(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['inquiries'] }),
      client.invalidateQueries({ queryKey: ['deals'] })
    ])
}
