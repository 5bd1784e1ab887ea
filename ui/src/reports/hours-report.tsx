import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ReportRow } from '../../../api/contract/reports.ts'
import { callsLink, type Place } from './drill.ts'
import { figure, type Style } from './figures.ts'
import { measure } from './measures.ts'
import { weekdayName } from './names.ts'
import { useReport } from './queries.ts'
import styles from './reports.module.css'
import { ReportSheet } from './states.tsx'
import { useStyle } from './use-style.ts'
import type { ViewState } from './use-view.ts'

const shown = ['calls', 'target', 'missed', 'waitSeconds'] as const
type Shown = (typeof shown)[number]
const weekdays = [1, 2, 3, 4, 5, 6, 7]
const hours = Array.from({ length: 24 }, (_, hour) => hour)

/** When clients call: hours of the week, as numbers on shades. */
export function HoursReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const { view, days, change } = state
  const query = useReport('hours', view, days)
  const style = useStyle(query.data?.currency)
  const name = shown.find((each) => each === view.by) ?? 'calls'
  return (
    <>
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          value={name}
          aria-label={t('reports.hours.shows')}
          data={shown.map((value) => ({ value, label: t(`reports.measure.${value}`) }))}
          onChange={(value) => change({ by: value === 'calls' ? '' : value })}
        />
        <span className={styles.explain}>
          {query.data && t('reports.hours.zone', { zone: query.data.timeZone })}
        </span>
      </div>
      <ReportSheet query={query} state={state} hasFixedRows>
        {query.data && (
          <HeatMap
            rows={query.data.rows}
            name={name}
            style={style}
            place={{ days, siteId: view.siteId, filters: {} }}
          />
        )}
      </ReportSheet>
    </>
  )
}

interface MapProps {
  rows: readonly ReportRow[]
  name: Shown
  style: Style
  place: Place
}

function HeatMap({ rows, name, style, place }: MapProps) {
  const { t } = useTranslation()
  const cells = new Map(rows.map((row) => [row.key, row.values]))
  const valueAt = (weekday: number, hour: number): number | null =>
    cells.get(`${weekday}-${hour}`)?.[name] ?? null
  const top = Math.max(...rows.map((row) => row.values[name] ?? 0), 0)
  const { unit, good } = measure(name)
  const isSum = unit === 'count'
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((all, each) => all + (each ?? 0), 0)
  const link = (weekday: number, hour: number): string | null =>
    callsLink(isSum ? name : 'calls', {
      ...place,
      filters: { weekday: String(weekday), hour: String(hour) }
    })
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('reports.hours.title')}>
      <table
        className={styles.heat}
        aria-label={`${t('reports.hours.title')}: ${t(`reports.measure.${name}`)}`}
      >
        <thead>
          <tr>
            <th scope="col">{t('reports.hours.weekday')}</th>
            {hours.map((hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
            {isSum && <th scope="col">{t('reports.total')}</th>}
          </tr>
        </thead>
        <tbody>
          {weekdays.map((weekday) => (
            <tr key={weekday}>
              <th scope="row">
                <abbr title={weekdayName(weekday, 'long')}>{weekdayName(weekday, 'short')}</abbr>
              </th>
              {hours.map((hour) => {
                const value = valueAt(weekday, hour)
                const to = value ? link(weekday, hour) : null
                const text = value ? figure(value, unit, style) : ''
                const label = `${weekdayName(weekday, 'long')}, ${hour}:00: ${text}`
                return (
                  <td
                    key={hour}
                    data-cell={`${weekday}-${hour}`}
                    data-bad={good === 'down' ? '' : undefined}
                    style={{
                      ['--heat' as string]: `${top > 0 ? Math.round(((value ?? 0) / top) * 42) : 0}%`
                    }}
                  >
                    {to ? (
                      <Link
                        to={to}
                        className="num"
                        aria-label={`${label}, ${t('reports.openCalls')}`}
                        title={label}
                      >
                        {isSum ? text : Math.round(value ?? 0)}
                      </Link>
                    ) : (
                      <span aria-hidden>·</span>
                    )}
                  </td>
                )
              })}
              {isSum && (
                <td className={styles.heatSum}>
                  <span className="num">
                    {figure(sum(hours.map((hour) => valueAt(weekday, hour))), unit, style)}
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
        {isSum && (
          <tfoot>
            <tr>
              <th scope="row">{t('reports.total')}</th>
              {hours.map((hour) => (
                <td key={hour} className={styles.heatSum}>
                  <span className="num">
                    {figure(sum(weekdays.map((weekday) => valueAt(weekday, hour))), unit, style)}
                  </span>
                </td>
              ))}
              <td className={styles.heatSum}>
                <span className="num">{figure(sum(rows.map((row) => row.values[name])), unit, style)}</span>
              </td>
            </tr>
          </tfoot>
        )}
      </table>
      {!isSum && <p className={styles.heatNote}>{t('reports.hours.seconds')}</p>}
    </div>
  )
}
