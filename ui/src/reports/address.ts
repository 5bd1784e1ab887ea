import { isDay, presetDays, presets, type Days, type Preset } from '../lib/period.ts'
import { isMeasure, type MeasureName } from './measures.ts'

export const models = ['lastNonDirect', 'first', 'last', 'linear', 'position', 'timeDecay'] as const
export type Model = (typeof models)[number]

/** What a report shows, exactly as it stands in the address: a link shows the next person the same. */
export interface View {
  period: Preset | 'custom'
  /** Of a period of one's own. */
  from: string
  to: string
  /** Empty: all sites. */
  siteId: string
  model: Model
  isCompared: boolean
  /** Where the tree of sources begins. */
  top: 'inquiryChannel' | 'source'
  /** A measure or `name`; `-` for the largest first. */
  sort: string
  /** Empty: as last chosen in this browser. */
  columns: MeasureName[]
  chart: MeasureName[]
  /** What rows stand for, or what a map shows: each report knows its own words. */
  by: string
  /** Opened branches, see `pathId`. */
  open: string[]
}

export const usualView: View = {
  period: 'last30',
  from: '',
  to: '',
  siteId: '',
  model: 'lastNonDirect',
  isCompared: false,
  top: 'inquiryChannel',
  sort: '-calls',
  columns: [],
  chart: [],
  by: '',
  open: []
}

/** So many opened branches stay in the address: it must remain a link that can be sent. */
const openLimit = 40

const oneOf = <T extends string>(value: string | null, allowed: readonly T[], usual: T): T =>
  allowed.find((each) => each === value) ?? usual

const list = (value: string | null): MeasureName[] => (value ?? '').split(',').filter(isMeasure)

/** Reads a view from an address; what it does not understand is left out. */
export function readView(params: URLSearchParams): View {
  const [from, to] = [params.get('from'), params.get('to')]
  const isCustom = isDay(from) && isDay(to) && from <= to
  const sort = params.get('sort') ?? ''
  return {
    period: isCustom ? 'custom' : oneOf(params.get('period'), presets, 'last30'),
    from: isCustom ? from : '',
    to: isCustom ? to : '',
    siteId: params.get('siteId') ?? '',
    model: oneOf(params.get('model'), models, 'lastNonDirect'),
    isCompared: params.get('compare') === 'previous',
    top: oneOf(params.get('top'), ['inquiryChannel', 'source'], 'inquiryChannel'),
    sort: sort.replace(/^-/, '') === 'name' || isMeasure(sort.replace(/^-/, '')) ? sort : usualView.sort,
    columns: list(params.get('columns')),
    chart: list(params.get('chart')),
    by: params.get('by') ?? '',
    open: params.getAll('open').slice(0, openLimit)
  }
}

/** A view as an address, without what is usual. */
export function writeView(view: View): URLSearchParams {
  const params = new URLSearchParams()
  const put = (name: string, value: string, usual = ''): void => {
    if (value !== usual) params.set(name, value)
  }
  if (view.period === 'custom') {
    put('from', view.from)
    put('to', view.to)
  } else put('period', view.period, usualView.period)
  put('siteId', view.siteId)
  put('model', view.model, usualView.model)
  put('compare', view.isCompared ? 'previous' : '')
  put('top', view.top, usualView.top)
  put('sort', view.sort, usualView.sort)
  put('columns', view.columns.join(','))
  put('chart', view.chart.join(','))
  put('by', view.by)
  for (const each of view.open.slice(0, openLimit)) params.append('open', each)
  return params
}

/** The days that a view shows. */
export function daysOf(view: View, today: string): Days {
  return view.period === 'custom' ? { from: view.from, to: view.to } : presetDays(view.period, today)
}

/** What stays when another report is opened. */
export function commonOf(view: View): View {
  const { period, from, to, siteId, model, isCompared } = view
  return { ...usualView, period, from, to, siteId, model, isCompared }
}
