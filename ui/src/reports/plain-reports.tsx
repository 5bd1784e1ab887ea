import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { z } from 'zod'
import type { operatorsReport, poolRow, ReportRow } from '../../../api/contract/reports.ts'
import { regionName } from '../lib/format.ts'
import { useMe } from '../session/session.ts'
import { figure } from './figures.ts'
import { FlatReport } from './flat-report.tsx'
import { Kpis } from './kpis.tsx'
import type { MeasureName } from './measures.ts'
import styles from './reports.module.css'
import { useReport } from './queries.ts'
import type { ViewState } from './use-view.ts'

type PoolRow = z.infer<typeof poolRow>
type OperatorRow = z.infer<typeof operatorsReport>['rows'][number]

/** Below this share of visits with a number of their own, a pool is said to be too short. */
const enoughCoverage = 0.95

const money: readonly MeasureName[] = ['inquiries', 'deals', 'won', 'revenue']
const talks: readonly MeasureName[] = ['calls', 'answered', 'missed', 'target']

/** Load, talk, ratings and money of everybody who answers. */
export function OperatorsReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const all: readonly MeasureName[] = [
    ...talks,
    'firstCalls',
    'returned',
    'waitSeconds',
    'talkSeconds',
    'totalTalkSeconds',
    'rating',
    ...money
  ]
  return (
    <FlatReport<OperatorRow>
      name="operators"
      state={state}
      title={t('reports.operators.title')}
      rowsName={t('reports.operators.row')}
      all={all}
      usual={['calls', 'target', 'talkSeconds', 'totalTalkSeconds', 'rating', 'won', 'revenue']}
      nameOf={(row) => row.name ?? t('reports.nobody')}
      filtersOf={(row) => (row.key === '' ? null : { operatorId: row.key })}
      own={(style) => [
        {
          title: t('reports.operators.occupancy'),
          cell: (row) => figure(row.load?.occupancy, 'share', style)
        },
        {
          title: t('reports.operators.missedRings'),
          cell: (row) =>
            row.load
              ? `${figure(row.load.missedRings, 'count', style)} / ${figure(row.load.rings, 'count', style)}`
              : '–'
        },
        {
          title: t('reports.operators.outCalls'),
          cell: (row) => figure(row.load?.outCalls, 'count', style)
        }
      ]}
    />
  )
}

/** Whether the pools of numbers suffice. */
export function PoolsReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const me = useMe()
  const isShort = (row: PoolRow): boolean => row.coverage !== null && row.coverage < enoughCoverage
  return (
    <FlatReport<PoolRow>
      name="pools"
      state={state}
      title={t('reports.pools.title')}
      rowsName={t('reports.pools.row')}
      all={['calls', 'target', 'missed', 'attributedShare', 'confidence']}
      usual={['calls', 'target', 'attributedShare', 'confidence']}
      nameOf={(row) => (row.key === '' ? t('reports.pools.none') : (row.name ?? row.key))}
      filtersOf={(row) => (row.key === '' ? null : { poolId: row.key })}
      noteOf={(row) =>
        row.key === '' ? null : isShort(row) ? (
          me.role === 'supervisor' ? (
            t('reports.pools.short')
          ) : (
            <Link to="/settings/pools" className={styles.link}>
              {t('reports.pools.tooShort')}
            </Link>
          )
        ) : row.coverage === null ? (
          t('reports.pools.nobodyCame')
        ) : (
          t('reports.pools.enough')
        )
      }
      own={(style) => [
        {
          title: t('reports.pools.coverage'),
          cell: (row) => (
            <span data-bad={isShort(row) ? '' : undefined} className={styles.coverage}>
              {figure(row.coverage, 'share', style)}
            </span>
          )
        },
        { title: t('reports.pools.leases'), cell: (row) => figure(row.leases, 'count', style) },
        { title: t('reports.pools.overflowed'), cell: (row) => figure(row.overflowed, 'count', style) },
        { title: t('reports.pools.stolen'), cell: (row) => figure(row.stolen, 'count', style) }
      ]}
    />
  )
}

/** Which entry pages bring calls. */
export function LandingPagesReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const { view, days } = state
  const byDay = useReport('landing-pages', view, days, { by: 'day' })
  return (
    <FlatReport<ReportRow>
      name="landing-pages"
      state={state}
      title={t('reports.landingPages.title')}
      rowsName={t('reports.landingPages.row')}
      all={[
        'visits',
        'calls',
        'conversion',
        'firstCalls',
        'uniqueCalls',
        'answered',
        'missed',
        'target',
        ...money
      ]}
      usual={['visits', 'calls', 'conversion', 'firstCalls', 'target', 'inquiries', 'deals', 'revenue']}
      nameOf={(row) => (row.key === '' ? t('reports.landingPages.none') : row.key)}
      filtersOf={(row) => ({ landingPath: row.key })}
      above={(report, style, place) => (
        <Kpis
          names={['visits', 'calls', 'conversion', 'target']}
          report={report}
          byDay={byDay.data?.rows}
          style={style}
          place={place}
          isCompared={view.isCompared}
        />
      )}
    />
  )
}

/** Where clients call from. */
export function RegionsReport({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  return (
    <FlatReport<ReportRow>
      name="regions"
      state={state}
      title={t('reports.regions.title')}
      rowsName={t('reports.regions.row')}
      all={[
        'calls',
        'firstCalls',
        'uniqueCalls',
        'answered',
        'missed',
        'target',
        'waitSeconds',
        'talkSeconds',
        ...money
      ]}
      usual={['calls', 'firstCalls', 'answered', 'missed', 'target', 'inquiries', 'deals', 'revenue']}
      nameOf={(row) => (row.key === '' ? t('reports.regions.none') : (regionName(row.key) ?? row.key))}
      filtersOf={(row) => ({ region: row.key })}
    />
  )
}
