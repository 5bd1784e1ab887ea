import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient
} from '@tanstack/react-query'
import type {
  Deal,
  DealsSummary,
  DealWithHistory,
  Inquiry,
  InquiryCounts,
  InquiryWithEvents,
  Pipeline
} from '../../../api/contract/crm.ts'
import type { Forecast, LossReasons } from '../../../api/contract/deal-parts.ts'
import type { InquiryRules, MissedBoard, SpamMark } from '../../../api/contract/inquiry-desk.ts'
import { api, type Page } from '../lib/api.ts'
import { useAll } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'

export type Filter = Record<string, string | null | undefined>

/** Inquiries come by themselves: looked for so often while the desk is open. */
const refreshMs = 10_000

export function useInquiries(state: string, filter: Filter, isOn = true) {
  return useInfiniteQuery({
    queryKey: ['inquiries', 'list', state, filter],
    queryFn: ({ pageParam }) =>
      api<Page<Inquiry>>('GET', `/api/inquiries${query({ ...filter, state, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
    enabled: isOn,
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

export function useLossReasons() {
  return useQuery({
    queryKey: ['loss-reasons'],
    queryFn: () => api<LossReasons>('GET', '/api/loss-reasons'),
    staleTime: 600_000
  })
}

export function useForecast(filter: Filter) {
  return useQuery({
    queryKey: ['deals', 'forecast', filter],
    queryFn: () => api<Forecast>('GET', `/api/deals/forecast${query(filter)}`),
    placeholderData: keepPreviousData
  })
}

/** Targets of the desk, and who works by which rules. */
export function useInquiryRules() {
  return useQuery({
    queryKey: ['settings', '/api/inquiry-rules'],
    queryFn: () => api<InquiryRules>('GET', '/api/inquiry-rules'),
    staleTime: 60_000
  })
}

export function useMissedBoard(filter: Filter, isOn: boolean) {
  return useQuery({
    queryKey: ['inquiries', 'missed', filter],
    queryFn: () => api<MissedBoard>('GET', `/api/missed-calls${query(filter)}`),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
    enabled: isOn
  })
}

export function useSpamMarks(search: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['inquiries', 'spam-marks', search],
    queryFn: ({ pageParam }) =>
      api<Page<SpamMark>>('GET', `/api/spam-marks${query({ search, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor
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

type Pages = InfiniteData<Page<Deal>, string | null>

/** A deal that has changed, in the lists that are shown: without asking for hundreds of others again. */
function inLists(client: QueryClient, deal: Deal): void {
  for (const [key, data] of client.getQueriesData<Pages>({ queryKey: ['deals', 'list'] })) {
    if (!data) continue
    const stageId = (key[2] as Filter)['stageId'] ?? null
    const isHere = data.pages.some(({ items }) => items.some(({ id }) => id === deal.id))
    const isWanted = stageId === null || stageId === deal.stageId
    if (!isHere && (stageId === null || !isWanted)) continue
    const pages = data.pages.map((page, index) => {
      const others = page.items.filter(({ id }) => id !== deal.id)
      if (!isWanted) return { ...page, items: others }
      // In a column the newest change stands first; in a list a deal stays where it was.
      if (stageId !== null) return { ...page, items: index === 0 ? [deal, ...others] : others }
      return { ...page, items: page.items.map((item) => (item.id === deal.id ? deal : item)) }
    })
    client.setQueryData<Pages>(key, { ...data, pages })
  }
}

/** Shows a deal as the server has just given it, everywhere. */
export function useDealChanged(): (deal: DealWithHistory) => Promise<unknown> {
  const client = useQueryClient()
  return (deal) => {
    client.setQueryData(['deals', 'one', deal.id], deal)
    inLists(client, deal)
    return Promise.all([
      client.invalidateQueries({ queryKey: ['deals', 'summary'] }),
      client.invalidateQueries({ queryKey: ['deals', 'forecast'] }),
      client.invalidateQueries({ queryKey: ['inquiries'] })
    ])
  }
}
