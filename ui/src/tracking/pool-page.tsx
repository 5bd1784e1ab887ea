import { Badge, Group, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { NumberPool } from '../../../api/contract/track.ts'
import { OnePage } from './one-page.tsx'
import { PoolAdviceTab } from './pool-advice.tsx'
import { PoolNow } from './pool-now.tsx'
import { PoolRules } from './pool-rules.tsx'
import { ruleSummary } from './rule-summary.ts'

const names = ['rules', 'advice', 'now'] as const

/** One pool: whom it serves with which numbers, whether they suffice, who has them now. */
export function PoolPage({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <OnePage
      id={id}
      things="number-pools"
      home="/settings/pools"
      back={t('tracking.pools.back')}
      gone={t('tracking.pools.gone')}
      names={names}
      first={() => 'rules'}
      tabLabel={(name) => t(`tracking.pool.tab.${name}`)}
      content={(pool: NumberPool) => ({
        rules: () => <PoolRules key={pool.id} pool={pool} />,
        advice: () => <PoolAdviceTab pool={pool} />,
        now: () => <PoolNow pool={pool} />
      })}
      heading={(pool) => (
        <>
          <Group gap="xs">
            <Title order={1} size="h2">
              {pool.name}
            </Title>
            {pool.isShort && (
              <Badge color="amber" variant="light" tt="none">
                {t('tracking.pools.short')}
              </Badge>
            )}
          </Group>
          <Text c="dimmed">{ruleSummary(pool.rule)}</Text>
        </>
      )}
      mayRemove
      removeText={({ name }) => t('tracking.pool.removeText', { name })}
      testId="pool-page"
    />
  )
}
