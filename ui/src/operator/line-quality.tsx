import { useTranslation } from 'react-i18next'
import type { Quality } from '../softphone/quality.ts'
import styles from './call-card.module.css'

/** How the line sounds now: three bars, and in words what is wrong with it. */
export function LineQuality({ quality }: { quality: Quality | null }) {
  const { t } = useTranslation()
  // Nothing is known in the first second.
  if (!quality || quality.mos === null) return null
  const { level, problems, mos, rttMs } = quality
  const figures = [
    t('shift.quality.mos', { mos: mos.toFixed(1) }),
    rttMs === null ? null : t('shift.quality.rtt', { ms: Math.round(rttMs) })
  ]
  const words = problems.length > 0 ? problems.map((one) => t(`shift.quality.problem.${one}`)) : figures
  const label = `${t(`shift.quality.${level}`)}. ${words.filter(Boolean).join(' ')}`
  return (
    <span
      className={styles.quality}
      data-level={level}
      data-testid="line-quality"
      role="img"
      aria-label={label}
      title={label}
    >
      <i />
      <i />
      <i />
    </span>
  )
}
