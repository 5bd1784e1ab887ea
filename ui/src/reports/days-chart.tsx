import '@mantine/charts/styles.css'
import { CompositeChart, type CompositeChartSeries } from '@mantine/charts'
import { useTranslation } from 'react-i18next'
import type { ReportRow } from '../../../api/contract/reports.ts'
import { eachDay, type Days } from '../lib/period.ts'
import { figure, type Style } from './figures.ts'
import { measure, type MeasureName } from './measures.ts'

const looks = [
  { type: 'bar', color: 'pine.5' },
  { type: 'line', color: 'amber.6' },
  { type: 'line', color: 'rust.5', strokeDasharray: '6 3' },
  { type: 'line', color: 'gray.6', strokeDasharray: '2 3' }
] as const satisfies readonly Partial<CompositeChartSeries>[]

/** So many measures can be told apart. */
export const chartLimit = looks.length

interface Props {
  days: Days
  rows: readonly ReportRow[]
  names: readonly MeasureName[]
  style: Style
}

/** Measures over days: the first one as bars, the others as lines of different strokes; money on its own axis. */
export default function DaysChart({ days, rows, names, style }: Props) {
  const { t } = useTranslation()
  const byDay = new Map(rows.map((row) => [row.key, row.values]))
  const data = eachDay(days).map((day) => ({
    day,
    ...Object.fromEntries(names.map((name) => [name, byDay.get(day)?.[name] ?? 0]))
  }))
  const units = [...new Set(names.map((name) => measure(name).unit))]
  const [left = 'count', right] = units
  const dayText = (day: string): string =>
    new Intl.DateTimeFormat(style.locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(
      new Date(`${day}T00:00:00Z`)
    )
  const sums = names
    .map((name) => {
      const sum = data.reduce((all, each) => all + Number((each as Record<string, unknown>)[name]), 0)
      return `${t(`reports.measure.${name}`)} ${figure(sum, measure(name).unit, style)}`
    })
    .join(', ')
  return (
    <div role="img" aria-label={`${t('reports.chart.title')}: ${sums}`} data-testid="days-chart">
      <CompositeChart
        h={230}
        data={data}
        dataKey="day"
        withDots={false}
        curveType="monotone"
        strokeWidth={2}
        maxBarWidth={28}
        gridAxis="x"
        tickLine="none"
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 34 }}
        composedChartProps={{ accessibilityLayer: false }}
        xAxisProps={{ tickFormatter: dayText, minTickGap: 24 }}
        yAxisProps={{
          width: 62,
          allowDecimals: left !== 'count',
          tickFormatter: (value: number) => figure(value, left, style, true)
        }}
        withRightYAxis={right !== undefined}
        rightYAxisProps={{
          width: 70,
          tickFormatter: (value: number) => figure(value, right ?? 'count', style, true)
        }}
        series={names.map((name, index) => ({
          ...(looks[index] ?? looks[0]),
          name,
          label: t(`reports.measure.${name}`),
          ...(measure(name).unit !== left && { yAxisId: 'right' })
        }))}
        tooltipProps={{ labelFormatter: (day) => (typeof day === 'string' ? dayText(day) : '') }}
        valueFormatter={(value) => figure(value, 'count', style)}
      />
    </div>
  )
}
