import { SegmentedControl, Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { z } from 'zod'
import { withTexts } from '../i18n/index.ts'
import type { missedReport } from '../../../api/contract/reports.ts'
import { dayName } from './names.ts'
import { journalLink, type Place } from './drill.ts'
import { FlatReport } from './flat-report.tsx'
import { figure } from './figures.ts'
import { Kpis, Tile } from './kpis.tsx'
import { useReport } from './queries.ts'
import styles from './reports.module.css'
import { isEmpty } from './states.tsx'
import { useStyle } from './use-style.ts'
import type { ViewState } from './use-view.ts'

const DaysChart = lazy(withTexts(['reports'], () => import('./days-chart.tsx')))

type Missed = z.infer<typeof missedReport>
type Row = Missed['rows'][number]

const levels = ['day', 'source', 'hour', 'operator'] as const
const columns = ['calls', 'missed', 'returned', 'returnSeconds', 'waitSeconds'] as const

/** Calls that nobody answered, and how soon those clients were talked with. */
export function MissedReport({ state }: { state: ViewState }) {
  const { t, i18n } = useTranslation()
  const { view, days, change } = state
  const by = levels.find((each) => each === view.by) ?? 'day'
  const byDay = useReport<Row>('missed', view, days, { by: 'day' })
  const style = useStyle(byDay.data?.currency)
  const place: Place = { days, siteId: view.siteId, filters: {} }
  const report = byDay.data as Missed | undefined
  const hasNothing = isEmpty(report, true)
  const open = report ? report.total.missed - report.total.returned : 0
  const nameOf = (row: Row): string => {
    if (row.key === '') return t(by === 'operator' ? 'reports.nobody' : 'reports.notGiven')
    if (by === 'day') return dayName(row.key, i18n.language)
    if (by === 'hour') return `${row.key.padStart(2, '0')}:00–${row.key.padStart(2, '0')}:59`
    return row.name ?? row.key
  }
  const filtersOf = (row: Row): Readonly<Record<string, string>> | null => {
    switch (by) {
      case 'day':
        return { from: row.key, to: row.key }
      case 'hour':
        return { hour: row.key }
      case 'source':
        return { model: view.model, source: row.key }
      case 'operator':
        return row.key === '' ? null : { operatorId: row.key }
    }
  }
  // Days stand in their order until somebody sorts them.
  const usual =
    view.sort !== '-calls'
      ? state
      : by === 'day'
        ? { ...state, view: { ...view, sort: '-name' } }
        : by === 'hour'
          ? { ...state, view: { ...view, sort: 'name' } }
          : state
  return (
    <>
      <Kpis
        names={['missed', 'returned', 'returnSeconds']}
        report={report}
        byDay={report?.rows}
        style={style}
        place={place}
        isCompared={view.isCompared}
      >
        <Tile
          name="median"
          title={t('reports.medianReturn')}
          isReady={report !== undefined}
          foot={<span className={styles.kpiNote}>{t('reports.medianNote')}</span>}
        >
          <span className="num">{figure(report?.medianReturnSeconds, 'seconds', style)}</span>
        </Tile>
        <Tile
          name="not-returned"
          title={t('reports.notReturned')}
          isReady={report !== undefined}
          foot={<span className={styles.kpiNote}>{open > 0 ? t('reports.notReturnedNote') : ' '}</span>}
        >
          {open > 0 ? (
            <Link
              className={`num ${styles.figure}`}
              to={journalLink({
                ...place,
                filters: { isCounted: 'true', isMissed: 'true', isReturned: 'false' }
              })}
            >
              {figure(open, 'count', style)}
            </Link>
          ) : (
            <span className="num">{figure(open, 'count', style)}</span>
          )}
        </Tile>
      </Kpis>
      {days.from !== days.to && !hasNothing && !byDay.isError && (
        <section className={`sheet ${styles.chart}`} aria-label={t('reports.chart.title')}>
          <Suspense fallback={<Skeleton height={230} />}>
            {report ? (
              <DaysChart days={days} rows={report.rows} names={['missed', 'returned']} style={style} />
            ) : (
              <Skeleton height={230} />
            )}
          </Suspense>
        </section>
      )}
      <FlatReport<Row>
        name="missed"
        hasFixedRows={by === 'day' || by === 'hour'}
        state={usual}
        title={t('reports.missed.title')}
        rowsName={t(`reports.missed.by.${by}`)}
        more={{ by }}
        all={columns}
        usual={columns}
        nameOf={nameOf}
        {...((by === 'day' || by === 'hour') && { orderOf: (row: Row) => row.key })}
        filtersOf={filtersOf}
        tools={
          <SegmentedControl
            size="xs"
            value={by}
            aria-label={t('reports.rowsAre')}
            data={levels.map((value) => ({ value, label: t(`reports.missed.by.${value}`) }))}
            onChange={(value) => change({ by: value === 'day' ? '' : value })}
          />
        }
      />
    </>
  )
}
