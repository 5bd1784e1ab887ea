import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../../../api/contract/webhooks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** As an `input type="datetime-local"` wants it. */
function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

/** Sends many deliveries again: says first how many they are. */
export function ReplayDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [state, setState] = useState('failed')
  const [isSince, setSince] = useState(false)
  const [from, setFrom] = useState(() => localInput(new Date(Date.now() - 86_400_000)))
  const at = new Date(from)
  const isTimeRight = !isSince || !Number.isNaN(at.getTime())
  const since = isSince && isTimeRight ? at.toISOString() : undefined
  const wish = { state, ...(since !== undefined && { since }) }
  const counted = useQuery({
    queryKey: ['replay', webhook.id, wish],
    queryFn: () =>
      api<{ count: number; max: number }>(
        'GET',
        `/api/webhooks/${webhook.id}/replay?${new URLSearchParams(wish).toString()}`
      ),
    enabled: isTimeRight,
    staleTime: 0,
    gcTime: 0
  })
  const replay = useMutation({
    mutationFn: (count: number) =>
      api<{ count: number }>('POST', `/api/webhooks/${webhook.id}/replay`, { ...wish, count }),
    onSuccess: async ({ count }) => {
      await client.invalidateQueries({ queryKey: ['deliveries'] })
      toast('pine', t('hooks.replay.done', { count }))
      onClose()
    }
  })
  const count = isTimeRight ? (counted.data?.count ?? 0) : 0
  const isMuch = counted.data !== undefined && count > counted.data.max
  const error = counted.error ?? replay.error
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hooks.replay.title', { name: webhook.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack data-testid="replay-dialog">
        {!webhook.isActive && <Alert color="amber">{t('hooks.replay.off')}</Alert>}
        <Radio.Group label={t('hooks.replay.which')} value={state} onChange={setState}>
          <Stack gap="xs" mt="xs">
            <Radio value="failed" label={t('hooks.replay.failed')} />
            <Radio value="all" label={t('hooks.replay.all')} data-testid="replay-all" />
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={t('hooks.replay.when')}
          value={isSince ? 'since' : 'ever'}
          onChange={(value) => setSince(value === 'since')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="ever" label={t('hooks.replay.ever')} />
            <Radio value="since" label={t('hooks.replay.since')} data-testid="replay-since" />
          </Stack>
        </Radio.Group>
        {isSince && (
          <TextInput
            type="datetime-local"
            aria-label={t('hooks.replay.since')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={isTimeRight ? null : t('hooks.replay.badTime')}
          />
        )}
        {error && (
          <Alert color="rust" role="alert">
            {explain(error)}
          </Alert>
        )}
        <Text fw={600} role="status" data-testid="replay-count">
          {counted.isFetching ? t('hooks.replay.counting') : t('hooks.replay.count', { count })}
        </Text>
        <Text c="dimmed" fz="sm">
          {isMuch ? t('hooks.replay.much', { max: counted.data?.max }) : t('hooks.replay.same')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            disabled={count === 0 || isMuch || counted.isFetching}
            loading={replay.isPending}
            onClick={() => replay.mutate(count)}
            data-testid="replay-confirm"
          >
            {t('hooks.replay.confirm', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
