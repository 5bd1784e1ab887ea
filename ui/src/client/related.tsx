import { Button, Text } from '@mantine/core'
import { IconBriefcase, IconCheckbox, IconPhoneIncoming, IconPhoneOutgoing } from '@tabler/icons-react'
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Contact } from '../../../api/contract/config.ts'
import type { JournalCall } from '../../../api/contract/calls.ts'
import type { Deal } from '../../../api/contract/crm.ts'
import type { TaskItem } from '../../../api/contract/dialling.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { money } from '../crm/money.ts'
import { StageBadge } from '../crm/stage-badge.tsx'
import { CloseDeal } from '../crm/close-deal.tsx'
import { useDealMoves } from '../crm/use-deal-moves.ts'
import { useTitle } from '../crm/use-inquiry-moves.ts'
import { withTexts } from '../i18n/index.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock, dayOf, isToday, timeOfDay } from '../lib/format.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { useNow } from '../lib/use-now.ts'
import styles from './client.module.css'

const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))
const DealDrawer = lazy(withTexts(['crm'], () => import('../crm/deal-drawer.tsx')))

const shownCalls = 4
const shownDeals = 3
const shownTasks = 4
/** Of a client with many numbers the first ones are looked for: each is a question to the journal. */
const askedPhones = 3
const refreshMs = 30_000

const whenOf = (at: string): string => (isToday(at) ? timeOfDay(at) : dayOf(at))

function List({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null
  return (
    <section>
      <div className={styles.label}>{title}</div>
      {children}
    </section>
  )
}

/** The last calls with any of the numbers, whether or not they were this client's then. */
function useCalls(phones: readonly string[], except: string) {
  return useQueries({
    queries: phones.slice(0, askedPhones).map((phone) => ({
      queryKey: ['calls', 'client', phone],
      queryFn: () =>
        api<Page<JournalCall>>('GET', `/api/calls${query({ callerNumber: phone, limit: shownCalls + 1 })}`)
    })),
    combine: (results) =>
      results
        .flatMap(({ data }) => data?.items ?? [])
        .filter(({ id }) => id !== except)
        .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
        .slice(0, shownCalls)
  })
}

function CallRow({ call, onOpen }: { call: JournalCall; onOpen: () => void }) {
  const { t } = useTranslation()
  const Icon = call.direction === 'out' ? IconPhoneOutgoing : IconPhoneIncoming
  return (
    <button type="button" className={styles.row} onClick={onOpen} data-testid="related-call">
      <Icon size={16} stroke={1.8} aria-label={t(`direction.${call.direction}`)} />
      <span className={styles.rowText}>
        <span className="cut">
          {[call.operator?.name, call.source?.name].filter(Boolean).join(' · ') ||
            t(`direction.${call.direction}`)}
        </span>
        {call.note && <span className={`cut ${styles.sub}`}>{call.note}</span>}
      </span>
      <span className={styles.rowEnd}>
        {call.talkSeconds ? (
          <span className="num">{clock(call.talkSeconds)}</span>
        ) : (
          <OutcomeBadge outcome={call.outcome} />
        )}
        <span className={`num ${styles.sub}`}>{whenOf(call.startedAt)}</span>
      </span>
    </button>
  )
}

function Deals({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const moves = useDealMoves()
  const [opened, setOpened] = useState<string | null>(null)
  const deals = useQuery({
    queryKey: ['deals', 'of-client', contactId],
    queryFn: () =>
      api<Page<Deal>>('GET', `/api/deals${query({ contactId, kind: 'open', limit: shownDeals })}`),
    refetchInterval: refreshMs
  })
  const items = deals.data?.items ?? []
  return (
    <List title={t('client.deals')} count={items.length}>
      {items.map((deal) => (
        <button
          key={deal.id}
          type="button"
          className={styles.row}
          onClick={() => setOpened(deal.id)}
          data-testid="related-deal"
        >
          <IconBriefcase size={16} stroke={1.8} aria-hidden />
          <span className={styles.rowText}>
            <span className="cut">{titleOf(deal)}</span>
            <span className={`num ${styles.sub}`}>{money(deal.amount, deal.currency)}</span>
          </span>
          <span className={styles.rowEnd}>
            <StageBadge stage={deal.stage} />
          </span>
        </button>
      ))}
      {opened && (
        <Suspense>
          <DealDrawer dealId={opened} moves={moves} onClose={() => setOpened(null)} />
        </Suspense>
      )}
      <CloseDeal moves={moves} />
    </List>
  )
}

function TaskRow({ task }: { task: TaskItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const now = useNow()
  const change = useMutation({
    mutationFn: (state: 'open' | 'done') => api('PATCH', `/api/tasks/${task.id}`, { state }),
    onSuccess: async (_, state) => {
      if (state === 'done')
        toast('pine', t('client.taskDone'), 8000, {
          label: t('client.undo'),
          run: () => change.mutate('open')
        })
      await client.invalidateQueries({ queryKey: ['work'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const isLate = task.dueAt !== null && Date.parse(task.dueAt) < now
  return (
    <div className={styles.row} data-still="" data-testid="related-task">
      <IconCheckbox size={16} stroke={1.8} aria-hidden />
      <span className={styles.rowText}>
        <span className="cut">
          {task.title === task.phone ? t(`client.taskKind.${task.kind}`) : task.title}
        </span>
        {task.dueAt && (
          <span className={`num ${styles.sub}`} {...(isLate && { style: { color: 'var(--rt-lost)' } })}>
            {isToday(task.dueAt) ? timeOfDay(task.dueAt) : `${dayOf(task.dueAt)}, ${timeOfDay(task.dueAt)}`}
          </span>
        )}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate('done')}
        data-testid="related-task-done"
      >
        {t('client.done')}
      </Button>
    </div>
  )
}

function Tasks({ contact, number }: { contact: Contact | null; number: string | null }) {
  const { t } = useTranslation()
  const of = contact ? { contactId: contact.id } : { search: number }
  const tasks = useQuery({
    queryKey: ['work', 'of-client', contact?.id ?? number],
    queryFn: () =>
      api<Page<TaskItem>>(
        'GET',
        `/api/tasks${query({ ...of, open: 'true', limit: shownTasks, sort: 'dueAt' })}`
      ),
    refetchInterval: refreshMs
  })
  const items = tasks.data?.items ?? []
  return (
    <List title={t('client.tasks')} count={items.length}>
      {items.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
    </List>
  )
}

interface Props {
  contact: Contact | null
  number: string | null
  /** The call in talk: not one of the last. */
  callId: string
  seesTasks: boolean
}

/** What there was with this client before: short lists, whose lines open the whole. */
export function Related({ contact, number, callId, seesTasks }: Props) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<string | null>(null)
  const phones = contact ? contact.phones : number === null ? [] : [number]
  const calls = useCalls(phones, callId)
  return (
    <div className={styles.related}>
      {contact && <Deals contactId={contact.id} />}
      {seesTasks && <Tasks contact={contact} number={number} />}
      <List title={t('client.calls')} count={calls.length}>
        {calls.map((call) => (
          <CallRow key={call.id} call={call} onOpen={() => setOpened(call.id)} />
        ))}
      </List>
      {calls.length === 0 && (
        <Text fz="xs" c="dimmed" data-testid="client-no-calls">
          {t('client.firstCall')}
        </Text>
      )}
      {opened && (
        <Suspense>
          <CallDrawer callId={opened} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </div>
  )
}
