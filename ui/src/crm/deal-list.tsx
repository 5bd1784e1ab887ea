import { Button, Checkbox, Menu, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deal, Pipeline } from '../../../api/contract/crm.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { remember, remembered } from '../lib/storage.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { DealBulk } from './deal-bulk.tsx'
import styles from './deals.module.css'
import { dayText, money } from './money.ts'
import { NextTask } from './next-task.tsx'
import { useDeals, type Filter } from './queries.ts'
import { StageBadge } from './stage-badge.tsx'
import { useTitle } from './use-inquiry-moves.ts'

interface Column {
  name:
    | 'stage'
    | 'amount'
    | 'margin'
    | 'paid'
    | 'source'
    | 'responsible'
    | 'nextTask'
    | 'expected'
    | 'created'
    | 'updated'
  sort?: 'amount' | 'expectedAt' | 'createdAt' | 'updatedAt'
  isRight?: boolean
  cell: (deal: Deal) => ReactNode
}

function Source({ deal }: { deal: Deal }) {
  const { t } = useTranslation()
  return deal.source ?? (deal.inquiryChannel ? t(`inquiryChannel.${deal.inquiryChannel}`) : '–')
}

const columns: readonly Column[] = [
  { name: 'stage', cell: (deal) => <StageBadge stage={deal.stage} /> },
  {
    ...{ name: 'amount', sort: 'amount', isRight: true },
    cell: (deal) => <b className="num">{money(deal.amount, deal.currency)}</b>
  },
  {
    ...{ name: 'margin', isRight: true },
    cell: (deal) => (deal.cost === null ? '–' : money(deal.amount - deal.cost, deal.currency))
  },
  {
    ...{ name: 'paid', isRight: true },
    cell: (deal) => (deal.paid === 0 ? '–' : money(deal.paid, deal.currency))
  },
  {
    name: 'source',
    cell: (deal) => <Source deal={deal} />
  },
  { name: 'responsible', cell: (deal) => deal.responsible?.name ?? '–' },
  { name: 'nextTask', cell: (deal) => (deal.nextTask ? <NextTask task={deal.nextTask} /> : '–') },
  {
    ...{ name: 'expected', sort: 'expectedAt', isRight: true },
    cell: (deal) => (deal.expectedAt === null ? '–' : dayText(deal.expectedAt))
  },
  { ...{ name: 'created', sort: 'createdAt', isRight: true }, cell: (deal) => dayOf(deal.createdAt) },
  { ...{ name: 'updated', sort: 'updatedAt', isRight: true }, cell: (deal) => dayOf(deal.updatedAt) }
]
const usual = 'stage,amount,source,responsible,nextTask,created'

interface Props {
  filter: Filter
  pipelines: Pipeline[]
  onOpen: (id: string) => void
  isReadOnly: boolean
}

/** Deals as a list: columns of choice, sorted by a press, and changed together. */
export function DealList({ filter, pipelines, onOpen, isReadOnly }: Props) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const [sort, setSort] = useState('-createdAt')
  const [names, setNames] = useState(() => (remembered('deals.columns') ?? usual).split(','))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const list = useDeals({ ...filter, sort }, 50)
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const shown = columns.filter(({ name }) => names.includes(name))
  const marked = items.filter(({ id }) => chosen.has(id))
  const toggle = (id: string): void => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const sortBy = (by: string): void => setSort(sort === `-${by}` ? by : `-${by}`)
  return (
    <>
      {marked.length > 0 && (
        <DealBulk deals={marked} pipelines={pipelines} onDone={() => setChosen(new Set())} />
      )}
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
          <Table
            verticalSpacing={8}
            horizontalSpacing="md"
            highlightOnHover
            miw={760}
            data-testid="deal-list"
          >
            <Table.Thead>
              <Table.Tr>
                {!isReadOnly && (
                  <Table.Th w={36}>
                    <Checkbox
                      size="xs"
                      aria-label={t('crm.bulk.all')}
                      checked={marked.length === items.length}
                      indeterminate={marked.length > 0 && marked.length < items.length}
                      onChange={() =>
                        setChosen(
                          marked.length === items.length ? new Set() : new Set(items.map(({ id }) => id))
                        )
                      }
                      data-testid="deals-all"
                    />
                  </Table.Th>
                )}
                <Table.Th>{t('crm.title')}</Table.Th>
                {shown.map(({ name, sort: by, isRight }) => (
                  <Table.Th
                    key={name}
                    ta={isRight ? 'right' : 'left'}
                    aria-sort={
                      by === undefined || !sort.endsWith(by)
                        ? 'none'
                        : sort.startsWith('-')
                          ? 'descending'
                          : 'ascending'
                    }
                  >
                    {by === undefined ? (
                      t(`crm.columns.${name}`)
                    ) : (
                      <button type="button" className={styles.sortBy} onClick={() => sortBy(by)}>
                        {t(`crm.columns.${name}`)}
                        {sort === by && <IconArrowUp size={13} />}
                        {sort === `-${by}` && <IconArrowDown size={13} />}
                      </button>
                    )}
                  </Table.Th>
                ))}
                <Table.Th w={44}>
                  <Menu closeOnItemClick={false} position="bottom-end">
                    <Menu.Target>
                      <button type="button" className={styles.sortBy} aria-label={t('crm.columns.choose')}>
                        <IconColumns3 size={16} />
                      </button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {columns.map(({ name }) => (
                        <Menu.Item
                          key={name}
                          role="menuitemcheckbox"
                          aria-checked={names.includes(name)}
                          leftSection={<span className={styles.tick}>{names.includes(name) ? '✓' : ''}</span>}
                          onClick={() => {
                            const next = names.includes(name)
                              ? names.filter((each) => each !== name)
                              : [...names, name]
                            setNames(next)
                            remember('deals.columns', next.join(','))
                          }}
                        >
                          {t(`crm.columns.${name}`)}
                        </Menu.Item>
                      ))}
                    </Menu.Dropdown>
                  </Menu>
                </Table.Th>
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
                  {!isReadOnly && (
                    <Table.Td onClick={(event) => event.stopPropagation()}>
                      <Checkbox
                        size="xs"
                        aria-label={t('crm.bulk.choose', { name: titleOf(deal) })}
                        checked={chosen.has(deal.id)}
                        onChange={() => toggle(deal.id)}
                        data-testid="deal-check"
                      />
                    </Table.Td>
                  )}
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
                      <CallNumber
                        number={deal.phone}
                        name={deal.contact?.name}
                        contactId={deal.contact?.id}
                      />
                    </span>
                    {deal.contact && deal.contact.name !== deal.title && (
                      <span className={`cut ${styles.sub}`} style={{ display: 'block' }}>
                        {deal.contact.name}
                      </span>
                    )}
                  </Table.Td>
                  {shown.map(({ name, isRight, cell }) => (
                    <Table.Td
                      key={name}
                      ta={isRight ? 'right' : 'left'}
                      {...(isRight && { className: 'num' })}
                    >
                      {cell(deal)}
                    </Table.Td>
                  ))}
                  <Table.Td />
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
    </>
  )
}
