import { Alert, Badge, Button, Code, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook, WebhookTestResult } from '../../../api/contract/webhooks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { isToldByStatus, useEventName } from './words.ts'

/** Sends one message now and shows what the receiver answers. */
export function TestDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const nameOf = useEventName()
  const [message, setMessage] = useState('0')
  const send = useMutation({
    mutationFn: () =>
      api<WebhookTestResult>('POST', `/api/webhooks/${webhook.id}/test`, { message: Number(message) }),
    onSettled: () => client.invalidateQueries({ queryKey: ['deliveries'] })
  })
  const messages = webhook.template?.messages ?? []
  const result = send.data
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hooks.test.title', { name: webhook.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      size="lg"
    >
      <Stack>
        <Text c="dimmed" fz="sm">
          {t(webhook.template ? 'hooks.test.textTemplate' : 'hooks.test.text')}
        </Text>
        {messages.length > 0 && (
          <Select
            label={t('hooks.test.message')}
            data={messages.map(({ event }, index) => ({
              value: String(index),
              label: `${index + 1}. ${nameOf(event)}`
            }))}
            value={message}
            allowDeselect={false}
            onChange={(value) => setMessage(value ?? '0')}
          />
        )}
        {send.isError && (
          <Alert color="rust" role="alert">
            {explain(send.error)}
          </Alert>
        )}
        {result && (
          <div role="status" data-testid="test-result">
            <Group gap="sm" mb={6}>
              <Badge color={result.isOk ? 'pine' : 'rust'} variant="light" tt="none" size="lg">
                {t(result.isOk ? 'hooks.test.taken' : 'hooks.test.refused')}
              </Badge>
              <Text fz="sm" c="dimmed" className="num">
                {[result.status, t('hooks.took', { ms: result.tookMs })]
                  .filter((each) => each !== null)
                  .join(' · ')}
              </Text>
            </Group>
            {result.error !== null && !isToldByStatus(result) && <Text fz="sm">{result.error}</Text>}
            {result.response !== null && result.response !== '' && (
              <Code block mah={220} style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }} tabIndex={0}>
                {result.response}
              </Code>
            )}
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.close')}
          </Button>
          <Button
            loading={send.isPending}
            onClick={() => send.mutate()}
            data-testid="test-send"
            data-autofocus
          >
            {t(result ? 'hooks.test.again' : 'hooks.test.send')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
