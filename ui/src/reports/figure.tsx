import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Measures } from '../../../api/contract/reports.ts'
import { callsLink, type Place } from './drill.ts'
import { delta, figure, type Style } from './figures.ts'
import { measure, type MeasureName } from './measures.ts'
import styles from './reports.module.css'

/** A change against the period before: sign, arrow, and colour only on top of these. */
export function Change({
  name,
  values,
  before,
  style
}: {
  name: MeasureName
  values: Measures
  before: Measures | null
  style: Style
}) {
  const { t } = useTranslation()
  const of = measure(name)
  // Nothing then, something now: every count was 0.
  const was = before ? before[name] : of.unit === 'count' || name === 'revenue' ? 0 : null
  const found = delta(values[name], was, of, style)
  if (!found) return <span className={styles.delta}>–</span>
  const Icon = found.way === 'up' ? IconArrowUpRight : found.way === 'down' ? IconArrowDownRight : null
  const text =
    found.text === null
      ? t('reports.isNew')
      : found.isPoints
        ? t('reports.points', { value: found.text })
        : found.text
  return (
    <span
      className={`num ${styles.delta}`}
      data-good={found.isGood ?? undefined}
      title={t('reports.wasBefore', { value: figure(was, of.unit, style) })}
    >
      {Icon && <Icon size={12} stroke={2.2} aria-hidden />}
      {text}
    </span>
  )
}

interface Props {
  name: MeasureName
  values: Measures
  style: Style
  /** Null: the journal cannot show just these calls. */
  place: Place | null
  isShort?: boolean
  /** Links of rows that are not active are reached through their row. */
  isReachable?: boolean
}

/** A figure; where it stands for calls, a link to exactly these. */
export function Figure({ name, values, style, place, isShort = false, isReachable = true }: Props) {
  const { t } = useTranslation()
  const value = values[name]
  const text = figure(value, measure(name).unit, style, isShort)
  const link = value && place ? callsLink(name, place) : null
  if (link === null) return <span className="num">{text}</span>
  return (
    <Link
      to={link}
      className={`num ${styles.figure}`}
      tabIndex={isReachable ? 0 : -1}
      aria-label={`${text}, ${t(`reports.measure.${name}`)}: ${t('reports.openCalls')}`}
      data-measure={name}
    >
      {text}
    </Link>
  )
}
