import type { CellKind, Column, Sheet, SheetRow, Cell } from '../sheets/sheet.ts'
import { levelsOf, type AnyReport } from './reports.ts'
import type { Measures, OperatorLoad, ReportName, ReportRow } from './types.ts'
import {
  channelNames,
  keyTitles,
  loadTitles,
  measureTitles,
  moneyMeasures,
  reportTitles,
  say,
  weekday,
  words,
  type Locale
} from './words.ts'

type Measure = keyof Measures

const callMeasures: readonly Measure[] = [
  'calls',
  'firstCalls',
  'uniqueCalls',
  'repeatCalls',
  'target',
  'answered',
  'missed',
  'waitSeconds',
  'talkSeconds',
  'totalTalkSeconds',
  'rating'
]
const moneyOfDeals: readonly Measure[] = ['inquiries', 'deals', 'won', 'revenue']
const web: readonly Measure[] = ['visits', ...callMeasures, 'attributedShare', 'confidence', ...moneyOfDeals]
const measuresOfReport: Record<ReportName, readonly Measure[]> = {
  sources: [...web, 'cost', 'cpl', 'costPerTarget', 'cac', 'roi', 'conversion'],
  missed: ['calls', 'answered', 'missed', 'returned', 'returnSeconds', 'waitSeconds'],
  hours: callMeasures,
  operators: [...callMeasures, ...moneyOfDeals],
  pools: [...callMeasures, 'attributedShare', 'confidence', ...moneyOfDeals],
  'landing-pages': [...web, 'conversion'],
  regions: [...callMeasures, ...moneyOfDeals]
}
const loads: readonly (keyof OperatorLoad)[] = [
  'rings',
  'missedRings',
  'outCalls',
  'availableSeconds',
  'busySeconds',
  'wrapUpSeconds',
  'awaySeconds',
  'occupancy'
]
const shares: ReadonlySet<string> = new Set([
  'attributedShare',
  'confidence',
  'roi',
  'conversion',
  'occupancy'
])
const kindOf = (field: string): CellKind =>
  moneyMeasures.has(field)
    ? 'money'
    : shares.has(field)
      ? 'percent'
      : /seconds$/i.test(field)
        ? 'seconds'
        : 'number'

/** A column that knows where its cell comes from. */
interface Source extends Column {
  cell(row: Row): Cell
}
/** What reports have beside the usual is read by name; see `types.ts`. */
type Row = ReportRow & Partial<Record<string, unknown>>

export interface ReportTable {
  sheet: Sheet
  rows: SheetRow[]
  total: SheetRow
}

/** A report as a table for people, with words instead of keys: what files and mails show. The total stands apart. */
export function tableOf(
  name: ReportName,
  by: string | undefined,
  report: AnyReport,
  locale: Locale,
  only?: readonly Measure[]
): ReportTable {
  const level = by ?? levelsOf(name)[0] ?? 'key'
  const keys = keyColumns(name, level, locale)
  const currency = report.currency
  const chosen = only ?? measuresOfReport[name]
  const columns: Source[] = [
    ...keys,
    ...chosen.map((measure) => measureColumn(measure, 'values', currency, locale)),
    ...(only ? [] : ownColumns(name, level, locale)),
    ...(report.totalBefore === null || only
      ? []
      : chosen.map((measure) => measureColumn(measure, 'before', currency, locale)))
  ]
  const rows = report.rows.map((row) => columns.map((column) => column.cell(row as unknown as Row)))
  const totalRow: Record<string, unknown> = {
    key: '',
    name: null,
    values: report.total,
    before: report.totalBefore,
    ...('medianReturnSeconds' in report && { medianReturnSeconds: report.medianReturnSeconds })
  }
  const total = columns.map((column, i) =>
    i < keys.length ? (i === 0 ? say(words.total, locale) : null) : column.cell(totalRow as unknown as Row)
  )
  const sheet: Sheet = {
    name: say(reportTitles[name], locale),
    columns: columns.map(({ title, kind }) => ({ title, kind })),
    locale,
    timeZone: report.timeZone
  }
  return { sheet, rows, total }
}

function measureColumn(measure: Measure, of: 'values' | 'before', currency: string, locale: Locale): Source {
  const unit = moneyMeasures.has(measure) ? `, ${currency}` : ''
  const period = of === 'before' ? ` (${say(words.before, locale)})` : ''
  return {
    title: `${say(measureTitles[measure], locale)}${unit}${period}`,
    kind: kindOf(measure),
    cell: (row) => row[of]?.[measure] ?? null
  }
}

function ownColumns(name: ReportName, level: string, locale: Locale): Source[] {
  const number = (field: string, title: readonly [string, string], kind: CellKind): Source => ({
    title: say(title, locale),
    kind,
    cell: (row) => numberOrNull(row[field])
  })
  if (name === 'missed') {
    return [
      {
        title: say(words.notReturned, locale),
        kind: 'number',
        cell: ({ values }) => values.missed - values.returned
      },
      ...(level === 'day' ? [number('medianReturnSeconds', words.medianReturn, 'seconds')] : [])
    ]
  }
  if (name === 'pools') {
    return [
      number('leases', words.leases, 'integer'),
      number('overflowed', words.overflowed, 'integer'),
      number('stolen', words.stolen, 'integer'),
      number('coverage', words.coverage, 'percent')
    ]
  }
  if (name !== 'operators' || level !== 'key') return []
  return loads.map((field) => ({
    title: say(loadTitles[field], locale),
    kind: kindOf(field),
    cell: (row) => (row['load'] as OperatorLoad | null | undefined)?.[field] ?? null
  }))
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function keyColumns(name: ReportName, level: string, locale: Locale): Source[] {
  const text = (title: string, cell: (row: Row) => string): Source => ({
    title: say(keyTitles[title] ?? [title, title], locale),
    kind: 'text',
    cell
  })
  const orNotGiven = (value: string): string => (value === '' ? say(words.notGiven, locale) : value)
  if (level === 'day') return [{ ...text('day', ({ key }) => key), kind: 'day' }]
  if (level === 'inquiryChannel') {
    return [text(level, ({ key }) => orNotGiven(channelNames[key] ? say(channelNames[key], locale) : key))]
  }
  if (name === 'hours') {
    return [
      text('weekday', ({ key }) => weekday(Number(key.split('-')[0]), locale)),
      text('hour', ({ key }) => hourOf(key.split('-')[1] ?? ''))
    ]
  }
  if (level === 'hour') return [text('hour', ({ key }) => hourOf(key))]
  if (name === 'operators' || level === 'operator') {
    const nameOf = ({ key, name: own }: Row): string =>
      own ?? say(key === '' ? words.nobody : words.deletedOperator, locale)
    return [text('operator', nameOf)]
  }
  if (name === 'pools') {
    return [
      text('pool', ({ key, name: own }) => own ?? say(key === '' ? words.noPool : words.deletedPool, locale))
    ]
  }
  if (name === 'regions')
    return [text('region', ({ key }) => (key === '' ? say(words.unknownRegion, locale) : key))]
  if (name === 'landing-pages') return [text('landing', ({ key }) => orNotGiven(key))]
  return [text(level, ({ key }) => orNotGiven(key))]
}

const hourOf = (hour: string): string => `${hour.padStart(2, '0')}:00`

/** `ringtrace-sources-2026-11-01-2026-11-30.xlsx` */
export const tableFileName = (name: ReportName, { from, to }: AnyReport, format: 'csv' | 'xlsx'): string =>
  `ringtrace-${name}-${from}-${to}.${format}`
