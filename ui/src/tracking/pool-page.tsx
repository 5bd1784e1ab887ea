import { ActionIcon, Badge, Group, Skeleton, Text, Title } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams } from 'react-router'
import type { NumberPool } from '../../../api/contract/track.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { PoolAdviceTab } from './pool-advice.tsx'
import { PoolNow } from './pool-now.tsx'
import { PoolRules } from './pool-rules.tsx'
import { ruleSummary } from './rule-summary.ts'
import { AddressTabs, Back } from './tabs.tsx'

const names = ['rules', 'advice', 'now'] as const

/** One pool: whom it serves with which numbers, whether they suffice, who has them now. */
export function PoolPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const { tab } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const pools = useAll<NumberPool>('number-pools')
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/number-pools/${id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      await navigate('/settings/pools')
    },
    onError: (error) => toast('rust', explain(error))
  })
  const back = <Back to="/settings/pools" label={t('tracking.pools.back')} />
  if (pools.isPending) return <Skeleton height={320} radius="lg" />
  const pool = pools.data?.find((one) => one.id === id)
  if (!pool)
    return (
      <>
        {back}
        <Text mt="md">{pools.isError ? explain(pools.error) : t('tracking.pools.gone')}</Text>
      </>
    )
  const chosen = names.find((name) => name === tab)
  if (!chosen) return <Navigate to={`/settings/pools/${id}/rules`} replace />
  const content = {
    rules: () => <PoolRules key={pool.id} pool={pool} />,
    advice: () => <PoolAdviceTab pool={pool} />,
    now: () => <PoolNow pool={pool} />
  }
  return (
    <section data-testid="pool-page">
      {back}
      <Group justify="space-between" align="flex-start" mb="sm" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Title order={2}>{pool.name}</Title>
            {pool.isShort && (
              <Badge color="amber" variant="light" tt="none">
                {t('tracking.pools.short')}
              </Badge>
            )}
          </Group>
          <Text c="dimmed">{ruleSummary(pool.rule)}</Text>
        </div>
        <ConfirmButton
          text={t('tracking.pool.removeText', { name: pool.name })}
          confirm={t('common.remove')}
          onConfirm={() => remove.mutate()}
        >
          {(ask) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('common.remove')}: ${pool.name}`}
              onClick={ask}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </ConfirmButton>
      </Group>
      <AddressTabs
        base={`/settings/pools/${id}`}
        tab={chosen}
        label={pool.name}
        tabs={names.map((name) => ({ name, label: t(`tracking.pool.tab.${name}`), content: content[name] }))}
      />
    </section>
  )
}
