import { Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './deals.module.css'
import { money } from './money.ts'
import { useDeals, type Filter } from './queries.ts'
import { StageBadge } from './stage-badge.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useTitle } from './use-inquiry-moves.ts'

/** Deals as a list, the newest first. */
export function DealList({ filter, onOpen }: { filter: Filter; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const list = useDeals(filter, 50)
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="sheet" style={{ overflowX: 'auto', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
      {list.isPending && (
        <Stack p="md">
          {[0, 1, 2, 3, 4].map((each) => (
            <Skeleton key={each} height={28} />
          ))}
        </Stack>
      )}
      {list.isError && (
        <Stack p="lg" align="center">
          <Text>{explain(list.error)}</Text>
          <Button variant="default" onClick={() => inBackground(list.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {list.isSuccess && items.length === 0 && (
        <Text c="dimmed" ta="center" p="xl">
          {t('crm.deal.nothing')}
        </Text>
      )}
      {items.length > 0 && (
        <Table verticalSpacing={8} horizontalSpacing="md" highlightOnHover miw={760} data-testid="deal-list">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('crm.title')}</Table.Th>
              <Table.Th>{t('crm.deal.stage')}</Table.Th>
              <Table.Th ta="right">{t('crm.deal.amount')}</Table.Th>
              <Table.Th>{t('crm.desk.source')}</Table.Th>
              <Table.Th>{t('crm.responsible')}</Table.Th>
              <Table.Th ta="right">{t('crm.desk.when')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((deal) => (
              <Table.Tr
                key={deal.id}
                style={{ cursor: 'pointer' }}
                onClick={() => onOpen(deal.id)}
                data-testid="deal-row"
              >
                <Table.Td maw={260}>
                  <span className={styles.amountLine}>
                    <button
                      type="button"
                      className={`cut ${styles.cardTitle}`}
                      onClick={() => onOpen(deal.id)}
                      style={{ maxWidth: '100%' }}
                    >
                      {titleOf(deal)}
                    </button>
                    <CallNumber number={deal.phone} name={deal.contact?.name} contactId={deal.contact?.id} />
                  </span>
                  {deal.contact && deal.contact.name !== deal.title && (
                    <span className={`cut ${styles.sub}`} style={{ display: 'block' }}>
                      {deal.contact.name}
                    </span>
                  )}
                </Table.Td>
                <Table.Td>
                  <StageBadge stage={deal.stage} />
                </Table.Td>
                <Table.Td ta="right" className="num" fw={600}>
                  {money(deal.amount, deal.currency)}
                </Table.Td>
                <Table.Td>
                  {deal.source ?? (deal.inquiryChannel ? t(`inquiryChannel.${deal.inquiryChannel}`) : '–')}
                </Table.Td>
                <Table.Td>{deal.responsible?.name ?? '–'}</Table.Td>
                <Table.Td ta="right" className="num">
                  {dayOf(deal.createdAt)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="subtle"
            size="xs"
            loading={list.isFetchingNextPage}
            onClick={() => inBackground(list.fetchNextPage())}
          >
            {t('crm.more')}
          </Button>
        </div>
      )}
    </section>
  )
}
