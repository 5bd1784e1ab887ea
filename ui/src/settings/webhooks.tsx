import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  Table,
  Text,
  Title,
  Tooltip
} from '@mantine/core'
import { IconKey, IconRefresh, IconSend } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { webhook, webhookDelivery } from '../../../api/contract/webhooks.ts'
import { crmEvents } from '../../../crm/events.ts'
import { webhookEvents } from '../../../pbx/call/moments.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, exactTime } from '../lib/format.ts'
import { useAll } from '../lib/lookups.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { ResourceTable } from './resource-table.tsx'
import styles from './settings.module.css'
import { toast } from '../lib/toast.tsx'

const events = [...webhookEvents, ...crmEvents]

type Webhook = z.infer<typeof webhook>
type Delivery = z.infer<typeof webhookDelivery>

const deliveryColours: Record<Delivery['state'], string> = {
  pending: 'amber',
  delivered: 'pine',
  failed: 'rust'
}

function Deliveries({ webhooks }: { webhooks: Webhook[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [shown, setShown] = useState<Delivery | null>(null)
  const deliveries = useQuery({
    queryKey: ['deliveries'],
    queryFn: () => api<Page<Delivery>>('GET', '/api/webhook-deliveries?limit=50'),
    refetchInterval: 10_000
  })
  const replay = useMutation({
    mutationFn: (id: string) => api('POST', `/api/webhook-deliveries/${id}/replay`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['deliveries'] }),
    onError: (error) => toast('rust', explain(error))
  })
  const names = new Map(webhooks.map(({ id, name }) => [id, name]))
  return (
    <section style={{ marginTop: 28 }}>
      <Title order={2} size="h3" mb="sm">
        {t('settings.deliveries.title')}
      </Title>
      <div className={`sheet ${styles.tableSheet}`}>
        {deliveries.isError && <Text p="md">{explain(deliveries.error)}</Text>}
        {deliveries.data?.items.length === 0 && (
          <Text c="dimmed" p="lg" ta="center">
            {t('settings.deliveries.empty')}
          </Text>
        )}
        {deliveries.data && deliveries.data.items.length > 0 && (
          <Table verticalSpacing={6} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('journal.time')}</Table.Th>
                <Table.Th>{t('settings.webhooks.one')}</Table.Th>
                <Table.Th>{t('settings.deliveries.event')}</Table.Th>
                <Table.Th>{t('settings.state')}</Table.Th>
                <Table.Th>{t('settings.deliveries.answer')}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {deliveries.data.items.map((each) => (
                <Table.Tr
                  key={each.id}
                  data-testid="delivery-row"
                  style={{ cursor: 'pointer' }}
                  onClick={() => setShown(each)}
                >
                  <Table.Td className="num">
                    {dayOf(each.createdAt)}, {exactTime(each.createdAt)}
                  </Table.Td>
                  <Table.Td>{names.get(each.webhookId) ?? '–'}</Table.Td>
                  <Table.Td>{each.eventType}</Table.Td>
                  <Table.Td>
                    <Badge color={deliveryColours[each.state]} variant="light" tt="none">
                      {t(`deliveryState.${each.state}`)}
                      {each.attempts > 1 ? ` · ${each.attempts}` : ''}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <Text fz="sm" className="cut" maw={180}>
                      {each.lastStatus ?? each.lastError ?? '–'}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right" onClick={(event) => event.stopPropagation()}>
                    <Tooltip label={t('settings.deliveries.replay')}>
                      <ActionIcon
                        variant="subtle"
                        aria-label={t('settings.deliveries.replay')}
                        loading={replay.isPending && replay.variables === each.id}
                        onClick={() => replay.mutate(each.id)}
                        data-testid="replay"
                      >
                        <IconRefresh size={16} />
                      </ActionIcon>
                    </Tooltip>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={shown?.eventType}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {shown?.lastError && <Alert color="rust">{shown.lastError}</Alert>}
        <Code block mah={420} style={{ overflow: 'auto' }}>
          {JSON.stringify(shown?.payload, null, 2)}
        </Code>
        {shown?.lastResponse && (
          <>
            <Text mt="md" fw={600}>
              {t('settings.deliveries.answer')} {shown.lastStatus}
            </Text>
            <Code block>{shown.lastResponse}</Code>
          </>
        )}
      </Modal>
    </section>
  )
}

function secretOf(answer: unknown): string | null {
  return typeof answer === 'object' &&
    answer !== null &&
    'secret' in answer &&
    typeof answer.secret === 'string'
    ? answer.secret
    : null
}

export function WebhooksSection() {
  const { t } = useTranslation()
  const webhooks = useAll<Webhook>('webhooks')
  const client = useQueryClient()
  const [secret, setSecret] = useState<string | null>(null)
  const failed = (error: unknown): void => {
    toast('rust', explain(error))
  }
  const test = useMutation({
    mutationFn: (id: string) => api('POST', `/api/webhooks/${id}/test`, {}),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['deliveries'] })
      toast('pine', t('settings.webhooks.testSent'))
    },
    onError: failed
  })
  const rotate = useMutation({
    mutationFn: (id: string) => api('POST', `/api/webhooks/${id}/rotate-secret`, {}),
    onSuccess: (answer) => setSecret(secretOf(answer)),
    onError: failed
  })
  return (
    <>
      <ResourceTable<Webhook>
        things="webhooks"
        title={t('settings.webhooks.title')}
        text={t('settings.webhooks.text')}
        addLabel={t('settings.webhooks.add')}
        nameOf={(each) => each.name}
        columns={[
          { header: t('settings.name'), cell: (each) => each.name },
          {
            header: 'URL',
            cell: (each) => (
              <Text fz="sm" className="cut" maw={260}>
                {each.url}
              </Text>
            )
          },
          { header: t('settings.webhooks.events'), cell: (each) => each.events.length, isRight: true },
          {
            header: t('settings.state'),
            cell: (each) => (
              <Badge
                variant="light"
                tt="none"
                color={!each.isActive ? 'gray' : each.failingSince ? 'rust' : 'pine'}
              >
                {t(
                  !each.isActive
                    ? 'settings.inactive'
                    : each.failingSince
                      ? 'settings.webhooks.failing'
                      : 'settings.active'
                )}
              </Badge>
            )
          }
        ]}
        fields={() => [
          { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
          {
            name: 'url',
            label: 'URL',
            type: 'text',
            isRequired: true,
            placeholder: 'https://example.ru/hooks/ringtrace'
          },
          {
            name: 'events',
            label: t('settings.webhooks.events'),
            type: 'several',
            options: events.map((value) => ({ value, label: value }))
          },
          { name: 'isActive', label: t('settings.active'), type: 'switch' }
        ]}
        toForm={(each) => ({
          name: each?.name ?? '',
          url: each?.url ?? '',
          events: each?.events ?? ['call.initiated', 'call.answered', 'call.ended'],
          isActive: each?.isActive ?? true
        })}
        onSaved={(answer) => setSecret(secretOf(answer))}
        actions={(each) => (
          <>
            <Tooltip label={t('settings.webhooks.test')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                className={styles.quiet ?? ''}
                aria-label={t('settings.webhooks.test')}
                onClick={() => test.mutate(each.id)}
              >
                <IconSend size={16} />
              </ActionIcon>
            </Tooltip>
            <ConfirmButton
              text={t('settings.webhooks.rotateText')}
              confirm={t('settings.webhooks.rotate')}
              onConfirm={() => rotate.mutate(each.id)}
            >
              {(ask) => (
                <Tooltip label={t('settings.webhooks.rotate')}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    className={styles.quiet ?? ''}
                    aria-label={t('settings.webhooks.rotate')}
                    onClick={ask}
                  >
                    <IconKey size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
            </ConfirmButton>
          </>
        )}
      />
      <Deliveries webhooks={webhooks.data ?? []} />
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={t('settings.webhooks.secret')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Text mb="sm">{t('settings.webhooks.secretText')}</Text>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="webhook-secret">
          {secret}
        </Code>
        <Group justify="flex-end" mt="md">
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => (
              <Button onClick={copy}>{t(copied ? 'common.copied' : 'common.copy')}</Button>
            )}
          </CopyButton>
        </Group>
      </Modal>
    </>
  )
}
