import { Accordion, Alert, Badge, Button, Code, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { WebhookAttempt, WebhookDeliveryWithLog } from '../../../api/contract/webhooks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import styles from './webhooks.module.css'
import { isToldByStatus, stateColours, useEventName } from './words.ts'

/** Text that may be JSON or a form, laid out to be read. */
function pretty(text: string, contentType = ''): string {
  if (contentType.includes('form-urlencoded'))
    return [...new URLSearchParams(text)].map(([name, value]) => `${name}=${value}`).join('\n')
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text // No JSON: it is shown as it is.
  }
}

function Block({ title, children }: { title: string; children: string }) {
  return (
    <div>
      <Text fz="xs" c="dimmed" fw={600} mb={3}>
        {title}
      </Text>
      <Code block className={styles.code ?? ''} tabIndex={0} aria-label={title}>
        {children}
      </Code>
    </div>
  )
}

const headerLines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

function AttemptView({ attempt, payload }: { attempt: WebhookAttempt; payload: unknown }) {
  const { t } = useTranslation()
  const body = attempt.requestBody ?? (attempt.method === 'POST' ? JSON.stringify(payload) : null)
  return (
    <div className={styles.sides}>
      <Stack gap="xs">
        <Text fw={620}>{t('hooks.delivery.request')}</Text>
        <Code block className={styles.code ?? ''} tabIndex={0} aria-label={t('hooks.delivery.request')}>
          {`${attempt.method} ${attempt.url}`}
        </Code>
        <Block title={t('hooks.delivery.headers')}>{headerLines(attempt.requestHeaders)}</Block>
        {body !== null && (
          <Block title={t('hooks.delivery.body')}>
            {pretty(body, attempt.requestHeaders['content-type'])}
          </Block>
        )}
      </Stack>
      <Stack gap="xs">
        <Text fw={620}>{t('hooks.delivery.answer')}</Text>
        {attempt.error !== null && !isToldByStatus(attempt) && (
          <Alert color="rust" p="xs">
            {attempt.error}
          </Alert>
        )}
        {attempt.status !== null && (
          <Code block className={styles.code ?? ''}>
            {`HTTP ${attempt.status}`}
          </Code>
        )}
        {attempt.responseHeaders !== null && (
          <Block title={t('hooks.delivery.headers')}>{headerLines(attempt.responseHeaders)}</Block>
        )}
        {attempt.responseBody !== null && attempt.responseBody !== '' && (
          <Block title={t('hooks.delivery.body')}>{pretty(attempt.responseBody)}</Block>
        )}
      </Stack>
    </div>
  )
}

/** One delivery: what was sent, and what was answered, attempt by attempt. */
export function DeliveryDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const nameOf = useEventName()
  const delivery = useQuery({
    queryKey: ['deliveries', 'one', id],
    queryFn: () => api<WebhookDeliveryWithLog>('GET', `/api/webhook-deliveries/${id}`),
    refetchInterval: 5000
  })
  const replay = useMutation({
    mutationFn: () => api('POST', `/api/webhook-deliveries/${id}/replay`, {}),
    onSuccess: () => toast('pine', t('hooks.delivery.again')),
    onError: (error) => toast('rust', explain(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['deliveries'] })
  })
  const shown = delivery.data
  const log = shown?.log ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      size={980}
      title={shown ? `${nameOf(shown.eventType)} → ${name}` : name}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack data-testid="delivery-dialog">
        {delivery.isPending && <Skeleton height={180} />}
        {delivery.isError && (
          <Alert color="rust" role="alert">
            {explain(delivery.error)}
          </Alert>
        )}
        {shown && (
          <Group justify="space-between">
            <Group gap="sm">
              <Badge color={stateColours[shown.state]} variant="light" tt="none" size="lg">
                {t(`hooks.state.${shown.state}`)}
              </Badge>
              {shown.state === 'pending' && shown.nextAttemptAt !== null && shown.attempts > 0 && (
                <Text fz="sm" c="dimmed">
                  {t('hooks.delivery.next', { at: fullTime(shown.nextAttemptAt) })}
                </Text>
              )}
              <Text fz="xs" c="dimmed" className="num">
                webhook-id: {shown.id}
              </Text>
            </Group>
            {shown.eventType !== 'webhook.test' && (
              <Button
                variant="default"
                loading={replay.isPending}
                onClick={() => replay.mutate()}
                data-testid="replay-one"
              >
                {t('hooks.delivery.replay')}
              </Button>
            )}
          </Group>
        )}
        {shown && log.length === 0 && (
          <>
            <Text c="dimmed">{t('hooks.delivery.none')}</Text>
            <Block title={t('hooks.delivery.body')}>{JSON.stringify(shown.payload, null, 2)}</Block>
          </>
        )}
        {log.length > 0 && (
          <Accordion defaultValue={String(log.length - 1)} variant="separated">
            {log.map((attempt, index) => (
              <Accordion.Item key={attempt.at + String(index)} value={String(index)}>
                <Accordion.Control>
                  <Group gap="sm">
                    <Text fw={600}>{t('hooks.delivery.attempt', { number: index + 1 })}</Text>
                    <Badge
                      color={attempt.error === null ? 'pine' : 'rust'}
                      variant="light"
                      tt="none"
                      className="num"
                    >
                      {attempt.status ?? t('hooks.delivery.noAnswer')}
                    </Badge>
                    <Text fz="sm" c="dimmed" className="num">
                      {fullTime(attempt.at)} · {t('hooks.took', { ms: attempt.tookMs })}
                    </Text>
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  <AttemptView attempt={attempt} payload={shown?.payload} />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )}
      </Stack>
    </Modal>
  )
}
