import dayjs from 'dayjs'
import { query } from '../lib/query.ts'

export const periods = ['today', 'yesterday', 'week', 'month', 'all'] as const
export type Period = (typeof periods)[number] | 'custom'

export const sorts = [
  'startedAt',
  '-startedAt',
  'waitSeconds',
  '-waitSeconds',
  'talkSeconds',
  '-talkSeconds'
] as const
export type Sort = (typeof sorts)[number]

/** What the journal shows, exactly as it stands in the address: a link shows the next person the same. */
export interface Filters {
  period: Period
  /** Days as `YYYY-MM-DD`, for a period of one's own; both included. */
  from: string
  to: string
  outcome: string[]
  source: string[]
  number: string[]
  operator: string[]
  rating: string[]
  recording: '' | 'true' | 'false'
  search: string
  sort: Sort
}

export const noFilters: Filters = {
  period: 'week',
  from: '',
  to: '',
  outcome: [],
  source: [],
  number: [],
  operator: [],
  rating: [],
  recording: '',
  search: '',
  sort: '-startedAt'
}

const day = /^\d{4}-\d{2}-\d{2}$/

function list(value: string | null): string[] {
  return value ? value.split(',').filter(Boolean) : []
}

function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((each) => each === value) ?? otherwise
}

/** Reads filters from an address; what it does not understand is left out. */
export function readFilters(params: URLSearchParams): Filters {
  const from = params.get('from') ?? ''
  const to = params.get('to') ?? ''
  const isCustom = day.test(from) || day.test(to)
  return {
    period: isCustom ? 'custom' : oneOf(params.get('period'), periods, 'week'),
    from: day.test(from) ? from : '',
    to: day.test(to) ? to : '',
    outcome: list(params.get('outcome')),
    source: list(params.get('source')),
    number: list(params.get('number')),
    operator: list(params.get('operator')),
    rating: list(params.get('rating')).filter((each) => /^[1-5]$/.test(each)),
    recording: oneOf(params.get('recording'), ['', 'true', 'false'], ''),
    search: params.get('search') ?? '',
    sort: oneOf(params.get('sort'), sorts, '-startedAt')
  }
}

/** Filters as an address, without what is usual. */
export function writeFilters(filters: Filters): URLSearchParams {
  const params = new URLSearchParams()
  const put = (name: string, value: string | string[], usual = ''): void => {
    const text = Array.isArray(value) ? value.join(',') : value
    if (text !== usual) params.set(name, text)
  }
  if (filters.period === 'custom') {
    put('from', filters.from)
    put('to', filters.to)
  } else put('period', filters.period, noFilters.period)
  put('outcome', filters.outcome)
  put('source', filters.source)
  put('number', filters.number)
  put('operator', filters.operator)
  put('rating', filters.rating)
  put('recording', filters.recording)
  put('search', filters.search)
  put('sort', filters.sort, noFilters.sort)
  return params
}

/** The bounds of a period in the reader's own time zone; `to` is not included. */
export function bounds(filters: Filters, now = dayjs()): { from: string | null; to: string | null } {
  const today = now.startOf('day')
  switch (filters.period) {
    case 'today':
      return { from: today.toISOString(), to: null }
    case 'yesterday':
      return { from: today.subtract(1, 'day').toISOString(), to: today.toISOString() }
    case 'week':
      return { from: today.subtract(6, 'day').toISOString(), to: null }
    case 'month':
      return { from: today.subtract(29, 'day').toISOString(), to: null }
    case 'all':
      return { from: null, to: null }
    case 'custom':
      return {
        from: filters.from ? dayjs(filters.from).startOf('day').toISOString() : null,
        to: filters.to ? dayjs(filters.to).add(1, 'day').startOf('day').toISOString() : null
      }
  }
}

/** The query string that asks the server for these calls. */
export function callsQueryString(filters: Filters, cursor: string | null, limit: number): string {
  const { from, to } = bounds(filters)
  return query({
    limit,
    cursor,
    from,
    to,
    sort: filters.sort,
    outcome: filters.outcome.join(','),
    sourceId: filters.source.join(','),
    numberId: filters.number.join(','),
    operatorId: filters.operator.join(','),
    rating: filters.rating.join(','),
    hasRecording: filters.recording,
    search: filters.search.trim()
  })
}

/** How many filters are set, besides the period. */
export function countSet(filters: Filters): number {
  const { outcome, source, number, operator, rating, recording, search } = filters
  return [
    outcome.length,
    source.length,
    number.length,
    operator.length,
    rating.length,
    recording,
    search
  ].filter(Boolean).length
}
