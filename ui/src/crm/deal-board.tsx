import { ActionIcon, Button, Menu, Skeleton, Text } from '@mantine/core'
import { IconArrowRight, IconDots } from '@tabler/icons-react'
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deal, DealsSummary, Pipeline, PipelineStage } from '../../../api/contract/crm.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './deals.module.css'
import { money, sums } from './money.ts'
import { useDeals, type Filter } from './queries.ts'
import type { DealMoves, Move } from './use-deal-moves.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { NextTask } from './next-task.tsx'
import { useTitle } from './use-inquiry-moves.ts'

/** What browsers carry along while a card is dragged. */
const dragType = 'application/x-ringtrace-deal'
const pageSize = 40
const doNothing = (): void => undefined

/** A function that stays the same from one drawing to the next, and does what the newest one does. */
function useSame<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  const newest = useRef(run)
  useEffect(() => {
    newest.current = run
  })
  return useCallback((...args: A) => newest.current(...args), [])
}

interface CardProps {
  deal: Deal
  stages: PipelineStage[]
  /** Stays the same while the board stands; null: whoever looks may only read. */
  mover: Mover | null
  onOpen: (id: string) => void
  onDrag: (deal: Deal | null) => void
}
type Mover = DealMoves['move']

/** Drawn anew only when its own deal changes: a column may have hundreds. */
const Card = memo(function Card({ deal, stages, mover, onOpen, onDrag }: CardProps) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const title = titleOf(deal)
  const others = stages.filter(({ id }) => id !== deal.stageId)
  const onKey = (event: KeyboardEvent): void => {
    if (!mover || !event.shiftKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return
    event.preventDefault()
    const at = stages.findIndex(({ id }) => id === deal.stageId)
    const to = stages[at + (event.key === 'ArrowRight' ? 1 : -1)]
    if (to) mover(deal, to)
  }
  return (
    <article
      className={styles.card}
      draggable={mover !== null}
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
        {mover && (
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
                    onClick={() => mover(deal, stage)}
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
      {deal.nextTask && (
        <span className={`cut ${styles.sub}`}>
          <NextTask task={deal.nextTask} />
        </span>
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
})

/** Looks so far ahead, in whatever scrolls: the column, or on a telephone the page. */
const near = { rootMargin: '600px', scrollMargin: '600px' }
const chunkSize = 10
/** Until it has been drawn once. */
const usualCardHeight = 116

function chunksOf(deals: readonly Deal[]): Deal[][] {
  return Array.from({ length: Math.ceil(deals.length / chunkSize) }, (_, index) =>
    deals.slice(index * chunkSize, (index + 1) * chunkSize)
  )
}

interface ChunkProps extends Omit<CardProps, 'deal'> {
  deals: Deal[]
  /** One of them is being dragged: they must stay. */
  isHeld: boolean
}

/** Some cards of a column: drawn only near what is seen, so that thousands scroll as tens do. */
function Chunk({ deals, isHeld, ...rest }: ChunkProps) {
  const box = useRef<HTMLDivElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  useEffect(() => {
    const own = box.current
    if (!own) return undefined
    const watch = new IntersectionObserver(([entry]) => {
      if (!entry) return
      setHeight(entry.isIntersecting ? null : entry.boundingClientRect.height)
    }, near)
    watch.observe(own)
    return () => watch.disconnect()
  }, [])
  const isAway = height !== null && !isHeld
  return (
    <div
      ref={box}
      className={styles.chunk}
      style={isAway ? { height: height || deals.length * usualCardHeight } : undefined}
    >
      {!isAway && deals.map((deal) => <Card key={deal.id} deal={deal} {...rest} />)}
    </div>
  )
}

interface ColumnProps extends Omit<CardProps, 'deal' | 'onDrag'> {
  pending: Move | null
  stage: PipelineStage
  filter: Filter
  total: DealsSummary['stages'][number] | undefined
  dragged: Deal | null
  onDrag: (deal: Deal | null) => void
}

function Column({ stage, filter, total, dragged, pending, ...rest }: ColumnProps) {
  const { t } = useTranslation()
  const { mover } = rest
  const deals = useDeals({ ...filter, stageId: stage.id, sort: '-updatedAt' }, pageSize)
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = deals
  const shown = useMemo(() => {
    const loaded = deals.data?.pages.flatMap((page) => page.items) ?? []
    const left = pending ? loaded.filter(({ id }) => id !== pending.deal.id) : loaded
    return pending?.to.id === stage.id ? [{ ...pending.deal, stageId: stage.id }, ...left] : left
  }, [deals.data, pending, stage.id])
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const mark = end.current
    if (!mark || !hasNextPage || isFetchingNextPage) return undefined
    // The next cards come before the last ones are reached.
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) inBackground(fetchNextPage())
    }, near)
    watch.observe(mark)
    return () => watch.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
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
        if (dragged) mover?.(dragged, stage)
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
        {chunksOf(shown).map((deals, index) => (
          <Chunk
            // Its place: cards come and go in it.
            key={index}
            deals={deals}
            isHeld={dragged !== null && deals.some(({ id }) => id === dragged.id)}
            {...rest}
          />
        ))}
        {hasNextPage && (
          <div ref={end}>
            <Skeleton height={86} radius="md" />
          </div>
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
  const mover = useSame(moves?.move ?? doNothing)
  const open = useSame(onOpen)
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
            mover={moves === null ? null : mover}
            pending={moves?.pending ?? null}
            onOpen={open}
            dragged={dragged}
            onDrag={setDragged}
          />
        ))}
      </div>
      {moves && <p className={styles.hint}>{t('crm.deal.cardHint')}</p>}
    </>
  )
}
