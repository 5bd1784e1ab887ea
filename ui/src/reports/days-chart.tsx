import '@mantine/charts/styles.css'
import { CompositeChart } from '@mantine/charts'
import { useTranslation } from 'react-i18next'
import type { ReportRow } from '../../../api/contract/reports.ts'
import { eachDay, type Days } from '../lib/period.ts'
import { figure, type Style } from './figures.ts'
import { measure, type MeasureName } from './measures.ts'

/** Each measure has a colour and a stroke of its own, whatever else is shown. */
const looks: Partial<Record<MeasureName, { color: string; strokeDasharray?: string }>> = {
  calls: { color: 'pine.4' },
  target: { color: 'amber.6' },
  missed: { color: 'rust.5' },
  returned: { color: 'pine.7' },
  inquiries: { color: 'gray.6', strokeDasharray: '2 3' },
  revenue: { color: 'pine.7', strokeDasharray: '7 3' },
  cost: { color: 'rust.6', strokeDasharray: '7 3' }
}

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
  const before = new Map(rows.map((row) => [row.key, row.before]))
  const [main] = names
  const isCompared = main !== undefined && rows.some((row) => row.before !== null)
  const data = eachDay(days).map((day) => ({
    day,
    ...Object.fromEntries(names.map((name) => [name, byDay.get(day)?.[name] ?? 0])),
    ...(isCompared && { before: before.get(day)?.[main] ?? 0 })
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
        curveType="linear"
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
        series={[
          ...names.map((name, index) => ({
            color: 'pine.4',
            ...looks[name],
            type: index === 0 ? ('bar' as const) : ('line' as const),
            name,
            label: t(`reports.measure.${name}`),
            ...(measure(name).unit !== left && { yAxisId: 'right' })
          })),
          ...(isCompared
            ? [
                {
                  type: 'line' as const,
                  name: 'before',
                  color: 'gray.5',
                  strokeDasharray: '4 4',
                  label: t('reports.chart.before', { name: t(`reports.measure.${main}`) })
                }
              ]
            : [])
        ]}
        tooltipProps={{ labelFormatter: (day) => (typeof day === 'string' ? dayText(day) : '') }}
        valueFormatter={(value) => figure(value, 'count', style)}
      />
    </div>
  )
}
