import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Wall } from '../../../api/contract/wall.ts'
import { clock, exactTime } from '../lib/format.ts'
import styles from './live.module.css'
import { levelTone, type Tone } from './tones.ts'

/** Figures of today that are older than this say so, ms. */
const staleMs = 10_000

function Figure(props: { id: string; label: string; value: string; about?: string; tone?: Tone }) {
  const { id, label, value, about, tone = '' } = props
  return (
    <div className={`sheet ${styles.figure}`} data-testid="today-figure" data-figure={id} data-tone={tone}>
      <span className="eyebrow cut">{label}</span>
      <span className={`num ${styles.count}`}>{value}</span>
      <Text fz="sm" c="dimmed" className="num cut" h={18}>
        {about}
      </Text>
    </div>
  )
}

/** What today has brought so far: the same figures as the reports of today. */
export function Today({ wall, now }: { wall: Wall; now: number }) {
  const { t, i18n } = useTranslation()
  const { figures, settings } = wall
  const { calls, answered, missed, abandoned, serviceLevel, withinSeconds, waitSeconds, talkSeconds } =
    figures
  const whole = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 })
  const share = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 })
  const ofCalls = (part: number): string => (calls === 0 ? '' : share.format(part / calls))
  const isOld = now - Date.parse(figures.countedAt) > staleMs
  return (
    <section aria-label={t('wall.today')} data-testid="wall-today">
      <div className={styles.todayHead}>
        <span className="eyebrow">{t('wall.today')}</span>
        {isOld && (
          <span className={styles.stale} role="status" data-testid="today-stale">
            {t('wall.countedAt', { time: exactTime(figures.countedAt) })}
          </span>
        )}
      </div>
      <div className={styles.figures}>
        <Figure
          id="serviceLevel"
          label={t('wall.serviceLevel')}
          value={serviceLevel === null ? '–' : share.format(serviceLevel)}
          about={t('wall.within', { seconds: withinSeconds })}
          tone={levelTone(serviceLevel, settings)}
        />
        <Figure id="calls" label={t('wall.calls')} value={whole.format(calls)} />
        <Figure
          id="answered"
          label={t('wall.answered')}
          value={whole.format(answered)}
          about={ofCalls(answered)}
        />
        <Figure id="missed" label={t('wall.missed')} value={whole.format(missed)} about={ofCalls(missed)} />
        <Figure
          id="abandoned"
          label={t('wall.abandoned')}
          value={whole.format(abandoned)}
          about={ofCalls(abandoned)}
        />
        <Figure
          id="wait"
          label={t('wall.wait')}
          value={waitSeconds === null ? '–' : clock(Math.round(waitSeconds))}
          about={talkSeconds === null ? '' : t('wall.talk', { time: clock(Math.round(talkSeconds)) })}
        />
      </div>
    </section>
  )
}

/** Answered and missed by where they came from: which advertisement rings now. */
export function BySource({ wall }: { wall: Wall }) {
  const { t, i18n } = useTranslation()
  const whole = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 })
  const { bySource } = wall.figures
  if (bySource.length === 0) return null
  const most = Math.max(...bySource.map(({ answered, missed }) => answered + missed), 1)
  return (
    <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('wall.bySource')}>
      <div className={styles.groupName}>
        <span className="eyebrow">{t('wall.bySource')}</span>
        <span className="eyebrow">{t('wall.answeredMissed')}</span>
      </div>
      {bySource.map(({ source, answered, missed }) => (
        <div key={source} className={styles.sourceRow} data-testid="wall-source" data-source={source}>
          <span className="cut">{source === '' ? t('wall.noSource') : source}</span>
          <span className="num">
            {whole.format(answered)} / <b data-any={missed > 0}>{whole.format(missed)}</b>
          </span>
          <i style={{ width: `${((answered + missed) / most) * 100}%` }}>
            <i style={{ width: `${(missed / Math.max(answered + missed, 1)) * 100}%` }} />
          </i>
        </div>
      ))}
    </section>
  )
}
