import './styles.ts'
import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trunk, TrunkLive } from '../../../api/contract/trunks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import { TrunkCard } from './trunk-card.tsx'
import { TrunkDrawer } from './trunk-drawer.tsx'
import styles from './trunks.module.css'

/** Often enough to watch a registration come about. */
const askAgainMs = 4000

/** How the trunks stand, asked again while somebody looks. */
export const useTrunkStates = () =>
  useQuery({
    queryKey: ['trunk-states'],
    queryFn: () => api<{ items: TrunkLive[] }>('GET', '/api/trunk-states'),
    refetchInterval: askAgainMs,
    staleTime: 1000
  })

/** Links to carriers: how they stand, in which order they are tried, and their settings. */
export default function TrunksPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const trunks = useAll<Trunk>('trunks')
  const states = useTrunkStates()
  /** `new` for one that is being made. */
  const [openId, setOpenId] = useState<string | null>(null)
  const inOrder = [...(trunks.data ?? [])].sort((a, b) => a.place - b.place || a.name.localeCompare(b.name))
  const again = () => client.invalidateQueries({ queryKey: ['all', 'trunks'] })
  const reorder = useMutation({
    mutationFn: (trunkIds: string[]) =>
      api('PUT', '/api/trunk-order', { trunkIds, fromTrunkIds: inOrder.map(({ id }) => id) }),
    onSuccess: async () => {
      await again()
      toast('pine', t('trunks.orderSaved'))
    },
    onError: (error) => {
      toast('rust', explain(error))
      // Somebody else’s order may be why.
      inBackground(again())
    }
  })
  const move = (index: number, by: -1 | 1): void => {
    const ids = inOrder.map(({ id }) => id)
    const [id] = ids.splice(index, 1)
    if (id !== undefined) ids.splice(index + by, 0, id)
    reorder.mutate(ids)
  }
  const opened = openId === null || openId === 'new' ? null : inOrder.find(({ id }) => id === openId)
  return (
    <section>
      <SectionHead
        title={t('settings.trunks.title')}
        text={t('settings.trunks.text')}
        addLabel={t('settings.trunks.add')}
        onAdd={() => setOpenId('new')}
        things="trunks"
      />
      {trunks.isPending && (
        <Stack>
          <Skeleton height={118} radius="lg" />
          <Skeleton height={118} radius="lg" />
        </Stack>
      )}
      {trunks.isError && (
        <Alert color="rust" role="alert">
          {explain(trunks.error)}{' '}
          <Button size="compact-sm" variant="default" onClick={() => inBackground(trunks.refetch())}>
            {t('common.retry')}
          </Button>
        </Alert>
      )}
      {trunks.data?.length === 0 && (
        <Stack className="sheet" align="center" p="xl">
          <Text c="dimmed" ta="center" maw={460}>
            {t('trunks.empty')}
          </Text>
          <Button onClick={() => setOpenId('new')}>{t('settings.trunks.add')}</Button>
        </Stack>
      )}
      {inOrder.length > 1 && (
        <Text size="sm" c="dimmed" mb="sm">
          {t('trunks.orderText')}
        </Text>
      )}
      <div className={styles.cards}>
        {inOrder.map((trunk, index) => (
          <TrunkCard
            key={trunk.id}
            trunk={trunk}
            live={states.data?.items.find(({ trunkId }) => trunkId === trunk.id)}
            onOpen={() => setOpenId(trunk.id)}
            onRemoved={() => inBackground(again())}
            {...(inOrder.length > 1 && {
              place: index + 1,
              onUp: index > 0 && !reorder.isPending ? () => move(index, -1) : null,
              onDown: index < inOrder.length - 1 && !reorder.isPending ? () => move(index, 1) : null
            })}
          />
        ))}
      </div>
      {(openId === 'new' || opened) && (
        <TrunkDrawer
          key={openId}
          trunk={opened ?? null}
          live={states.data?.items.find(({ trunkId }) => trunkId === openId)}
          onClose={() => setOpenId(null)}
          onMade={(trunk) => setOpenId(trunk.id)}
        />
      )}
    </section>
  )
}
