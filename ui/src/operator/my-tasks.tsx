import { Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CallbackItem, TaskItem } from '../../../api/contract/dialling.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useNow } from '../lib/use-now.ts'
import { CallNumber, usePlacedCall } from './click-to-call.tsx'
import { ListStates } from './list-states.tsx'
import { useOwed } from './my-lists.ts'
import styles from './my-work.module.css'

/** When something is due: the hour of today, else the day; in red once it has passed, and in words. */
function Due({ at, isTask }: { at: string | null; isTask: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!at) {
    return (
      <Text c="dimmed" fz="sm" component="span">
        {t(isTask ? 'own.tasks.noTime' : 'own.tasks.soon')}
      </Text>
    )
  }
  const isLate = Date.parse(at) < now
  return (
    <Text
      fz="sm"
      className="num"
      component="span"
      {...(isLate ? { c: 'var(--rt-lost)', fw: 600, title: t('own.tasks.overdue') } : { c: 'dimmed' })}
      data-late={isLate}
    >
      {isToday(at) ? timeOfDay(at) : dayOf(at)}
    </Text>
  )
}

/** Name and time above, what it is below. A press opens the call behind it, where there is one. */
function Head(props: {
  title: string
  about: (string | null)[]
  at: string | null
  isTask: boolean
  callId: string | null
  onOpen: (callId: string) => void
}) {
  const { title, about, at, isTask, callId, onOpen } = props
  return (
    <button
      type="button"
      className={styles.open}
      disabled={callId === null}
      onClick={() => callId !== null && onOpen(callId)}
    >
      <Text fw={560} className="cut" component="span">
        {title}
      </Text>
      <Due at={at} isTask={isTask} />
      <Text c="dimmed" fz="sm" className={`cut ${styles.whole}`} component="span">
        {about.filter(Boolean).join(' · ')}
      </Text>
    </button>
  )
}

interface Shown<T> {
  item: T
  onOpen: (callId: string) => void
}

function Callback({ item, onOpen }: Shown<CallbackItem>) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const call = usePlacedCall<undefined>(() => ({ path: `/api/callbacks/${item.id}/call-now`, body: {} }))
  return (
    <li className={styles.item} data-testid="my-callback">
      <Head
        title={item.name ?? formatPhone(item.phone)}
        about={[
          t(`own.tasks.callback.${item.kind}`),
          item.attempts > 0 ? t('own.tasks.attempts', { count: item.attempts }) : null,
          item.note
        ]}
        at={item.at ?? item.nextAttemptAt}
        isTask={false}
        callId={item.parentCallId}
        onOpen={onOpen}
      />
      <CallNumber
        number={item.phone}
        name={item.name}
        isLoud
        isBusy={call.isPending || item.state === 'calling'}
        onPress={() =>
          call.mutate(undefined, {
            onSuccess: () => inBackground(client.invalidateQueries({ queryKey: ['work'] })),
            onError: (error) => toast('rust', explain(error), 12_000)
          })
        }
        testId="callback-call"
      />
    </li>
  )
}

function Task({ item, onOpen }: Shown<TaskItem>) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const set = useMutation({
    mutationFn: (state: 'done' | 'open') => api('PATCH', `/api/tasks/${item.id}`, { state }),
    onSuccess: (_, state) => {
      inBackground(client.invalidateQueries({ queryKey: ['work'] }))
      if (state === 'open') return
      toast('pine', t('own.tasks.wasDone', { title }), 8000, {
        label: t('own.tasks.undo'),
        run: () => set.mutate('open')
      })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const isNumber = item.phone !== null && item.title === item.phone
  const title = isNumber ? formatPhone(item.phone) : item.title
  return (
    <li className={styles.item} data-testid="my-task">
      <Head
        title={title}
        about={[
          t(`own.tasks.kind.${item.kind}`),
          item.calls > 1 ? t('own.missed.calls', { count: item.calls }) : null,
          item.phone && !isNumber ? formatPhone(item.phone) : null
        ]}
        at={item.dueAt}
        isTask
        callId={item.callId}
        onOpen={onOpen}
      />
      <span className={styles.actions}>
        <CallNumber number={item.phone} name={title} contactId={item.contactId} isLoud />
        <Button
          size="compact-sm"
          variant="default"
          loading={set.isPending}
          aria-label={`${t('own.tasks.done')}: ${title}`}
          onClick={() => set.mutate('done')}
          data-testid="task-done"
        >
          {t('own.tasks.done')}
        </Button>
      </span>
    </li>
  )
}

/** What this operator owes to clients today: overdue first. */
export function MyTasks({ onOpen }: { onOpen: (callId: string) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { items, isPending, error } = useOwed()
  return (
    <ListStates
      isPending={isPending}
      error={items.length > 0 ? null : error}
      onRetry={() => inBackground(client.refetchQueries({ queryKey: ['work'] }))}
      empty={items.length === 0 ? { title: t('own.tasks.empty'), text: t('own.tasks.emptyText') } : null}
    >
      <ul className={styles.list}>
        {items.map((owed) =>
          owed.kind === 'task' ? (
            <Task key={owed.item.id} item={owed.item} onOpen={onOpen} />
          ) : (
            <Callback key={owed.item.id} item={owed.item} onOpen={onOpen} />
          )
        )}
      </ul>
    </ListStates>
  )
}
