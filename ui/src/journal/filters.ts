import {
  attributionModels,
  boundName,
  callFilters,
  callSorts,
  journalPeriods,
  type CallFilter,
  type CallFilterName,
  type CallSort
} from '../../../api/contract/journal-fields.ts'

export const periods = journalPeriods
export type Period = (typeof periods)[number] | 'custom'
export type Sort = CallSort | `-${CallSort}`

/** Values by their names in the address; of free texts an empty one means "not given". */
export type FieldValues = Readonly<Record<string, readonly string[]>>

/** What the journal shows, exactly as it stands in the address: a link shows the next person the same. */
export interface Filters {
  period: Period
  /** Days of the company as `YYYY-MM-DD`, for a period of one's own; both included. */
  from: string
  to: string
  search: string
  sort: Sort
  fields: FieldValues
}

export const noFilters: Filters = {
  period: 'week',
  from: '',
  to: '',
  search: '',
  sort: '-startedAt',
  fields: {}
}

const table: Readonly<Record<string, CallFilter>> = callFilters
export const filterNames = Object.keys(callFilters) as CallFilterName[]
export const filterOf = (name: CallFilterName): CallFilter => table[name] ?? { kind: 'contains' }
const sorts: readonly string[] = callSorts.flatMap((name) => [name, `-${name}`])
const day = /^\d{4}-\d{2}-\d{2}$/
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The names under which a filter stands in the address: one, or the two ends of a range. */
export const paramsOf = (name: CallFilterName): readonly string[] =>
  filterOf(name).kind === 'range' ? [boundName('min', name), boundName('max', name)] : [name]

/** Values that the server would take; the others are left out, so that an old link still shows something. */
function understood(filter: CallFilter, given: readonly string[]): string[] {
  switch (filter.kind) {
    case 'texts':
      return [...new Set(given)].filter((value) => value.length <= 500)
    case 'contains':
      return given.slice(0, 1).filter((value) => value.trim() !== '')
    case 'flag':
      return given.slice(0, 1).filter((value) => value === 'true' || value === 'false')
    case 'range':
      return given.slice(0, 1).filter((value) => {
        const number = Number(value)
        return (
          value !== '' &&
          number >= 0 &&
          number <= filter.max &&
          (filter.isFraction ?? Number.isInteger(number))
        )
      })
    case 'words':
      return listed(given).filter((value) => filter.words.includes(value))
    case 'numbers':
      return listed(given).filter(
        (value) => /^\d+$/.test(value) && Number(value) >= filter.min && Number(value) <= filter.max
      )
    case 'ids':
      // Reports link to calls that no operator has, or no pool.
      return given.length === 1 && given[0] === '' ? [''] : listed(given).filter((value) => uuid.test(value))
  }
}

const listed = (given: readonly string[]): string[] => [
  ...new Set(given.flatMap((value) => value.split(',')).filter(Boolean))
]

/** Reads filters from an address; what it does not understand is left out. */
export function readFilters(params: URLSearchParams): Filters {
  const from = params.get('from') ?? ''
  const to = params.get('to') ?? ''
  const isCustom = day.test(from) || day.test(to)
  const fields: Record<string, readonly string[]> = {}
  const model = params.get('model')
  if (attributionModels.some((each) => each === model) && model) fields['model'] = [model]
  for (const name of filterNames) {
    for (const param of paramsOf(name)) {
      // Under a model the channel is part of a path, and may be empty like the rest of it.
      const values = understood(filterOf(name), params.getAll(param))
      if (values.length > 0) fields[param] = values
    }
  }
  const sort = params.get('sort') ?? ''
  return {
    period: isCustom ? 'custom' : (periods.find((each) => each === params.get('period')) ?? 'week'),
    from: day.test(from) ? from : '',
    to: day.test(to) ? to : '',
    search: params.get('search') ?? '',
    sort: sorts.includes(sort) ? (sort as Sort) : '-startedAt',
    fields
  }
}

/** Filters as an address, without what is usual. */
export function writeFilters(filters: Filters): URLSearchParams {
  const params = new URLSearchParams()
  if (filters.period === 'custom') {
    if (filters.from) params.set('from', filters.from)
    if (filters.to) params.set('to', filters.to)
  } else if (filters.period !== noFilters.period) params.set('period', filters.period)
  if (filters.search) params.set('search', filters.search)
  writeFields(params, filters.fields)
  if (filters.sort !== noFilters.sort) params.set('sort', filters.sort)
  return params
}

function writeFields(params: URLSearchParams, fields: FieldValues): void {
  for (const [param, values] of Object.entries(fields)) {
    const kind = table[param]?.kind
    if (kind === 'texts') for (const value of values) params.append(param, value)
    else if (values.length > 0) params.set(param, values.join(','))
  }
}

/** What the server is asked for, besides the page: the same names as in the address. */
export function selectionParams(filters: Filters): URLSearchParams {
  const params = writeFilters({ ...filters, search: filters.search.trim() })
  if (filters.period !== 'custom') params.set('period', filters.period)
  params.set('sort', filters.sort)
  return params
}

/** The query string that asks the server for these calls. */
export function callsQueryString(filters: Filters, cursor: string | null, limit: number): string {
  const params = selectionParams(filters)
  params.set('limit', String(limit))
  if (cursor) params.set('cursor', cursor)
  return `?${params.toString()}`
}

/** The same for the body of an order: names that stand several times become lists. */
export function selectionBody(filters: Filters): Record<string, string | string[]> {
  const params = selectionParams(filters)
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    })
  )
}

/** Filters that are set, in the order of the table. */
export const setNames = ({ fields }: Pick<Filters, 'fields'>): CallFilterName[] =>
  filterNames.filter((name) => paramsOf(name).some((param) => (fields[param]?.length ?? 0) > 0))

/** How many filters are set, besides the period. */
export const countSet = (filters: Filters): number =>
  setNames(filters).length + (filters.search ? 1 : 0) + (filters.fields['model'] ? 1 : 0)

/** The fields with some changed; an empty list takes a filter away. */
export function withFields(fields: FieldValues, changes: FieldValues): FieldValues {
  const next = { ...fields, ...changes }
  return Object.fromEntries(Object.entries(next).filter(([, values]) => values.length > 0))
}
