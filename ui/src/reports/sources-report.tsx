import { Chip, Group, SegmentedControl, Skeleton } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { withTexts } from '../i18n/index.ts'
import { ColumnsMenu, columnsOf } from './columns-menu.tsx'
import { useMe } from '../session/session.ts'
import type { Place } from './drill.ts'
import { Kpis, UnattributedTile } from './kpis.tsx'
import { measureNames, type MeasureName } from './measures.ts'
import { useNames } from './names.ts'
import { useBranches, useReport } from './queries.ts'
import styles from './reports.module.css'
import { SourceTree } from './source-tree.tsx'
import { isEmpty, ReportSheet } from './states.tsx'
import { levelsOf, linesOf, sorted } from './tree.ts'
import { useStyle } from './use-style.ts'
import type { ViewState } from './use-view.ts'

const DaysChart = lazy(withTexts(['reports'], () => import('./days-chart.tsx')))

const kpis = ['calls', 'target', 'inquiries', 'revenue', 'cost', 'roi'] as const
const charted = ['calls', 'target', 'missed', 'inquiries', 'revenue', 'cost'] as const
const usualColumns: readonly MeasureName[] = [
  'calls',
  'firstCalls',
  'answered',
  'target',
  'inquiries',
  'deals',
  'revenue',
  'cost',
  'cpl',
  'cac',
  'roi'
]

/** What brings calls and money: tiles, days, and the tree from channel to keyword. */
export function SourcesReport({ state }: { state: ViewState }) {
  const { t, i18n } = useTranslation()
  const { view, days, change } = state
  const me = useMe()
  const levels = levelsOf(view.top)
  const query = useReport('sources', view, days, { by: view.top })
  const byDay = useReport('sources', view, days, { by: 'day' })
  const { branches, retry } = useBranches(view, days, levels)
  const report = query.data
  const style = useStyle(report?.currency)
  const nameOf = useNames()
  const place: Place = { days, siteId: view.siteId, filters: {} }
  const columns = columnsOf('sources', view.columns, usualColumns)
  const lines = useMemo(
    () =>
      linesOf(levels, report?.rows ?? [], branches, (rows, level) =>
        sorted(rows, view.sort, (row) => nameOf(level, row.key), i18n.language)
      ),
    [levels, report, branches, view.sort, nameOf, i18n.language]
  )
  const hasNothing = isEmpty(report)
  const isWithoutCosts = report !== undefined && !hasNothing && report.total.cost === null
  return (
    <>
      <Kpis
        names={kpis}
        report={report}
        byDay={byDay.data?.rows}
        style={style}
        place={place}
        isCompared={view.isCompared}
      >
        <UnattributedTile report={report} style={style} place={place} />
      </Kpis>
      {isWithoutCosts && (
        <div className={styles.notice} data-testid="no-costs">
          <span>{t('reports.noCosts')}</span>
          {me.role !== 'supervisor' && <Link to="/costs">{t('reports.addCosts')}</Link>}
        </div>
      )}
      {days.from !== days.to && !hasNothing && !byDay.isError && (
        <section className={`sheet ${styles.chart}`} aria-label={t('reports.chart.title')}>
          <ChartChoice chosen={chartOf(view.chart)} onChange={(chart) => change({ chart })} />
          <Suspense fallback={<Skeleton height={230} />}>
            {byDay.data ? (
              <DaysChart days={days} rows={byDay.data.rows} names={chartOf(view.chart)} style={style} />
            ) : (
              <Skeleton height={230} />
            )}
          </Suspense>
        </section>
      )}
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          value={view.top}
          aria-label={t('reports.top.label')}
          data={(['inquiryChannel', 'source'] as const).map((value) => ({
            value,
            label: t(`reports.top.${value}`)
          }))}
          onChange={(value) => change({ top: value === 'source' ? 'source' : 'inquiryChannel', open: [] })}
        />
        <span className={styles.push} />
        <ColumnsMenu
          report="sources"
          all={measureNames.filter((name) => name !== 'attributedShare')}
          usual={usualColumns}
          columns={columns}
          onChange={(next) => change({ columns: next })}
        />
      </div>
      <ReportSheet query={query} state={state}>
        {report && (
          <SourceTree
            {...{ report, lines, levels, nameOf, columns, retry, style, place }}
            sort={view.sort}
            onSort={(sort) => change({ sort })}
            onToggle={(id, isOpen) =>
              change({
                open: isOpen
                  ? [...view.open, id]
                  : view.open.filter((each) => each !== id && !each.startsWith(`${id}/`))
              })
            }
            isCompared={view.isCompared}
            model={view.model}
          />
        )}
      </ReportSheet>
    </>
  )
}

function chartOf(chosen: readonly MeasureName[]): MeasureName[] {
  const known = chosen.filter((name) => charted.some((each) => each === name))
  return known.length > 0 ? known : ['calls', 'target']
}

function ChartChoice({
  chosen,
  onChange
}: {
  chosen: readonly MeasureName[]
  onChange: (names: MeasureName[]) => void
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.chartHead}>
      <Chip.Group
        multiple
        value={[...chosen]}
        onChange={(names) => {
          const next = charted.filter((name) => names.includes(name))
          if (next.length > 0 && next.length <= 4) onChange(next)
        }}
      >
        <Group gap={6} role="group" aria-label={t('reports.chart.choose')}>
          {charted.map((name) => (
            <Chip
              key={name}
              value={name}
              size="xs"
              variant="light"
              disabled={chosen.length === 4 && !chosen.includes(name)}
            >
              {t(`reports.measure.${name}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </div>
  )
}
