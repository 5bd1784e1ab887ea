import { Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Health } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { useBoard } from '../live/use-live.tsx'
import type en from '../i18n/en.ts'
import styles from './shell.module.css'

/** What does not work now, while something does not: calls may go on all the same, so it is said quietly. */
export function HealthBanner() {
  const { t } = useTranslation()
  const board = useBoard()
  const health = useQuery({
    queryKey: ['health'],
    queryFn: () => api<Health>('GET', '/api/health'),
    refetchInterval: 30_000,
    staleTime: 10_000
  })
  const polled = Object.entries(health.data?.checks ?? {}).map(
    ([name, check]) => [name, check.status] as const
  )
  const isLiveNewer = board.health !== null && board.connection === 'online'
  const checks = isLiveNewer ? Object.entries(board.health?.checks ?? {}) : polled
  const bad = checks.filter(([, status]) => status !== 'ok').map(([name]) => name)
  if (health.isError) {
    return (
      <div className={styles.banner} role="alert" data-testid="health-banner">
        <IconAlertTriangle size={17} color="var(--rt-ring)" />
        <Text fz="sm">{t('health.noAnswer')}</Text>
      </div>
    )
  }
  if (bad.length === 0) return null
  const words = bad.map((name) =>
    i18next.exists(`health.check.${name}`) ? t(`health.check.${name as keyof typeof en.health.check}`) : name
  )
  return (
    <div className={styles.banner} role="status" data-testid="health-banner">
      <IconAlertTriangle size={17} color="var(--rt-ring)" />
      <Text fz="sm">
        <b>{t('health.degraded')}</b> {words.join(', ')}
      </Text>
    </div>
  )
}
