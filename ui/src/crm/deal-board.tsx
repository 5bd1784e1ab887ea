import { ActionIcon, Button, Menu, Skeleton, Text } from '@mantine/core'
import { IconArrowRight, IconDots } from '@tabler/icons-react'
import { useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deal, DealsSummary, Pipeline, PipelineStage } from '../../../api/contract/crm.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './deals.module.css'
import { money, sums } from './money.ts'
import { useDeals, type Filter } from './queries.ts'
import type { DealMoves } from './use-deal-moves.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useTitle } from './use-inquiry-moves.ts'

/** What browsers carry along while a card is dragged. */
const dragType = 'application/x-ringtrace-deal'
const pageSize = 25

interface CardProps {
  deal: Deal
  stages: PipelineStage[]
  moves: DealMoves | null
  onOpen: (id: string) => void
  onDrag: (deal: Deal | null) => void
}

function Card({ deal, stages, moves, onOpen, onDrag }: CardProps) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const title = titleOf(deal)
  const others = stages.filter(({ id }) => id !== deal.stageId)
  const onKey = (event: KeyboardEvent): void => {
    if (!moves || !event.shiftKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return
    event.preventDefault()
    const at = stages.findIndex(({ id }) => id === deal.stageId)
    const to = stages[at + (event.key === 'ArrowRight' ? 1 : -1)]
    if (to) moves.move(deal, to)
  }
  return (
    <article
      className={styles.card}
      draggable={moves !== null}
      onDragStart={(event) => {
        event.dataTransfer.setData(dragType, deal.id)
        event.dataTransfer.effectAllowed = 'move'
        onDrag(deal)
      }}
      onDragEnd={() => onDrag(null)}
      onClick={() => onOpen(deal.id)}
      data-testid="deal-card"
      data-id={deal.id}
    >
      <div className={styles.cardHead}>
        <button
          type="button"
          className={styles.cardTitle}
          onKeyDown={onKey}
          onClick={(event) => {
            event.stopPropagation()
            onOpen(deal.id)
          }}
        >
          {title}
        </button>
        {moves && (
          <span onClick={(event) => event.stopPropagation()}>
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  className={styles.quiet ?? ''}
                  aria-label={`${t('crm.deal.moveTo')}: ${title}`}
                  data-testid="deal-menu"
                >
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{t('crm.deal.moveTo')}</Menu.Label>
                {others.map((stage) => (
                  <Menu.Item
                    key={stage.id}
                    leftSection={<IconArrowRight size={14} />}
                    onClick={() => moves.move(deal, stage)}
                  >
                    {stage.name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </span>
        )}
      </div>
      <span className={styles.amountLine}>
        <span className={`num ${styles.amount}`}>{money(deal.amount, deal.currency)}</span>
        <CallNumber number={deal.phone} name={deal.contact?.name} contactId={deal.contact?.id} />
      </span>
      {deal.contact && deal.contact.name !== deal.title && (
        <span className={`cut ${styles.sub}`}>{deal.contact.name}</span>
      )}
      {deal.lostReason && <span className={`cut ${styles.sub}`}>{deal.lostReason}</span>}
      <span className={styles.cardFoot}>
        <span className="cut">
          {deal.source ?? (deal.inquiryChannel ? t(`inquiryChannel.${deal.inquiryChannel}`) : '–')}
        </span>
        <span className="num">{dayOf(deal.closedAt ?? deal.createdAt)}</span>
      </span>
    </article>
  )
}

interface ColumnProps extends Omit<CardProps, 'deal' | 'onDrag'> {
  stage: PipelineStage
  filter: Filter
  total: DealsSummary['stages'][number] | undefined
  dragged: Deal | null
  onDrag: (deal: Deal | null) => void
}

function Column({ stage, filter, total, dragged, ...rest }: ColumnProps) {
  const { t } = useTranslation()
  const { moves } = rest
  const deals = useDeals({ ...filter, stageId: stage.id, sort: '-updatedAt' }, pageSize)
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  const loaded = deals.data?.pages.flatMap((page) => page.items) ?? []
  const pending = moves?.pending ?? null
  const shown = pending ? loaded.filter(({ id }) => id !== pending.deal.id) : loaded
  if (pending?.to.id === stage.id) shown.unshift({ ...pending.deal, stageId: stage.id })
  const accepts = dragged !== null && dragged.stageId !== stage.id
  return (
    <section
      className={styles.column}
      data-kind={stage.kind}
      data-over={(isOver && accepts) || undefined}
      data-testid="deal-column"
      aria-label={stage.name}
      onDragEnter={() => {
        depth.current += 1
        setOver(true)
      }}
      onDragLeave={() => {
        depth.current -= 1
        if (depth.current <= 0) setOver(false)
      }}
      onDragOver={(event) => {
        if (accepts) event.preventDefault()
      }}
      onDrop={(event) => {
        event.preventDefault()
        depth.current = 0
        setOver(false)
        if (dragged) moves?.move(dragged, stage)
        rest.onDrag(null)
      }}
    >
      <header className={styles.columnHead}>
        <span className={`cut ${styles.columnName}`}>{stage.name}</span>
        <span className={`num ${styles.count}`}>{total?.deals ?? 0}</span>
        <span className={`num ${styles.sum}`} data-testid="stage-sum">
          {sums(total?.sums ?? []) || ' '}
        </span>
      </header>
      <div className={styles.cards}>
        {deals.isPending && <Skeleton height={86} radius="md" />}
        {deals.isError && (
          <Button variant="default" size="xs" onClick={() => inBackground(deals.refetch())}>
            {explain(deals.error)}
          </Button>
        )}
        {deals.isSuccess && shown.length === 0 && (
          <Text c="dimmed" fz="sm" ta="center" py="md">
            {t('crm.deal.emptyStage')}
          </Text>
        )}
        {shown.map((deal) => (
          <Card key={deal.id} deal={deal} {...rest} />
        ))}
        {deals.hasNextPage && (
          <Button
            variant="subtle"
            size="xs"
            loading={deals.isFetchingNextPage}
            onClick={() => inBackground(deals.fetchNextPage())}
          >
            {t('crm.more')}
          </Button>
        )}
      </div>
    </section>
  )
}

interface Props {
  pipeline: Pipeline
  filter: Filter
  summary: DealsSummary | undefined
  moves: DealMoves | null
  onOpen: (id: string) => void
}

/** Deals of a pipeline as cards, a column for each stage. */
export function DealBoard({ pipeline, filter, summary, moves, onOpen }: Props) {
  const { t } = useTranslation()
  const [dragged, setDragged] = useState<Deal | null>(null)
  return (
    <>
      <div className={styles.board} data-testid="deal-board">
        {pipeline.stages.map((stage) => (
          <Column
            key={stage.id}
            stage={stage}
            stages={pipeline.stages}
            filter={{ ...filter, pipelineId: pipeline.id }}
            total={summary?.stages.find(({ stageId }) => stageId === stage.id)}
            moves={moves}
            onOpen={onOpen}
            dragged={dragged}
            onDrag={setDragged}
          />
        ))}
      </div>
      {moves && <p className={styles.hint}>{t('crm.deal.cardHint')}</p>}
    </>
  )
}
