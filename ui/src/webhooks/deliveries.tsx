import { Badge, Button, Group, SegmentedControl, Select, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook, WebhookDelivery } from '../../../api/contract/webhooks.ts'
import { api, type Page } from '../lib/api.ts'
import { dayOf, exactTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
import { DeliveryDialog } from './delivery-dialog.tsx'
import { allEvents, stateColours, useEventName } from './words.ts'

const states = ['all', 'failed', 'pending', 'delivered'] as const

/** The log of what was sent: newest first, narrowed by webhook, event and state. */
export function Deliveries({ webhooks }: { webhooks: readonly Webhook[] }) {
  const { t } = useTranslation()
  const nameOf = useEventName()
  const [webhookId, setWebhookId] = useState<string | null>(null)
  const [eventType, setEventType] = useState<string | null>(null)
  const [state, setState] = useState<string>('all')
  const [openId, setOpenId] = useState<string | null>(null)
  const narrowed = {
    ...(webhookId !== null && { webhookId }),
    ...(eventType !== null && { eventType }),
    ...(state !== 'all' && { state })
  }
  const pages = useInfiniteQuery({
    queryKey: ['deliveries', narrowed],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        limit: '30',
        ...narrowed,
        ...(pageParam !== null && { cursor: pageParam })
      })
      return api<Page<WebhookDelivery>>('GET', `/api/webhook-deliveries?${query.toString()}`)
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 10_000
  })
  const query = { ...pages, data: pages.data?.pages.flatMap((page) => page.items) }
  const names = new Map(webhooks.map(({ id, name }) => [id, name]))
  const opened = query.data?.find(({ id }) => id === openId)
  return (
    <section style={{ marginTop: 30 }}>
      <Title order={2} size="h3" mb="sm">
        {t('hooks.deliveries.title')}
      </Title>
      <Group mb="sm" gap="sm">
        <SegmentedControl
          aria-label={t('settings.state')}
          value={state}
          onChange={setState}
          data={states.map((value) => ({
            value,
            label: value === 'all' ? t('hooks.deliveries.all') : t(`hooks.state.${value}`)
          }))}
          data-testid="delivery-state"
        />
        <Select
          aria-label={t('hooks.one')}
          placeholder={t('hooks.deliveries.anyWebhook')}
          clearable
          data={webhooks.map(({ id, name }) => ({ value: id, label: name }))}
          value={webhookId}
          onChange={setWebhookId}
          w={200}
        />
        <Select
          aria-label={t('hooks.deliveries.event')}
          placeholder={t('hooks.deliveries.anyEvent')}
          clearable
          data={allEvents.map((value) => ({ value, label: nameOf(value) }))}
          value={eventType}
          onChange={setEventType}
          w={240}
        />
      </Group>
      <TableSheet
        query={query}
        empty={t(Object.keys(narrowed).length > 0 ? 'lists.nothing' : 'hooks.deliveries.empty')}
        head={
          <>
            <Table.Th>{t('hooks.deliveries.time')}</Table.Th>
            <Table.Th>{t('hooks.one')}</Table.Th>
            <Table.Th>{t('hooks.deliveries.event')}</Table.Th>
            <Table.Th>{t('settings.state')}</Table.Th>
            <Table.Th>{t('hooks.deliveries.answer')}</Table.Th>
          </>
        }
        row={(each) => (
          <Table.Tr
            key={each.id}
            data-testid="delivery-row"
            style={{ cursor: 'pointer' }}
            onClick={() => setOpenId(each.id)}
          >
            <Table.Td className="num">
              <button type="button" className={styles.open} onClick={() => setOpenId(each.id)}>
                {dayOf(each.createdAt)}, {exactTime(each.createdAt)}
              </button>
            </Table.Td>
            <Table.Td>{names.get(each.webhookId) ?? '–'}</Table.Td>
            <Table.Td>{nameOf(each.eventType)}</Table.Td>
            <Table.Td>
              <Badge color={stateColours[each.state]} variant="light" tt="none">
                {t(`hooks.state.${each.state}`)}
                {each.attempts > 1 ? ` · ${each.attempts}` : ''}
              </Badge>
            </Table.Td>
            <Table.Td>
              <Text fz="sm" className="cut" maw={220}>
                {each.lastStatus ?? each.lastError ?? '–'}
              </Text>
            </Table.Td>
          </Table.Tr>
        )}
      />
      {pages.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => inBackground(pages.fetchNextPage())}
          >
            {t('lists.more')}
          </Button>
        </Group>
      )}
      {opened && (
        <DeliveryDialog
          id={opened.id}
          name={names.get(opened.webhookId) ?? '–'}
          onClose={() => setOpenId(null)}
        />
      )}
    </section>
  )
}
