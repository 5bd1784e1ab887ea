import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type {
  Cost,
  CostConnectorItem,
  CostImport,
  CostTotals,
  CurrencyRate,
  UncountedCosts
} from '../../../api/contract/costs.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'

/** What the list is narrowed by; empty text: not at all. */
export interface CostFilters {
  from: string
  to: string
  source: string
  siteId: string
}

function usePages<T>(name: string, path: string, filters: Record<string, string>) {
  return useInfiniteQuery({
    queryKey: ['costs', name, filters],
    queryFn: ({ pageParam }) =>
      api<Page<T>>('GET', `${path}${query({ ...filters, cursor: pageParam, limit: 100 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData
  })
}

export const useCosts = (filters: CostFilters) => usePages<Cost>('list', '/api/costs', { ...filters })
export const useImports = () => usePages<CostImport>('imports', '/api/cost-imports', {})
/** @param isLoading whether they have just been asked */
export const useConnectors = (isLoading: boolean) =>
  useQuery({
    queryKey: ['costs', 'connectors'],
    queryFn: () => api<{ items: CostConnectorItem[] }>('GET', '/api/cost-connectors'),
    refetchInterval: isLoading ? 2000 : false
  })
export const useRates = () => usePages<CurrencyRate>('rates', '/api/currency-rates', {})

export const useTotals = (filters: CostFilters) =>
  useQuery({
    queryKey: ['costs', 'totals', filters],
    queryFn: () => api<CostTotals>('GET', `/api/costs/totals${query({ ...filters })}`),
    placeholderData: keepPreviousData
  })

export const useUncounted = () =>
  useQuery({
    queryKey: ['costs', 'uncounted'],
    queryFn: () => api<UncountedCosts>('GET', '/api/costs/uncounted')
  })

/** Everything that shows costs is asked for again: this page, and the reports. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient()
  return useCallback(async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['costs'] }),
      client.invalidateQueries({ queryKey: ['reports'] })
    ])
  }, [client])
}

/** Runs something and says so; with a way back, a button takes it back within some seconds. */
export function useDoing(): (
  work: () => Promise<unknown>,
  done: string,
  back?: { label: string; done: string; run: () => Promise<unknown> }
) => void {
  const refresh = useRefresh()
  return useCallback(
    (work, done, back) => {
      const go = async (step: () => Promise<unknown>, said: string, action?: Parameters<typeof toast>[3]) => {
        try {
          await step()
          toast('pine', said, action ? 12_000 : 5000, action ?? null)
        } catch (error) {
          toast('rust', explain(error))
        }
        await refresh()
      }
      const action = back && { label: back.label, run: () => inBackground(go(back.run, back.done)) }
      inBackground(go(work, done, action))
    },
    [refresh]
  )
}

/** A deleted cost as it has to be entered to be there again. */
export const asNew = (cost: Cost) => ({
  ...{ day: cost.day, siteId: cost.siteId, inquiryChannel: cost.inquiryChannel, source: cost.source },
  ...{ medium: cost.medium, campaign: cost.campaign, keyword: cost.keyword, amount: cost.amount },
  ...{ currency: cost.currency, clicks: cost.clicks, impressions: cost.impressions, note: cost.note },
  importId: cost.importId
})
