import { Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { NumberPool, PoolAdvice } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { Part } from './part.tsx'
import { percent } from './percent.ts'
import styles from './tracking.module.css'

/** Whether the pool's numbers suffice, and how many would. */
export function PoolAdviceTab({ pool }: { pool: NumberPool }) {
  const { t } = useTranslation()
  const advice = useQuery({
    queryKey: ['pool-advice', pool.id, pool.numberIds.length, pool.wantedCoverage],
    queryFn: () => api<PoolAdvice>('GET', `/api/number-pools/${pool.id}/advice`)
  })
  if (pool.mode === 'static') return <Text c="dimmed">{t('tracking.now.static')}</Text>
  if (advice.isPending) return <Skeleton height={280} radius="lg" />
  if (advice.isError) return <Text>{explain(advice.error)}</Text>
  const { measured, numbers, needed, coverage, wantedCoverage, visitorsPerHour, holdMinutes } = advice.data
  if (measured.visits === 0)
    return (
      <Text c="dimmed" maw={520}>
        {t('tracking.advice.nobody')}
      </Text>
    )
  const more = needed - numbers
  const figure = (label: string, value: string) => (
    <div className={styles.figure} key={label}>
      <b>{value}</b>
      <Text fz="sm" c="dimmed">
        {label}
      </Text>
    </div>
  )
  const whole = (value: number): string => new Intl.NumberFormat(i18next.language).format(Math.round(value))
  return (
    <Stack gap="md" maw={760} data-testid="pool-advice">
      <section className={`sheet ${styles.part}`}>
        <Text fz="lg" fw={620} c={more > 0 ? 'var(--rt-lost)' : 'inherit'} data-testid="advice-sentence">
          {more > 0
            ? t('tracking.advice.more', { count: more, wanted: percent(wantedCoverage) })
            : t('tracking.advice.enough', { numbers, coverage: percent(coverage) })}
        </Text>
        <Text c="dimmed" fz="sm" mb="md">
          {t('tracking.advice.days', { days: measured.days })}
        </Text>
        <div className={styles.figures}>
          {figure(t('tracking.advice.measured'), percent(measured.coverage))}
          {figure(t('tracking.advice.promised'), percent(coverage))}
          {figure(t('tracking.advice.busiest'), whole(visitorsPerHour))}
          {figure(
            t('tracking.advice.hold'),
            t('tracking.advice.minutes', {
              value:
                holdMinutes < 10
                  ? new Intl.NumberFormat(i18next.language, { maximumFractionDigits: 1 }).format(holdMinutes)
                  : whole(holdMinutes)
            })
          )}
          {figure(t('tracking.advice.visits'), whole(measured.visits))}
          {figure(t('tracking.advice.overflowed'), whole(measured.overflowed))}
          {figure(t('tracking.advice.stolen'), whole(measured.stolen))}
        </div>
      </section>
      <Part title={t('tracking.advice.chart')} text={t('tracking.advice.how')}>
        <Curve advice={advice.data} />
      </Part>
    </Stack>
  )
}

const width = 640
const height = 240
const left = 44
const bottom = 28

/** Coverage over the count of numbers, with what there is and what is wanted. */
function Curve({ advice }: { advice: PoolAdvice }) {
  const { t } = useTranslation()
  const { curve, numbers, wantedCoverage } = advice
  const most = Math.max(1, curve.length - 1)
  const x = (count: number): number => left + ((width - left - 12) * count) / most
  const y = (share: number): number => 8 + (height - bottom - 8) * (1 - share)
  const line = curve.map(
    (share, count) => `${count === 0 ? 'M' : 'L'}${x(count).toFixed(1)} ${y(share).toFixed(1)}`
  )
  const step = Math.max(1, Math.ceil(most / 10))
  const here = curve[Math.min(numbers, most)] ?? 1
  const label = t('tracking.advice.chartText', { numbers, coverage: percent(here) })
  const isRight = x(numbers) > width * 0.7
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={styles.chart} role="img" aria-label={label}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line x1={left} x2={width - 12} y1={y(share)} y2={y(share)} stroke="var(--rt-line)" />
          <text x={left - 8} y={y(share) + 4} textAnchor="end">
            {Math.round(share * 100)}%
          </text>
        </g>
      ))}
      {curve.map((_, count) =>
        count % step === 0 ? (
          <text key={count} x={x(count)} y={height - 8} textAnchor="middle">
            {count}
          </text>
        ) : null
      )}
      <line
        x1={left}
        x2={width - 12}
        y1={y(wantedCoverage)}
        y2={y(wantedCoverage)}
        stroke="var(--rt-ring)"
        strokeDasharray="5 4"
      />
      <text x={left + 6} y={y(wantedCoverage) + 15}>
        {t('tracking.advice.want', { wanted: percent(wantedCoverage) })}
      </text>
      <path d={line.join('')} fill="none" stroke="var(--rt-brand)" strokeWidth={2.5} strokeLinejoin="round" />
      {curve.map((share, count) => (
        <circle key={count} cx={x(count)} cy={y(share)} r={most > 60 ? 2 : 3.5} fill="var(--rt-brand)">
          <title>{t('tracking.advice.chartText', { numbers: count, coverage: percent(share) })}</title>
        </circle>
      ))}
      <line
        x1={x(numbers)}
        x2={x(numbers)}
        y1={y(here)}
        y2={y(0)}
        stroke="var(--rt-brand)"
        strokeDasharray="3 3"
      />
      <circle
        cx={x(numbers)}
        cy={y(here)}
        r={6}
        fill="var(--mantine-color-body)"
        stroke="var(--rt-brand)"
        strokeWidth={3}
      />
      <text
        x={x(numbers) + (isRight ? -10 : 10)}
        y={y(here) + 32}
        textAnchor={isRight ? 'end' : 'start'}
        style={{ fontWeight: 600 }}
      >
        {t('tracking.advice.have', { numbers })}
      </text>
    </svg>
  )
}
