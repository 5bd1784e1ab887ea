import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import type { Report, ReportRow } from '../../../api/contract/reports.ts'
import { api } from '../lib/api.ts'
import type { Days } from '../lib/period.ts'
import type { View } from './address.ts'
import { pathOf, pathQuery, type Branch, type Level } from './tree.ts'
import { learnTimeZone } from './use-view.ts'

export type ReportName = 'sources' | 'missed' | 'hours' | 'operators' | 'pools' | 'landing-pages' | 'regions'
/** An answer, with rows that may have more than all reports have in common. */
export type Answer<R extends ReportRow = ReportRow> = Omit<Report, 'rows'> & { rows: R[] }

/** What is asked for. Empty values are sent too: of a path they mean "not given". */
export function reportParams(
  view: View,
  days: Days,
  more: Readonly<Record<string, string>> = {}
): URLSearchParams {
  const params = new URLSearchParams({ from: days.from, to: days.to })
  if (view.siteId) params.set('siteId', view.siteId)
  params.set('model', view.model)
  if (view.isCompared) params.set('compare', 'previous')
  for (const [name, value] of Object.entries(more)) params.set(name, value)
  return params
}

async function fetchReport<R extends ReportRow>(name: ReportName, search: string): Promise<Answer<R>> {
  const answer = await api<Answer<R>>('GET', `/api/reports/${name}?${search}`)
  learnTimeZone(answer.timeZone)
  return answer
}

/** One report. While another period is fetched the old figures stay, so that nothing jumps. */
export function useReport<R extends ReportRow = ReportRow>(
  name: ReportName,
  view: View,
  days: Days,
  more?: Readonly<Record<string, string>>
) {
  const search = reportParams(view, days, more).toString()
  return useQuery({
    queryKey: ['reports', name, search],
    queryFn: () => fetchReport<R>(name, search),
    placeholderData: keepPreviousData,
    staleTime: 30_000
  })
}

/** What lies below the opened branches, by branch. */
export function useBranches(
  view: View,
  days: Days,
  levels: readonly Level[]
): { branches: ReadonlyMap<string, Branch>; retry: (id: string) => Promise<unknown> } {
  const opened = view.open.flatMap((id) => {
    const values = pathOf(id)
    const by = values && levels[values.length]
    return values && by
      ? [{ id, search: reportParams(view, days, { by, ...pathQuery(levels, values) }).toString() }]
      : []
  })
  const results = useQueries({
    queries: opened.map(({ search }) => ({
      queryKey: ['reports', 'sources', search],
      queryFn: () => fetchReport('sources', search),
      staleTime: 30_000
    }))
  })
  const branches = new Map<string, Branch>()
  opened.forEach(({ id }, index) => {
    const result = results[index]
    branches.set(id, { rows: result?.data?.rows ?? null, isFailed: result?.isError ?? false })
  })
  return {
    branches,
    retry: (id) => results[opened.findIndex((each) => each.id === id)]?.refetch() ?? Promise.resolve()
  }
}
