import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ReportRow } from '../../../api/contract/reports.ts'
import { eachDay } from '../lib/period.ts'
import { journalLink, type Place } from './drill.ts'
import { Change, Figure } from './figure.tsx'
import { figure, type Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import type { Answer } from './queries.ts'
import styles from './reports.module.css'

const [width, height] = [120, 28]

/** The days of a measure as a line; what it says in words stands above it. */
function Spark({ values }: { values: readonly number[] }) {
  const top = Math.max(...values, 0)
  if (values.length < 2 || top <= 0) return <div style={{ height: height + 4 }} />
  const y = (value: number): number => height - 2 - (Math.max(0, value) / top) * (height - 4)
  const points = values
    .map((value, index) => `${((index / (values.length - 1)) * width).toFixed(1)},${y(value).toFixed(1)}`)
    .join(' ')
  return (
    <svg className={styles.spark} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <polygon points={`0,${height} ${points} ${width},${height}`} />
      <polyline points={points} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

/** One figure that is looked at first. */
export function Tile({
  name,
  title,
  isReady,
  children,
  foot
}: {
  name: string
  title: string
  isReady: boolean
  children: ReactNode
  foot: ReactNode
}) {
  return (
    <div className={`sheet ${styles.kpi}`} data-testid={`kpi-${name}`}>
      <span className={styles.kpiName}>{title}</span>
      {isReady ? (
        <div className={styles.kpiFigure}>{children}</div>
      ) : (
        <Skeleton height={24} width={70} my={4} />
      )}
      {foot}
    </div>
  )
}

interface Props {
  names: readonly MeasureName[]
  report: Answer | undefined
  byDay: readonly ReportRow[] | undefined
  style: Style
  place: Place
  isCompared: boolean
  /** Tiles of this report only. */
  children?: ReactNode
}

/** The figures that are looked at first, each with its days. */
export function Kpis({ names, report, byDay, style, place, isCompared, children }: Props) {
  const { t } = useTranslation()
  const days = eachDay(place.days)
  const rows = new Map((byDay ?? []).map((row) => [row.key, row]))
  return (
    <div className={styles.kpis}>
      {names.map((name) => (
        <Tile
          key={name}
          name={name}
          title={t(`reports.measure.${name}`)}
          isReady={report !== undefined}
          foot={<Spark values={days.map((day) => rows.get(day)?.values[name] ?? 0)} />}
        >
          {report && (
            <>
              <Figure name={name} values={report.total} style={style} place={place} isShort />
              {isCompared && (
                <Change name={name} values={report.total} before={report.totalBefore} style={style} />
              )}
            </>
          )}
        </Tile>
      ))}
      {children}
    </div>
  )
}

/** What tracking could not tie to a visit is said openly, with how sure it is of the rest. */
export function UnattributedTile({
  report,
  style,
  place
}: {
  report: Answer | undefined
  style: Style
  place: Place
}) {
  const { t } = useTranslation()
  const { attributedShare = null, confidence = null } = report?.total ?? {}
  const lost = attributedShare === null ? null : 1 - attributedShare
  return (
    <Tile
      name="unattributed"
      title={t('reports.unattributedShare')}
      isReady={report !== undefined}
      foot={
        <span className={styles.kpiNote}>
          {confidence === null ? ' ' : t('reports.sureOfRest', { value: figure(confidence, 'share', style) })}
        </span>
      }
    >
      {lost ? (
        <Link
          className={`num ${styles.figure}`}
          to={journalLink({ ...place, filters: { isCounted: 'true', hasVisit: 'false' } })}
        >
          {figure(lost, 'share', style)}
        </Link>
      ) : (
        <span className="num">{figure(lost, 'share', style)}</span>
      )}
    </Tile>
  )
}
