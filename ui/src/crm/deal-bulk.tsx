import { Button, Group, Paper, Select, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deal, Pipeline, PipelineStage } from '../../../api/contract/crm.ts'
import type { DealsBulkDone } from '../../../api/contract/deal-parts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { useCrmChanged, useLossReasons } from './queries.ts'

type Items = DealsBulkDone['before'][number][]

const undoMs = 12_000
const nobody = 'none'

interface Props {
  deals: readonly Deal[]
  pipelines: Pipeline[]
  onDone: () => void
}

/** What can be done with all deals that are chosen, with a way back. */
export function DealBulk({ deals, pipelines, onDone }: Props) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const users = useUsers()
  const reasons = useLossReasons()
  const [lost, setLost] = useState<PipelineStage | null>(null)
  const send = useMutation({
    mutationFn: (items: Items) => api<DealsBulkDone>('POST', '/api/deals/bulk', { items }),
    onError: (error) => toast('rust', explain(error))
  })
  const run = (change: Omit<Items[number], 'id'>): void =>
    send.mutate(
      deals.map(({ id }) => ({ id, ...change })),
      {
        onSuccess: ({ changed: count, before }) => {
          toast('pine', t('crm.bulk.done', { count }), undoMs, {
            label: t('crm.undo'),
            run: () => {
              if (before.length > 0) send.mutate([...before], { onSuccess: () => inBackground(changed()) })
            }
          })
          onDone()
          inBackground(changed())
        }
      }
    )
  const stages = pipelines.flatMap((pipeline) => pipeline.stages)
  return (
    <Paper withBorder px="md" py={8} mb="sm" radius="md" data-testid="deal-bulk">
      <Group gap="sm">
        <Text fw={600} mr="xs">
          {t('crm.bulk.chosen', { count: deals.length })}
        </Text>
        {lost === null ? (
          <>
            <Select
              size="xs"
              w={190}
              aria-label={t('crm.deal.moveTo')}
              placeholder={t('crm.deal.moveTo')}
              data={pipelines.map(({ name, stages: own }) => ({
                group: name,
                items: own.map((stage) => ({ value: stage.id, label: stage.name }))
              }))}
              value={null}
              disabled={send.isPending}
              onChange={(id) => {
                const to = stages.find((stage) => stage.id === id)
                if (to?.kind === 'lost') setLost(to)
                else if (to) run({ stageId: to.id })
              }}
              data-testid="bulk-stage"
            />
            <Select
              size="xs"
              w={210}
              aria-label={t('crm.bulk.owner')}
              placeholder={t('crm.bulk.owner')}
              searchable
              data={[
                { value: nobody, label: t('crm.nobody') },
                ...(users.data ?? [])
                  .filter(({ isActive, role }) => isActive && role !== 'marketer')
                  .map(({ id, name }) => ({ value: id, label: name }))
              ]}
              value={null}
              disabled={send.isPending}
              onChange={(id) => {
                if (id !== null) run({ responsibleId: id === nobody ? null : id })
              }}
              data-testid="bulk-owner"
            />
          </>
        ) : (
          <>
            <Select
              size="xs"
              w={260}
              label={t('crm.deal.lostReason')}
              data={reasons.data?.names ?? []}
              searchable
              autoFocus
              onChange={(reason) => {
                if (reason !== null) run({ stageId: lost.id, lostReason: reason })
              }}
            />
            <Button
              size="xs"
              mt="auto"
              color="rust"
              variant="light"
              onClick={() => run({ stageId: lost.id, lostReason: null })}
            >
              {t('crm.bulk.noReason')}
            </Button>
            <Button size="xs" mt="auto" variant="default" onClick={() => setLost(null)}>
              {t('common.cancel')}
            </Button>
          </>
        )}
        <Button size="xs" mt="auto" variant="subtle" color="gray" onClick={onDone}>
          {t('crm.bulk.none')}
        </Button>
      </Group>
    </Paper>
  )
}
