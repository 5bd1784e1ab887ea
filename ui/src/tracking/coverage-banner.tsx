import { Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { NumberPool, PoolStates } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { useAll } from '../lib/lookups.ts'
import { remember, remembered } from '../lib/storage.ts'
import { percent } from './percent.ts'
import styles from './tracking.module.css'

const everyMs = 120_000

/** Says that a pool has become short of numbers, until it has enough again or somebody has read it. */
export default function CoverageBanner() {
  const { t } = useTranslation()
  const states = useQuery({
    queryKey: ['pool-states'],
    queryFn: () => api<PoolStates>('GET', '/api/pool-states'),
    refetchInterval: everyMs,
    staleTime: 5000
  })
  const short = states.data?.items.filter((one) => one.isShort) ?? []
  const pools = useAll<NumberPool>('number-pools', short.length > 0)
  const [hidden, setHidden] = useState(() => remembered('shortPools') ?? '')
  // A fall is known by when it began: the next one is told anew.
  const markOf = (one: { id: string; shortSince: string | null }): string =>
    `${one.id}@${one.shortSince ?? ''}`
  const shown = short.filter((one) => !hidden.includes(markOf(one)))
  const first = shown[0]
  const pool = pools.data?.find(({ id }) => id === first?.id)
  if (!first || !pool) return null
  const hide = (): void => {
    const next = short
      .filter((one) => hidden.includes(markOf(one)) || one === first)
      .map(markOf)
      .join(' ')
    remember('shortPools', next)
    setHidden(next)
  }
  const share = Math.min(first.hourCoverage ?? 1, first.dayCoverage ?? 1)
  return (
    <div className={styles.banner} role="status" data-testid="coverage-banner">
      <IconAlertTriangle size={17} color="var(--rt-ring)" aria-hidden />
      <Text fz="sm">
        <b>{t('coverage.one', { name: pool.name })}</b> {t('coverage.coverage', { share: percent(share) })}
      </Text>
      <Button
        component={Link}
        to={`/settings/pools/${pool.id}/advice`}
        size="compact-sm"
        variant="light"
        color="amber"
      >
        {t('coverage.look')}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={hide}>
        {t('coverage.hide')}
      </Button>
    </div>
  )
}
