import { Button, Code, CopyButton, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../../../api/contract/webhooks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** The secret, the only time that it can be seen. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hooks.secret.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      closeOnClickOutside={false}
    >
      <Text mb="sm">{t('hooks.secret.text')}</Text>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="webhook-secret">
        {secret}
      </Code>
      <Group justify="flex-end" mt="md">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {t(copied ? 'common.copied' : 'common.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose} data-testid="secret-done">
          {t('hooks.secret.done')}
        </Button>
      </Group>
    </Modal>
  )
}

const overlaps = ['none', '24', '168', 'next'] as const

/** Asks how long the present secret shall go on signing beside the new one. */
export function RotateDialog(props: {
  webhook: Webhook
  onSecret: (secret: string) => void
  onClose: () => void
}) {
  const { webhook, onSecret, onClose } = props
  const { t } = useTranslation()
  const client = useQueryClient()
  const [overlap, setOverlap] = useState<string>('24')
  const rotate = useMutation({
    mutationFn: () => {
      const overlapHours = overlap === 'next' ? null : overlap === 'none' ? 0 : Number(overlap)
      return api<{ secret: string }>('POST', `/api/webhooks/${webhook.id}/rotate-secret`, { overlapHours })
    },
    onSuccess: async ({ secret }) => {
      await client.invalidateQueries({ queryKey: ['all', 'webhooks'] })
      onSecret(secret)
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hooks.rotate.title', { name: webhook.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Radio.Group
          label={t('hooks.rotate.overlap')}
          description={t('hooks.rotate.text')}
          value={overlap}
          onChange={setOverlap}
        >
          <Stack gap="xs" mt="sm">
            {overlaps.map((each) => (
              <Radio
                key={each}
                value={each}
                label={t(`hooks.rotate.for.${each}`)}
                data-testid={`overlap-${each}`}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()} data-testid="rotate-confirm">
            {t('hooks.rotate.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
