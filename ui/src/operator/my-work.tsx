import { Button, Text } from '@mantine/core'
import { IconPhoneOutgoing } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CallbackItem, TaskItem } from '../../../api/contract/dialling.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useNow } from '../lib/use-now.ts'
import { expectCall, expectNoCall } from '../softphone/expected.ts'
import { CallNumber } from './click-to-call.tsx'
import styles from './operator.module.css'

const refreshMs = 30_000

function useWork<T>(name: string, path: string) {
  return useQuery({
    queryKey: ['work', name],
    queryFn: () => api<Page<T>>('GET', path),
    refetchInterval: refreshMs,
    staleTime: 5000
  })
}

/** When something is due: the hour for today, else the day; red once it has passed. */
function Due({ at }: { at: string | null }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!at) return <Text fz="sm">{t('work.soon')}</Text>
  const isLate = Date.parse(at) < now
  return (
    <Text fz="sm" className="num" {...(isLate && { c: 'var(--rt-lost)', fw: 600 })}>
      {isToday(at) ? timeOfDay(at) : dayOf(at)}
    </Text>
  )
}

function Callback({ item }: { item: CallbackItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const call = useMutation({
    mutationFn: () => {
      expectCall(null)
      return api<{ callId: string }>(
        'POST',
        `/api/callbacks/${item.id}/call-now`,
        {},
        { 'idempotency-key': `ui-${Date.now()}-${Math.random()}` }
      )
    },
    onSuccess: async ({ callId }) => {
      expectCall(callId)
      await client.invalidateQueries({ queryKey: ['work'] })
    },
    onError: (error) => {
      expectNoCall()
      toast('rust', explain(error), 12_000)
    }
  })
  return (
    <div className={styles.work} data-testid="my-callback">
      <div style={{ minWidth: 0 }}>
        <Text fw={560} className="cut">
          {item.name ?? <span className="num">{formatPhone(item.phone)}</span>}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {[
            t(`work.callbackKind.${item.kind}`),
            item.attempts > 0 ? t('work.attempts', { count: item.attempts }) : null,
            item.note
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      <Due at={item.at ?? item.nextAttemptAt} />
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconPhoneOutgoing size={15} />}
        loading={call.isPending}
        disabled={item.state === 'calling'}
        onClick={() => call.mutate()}
        data-testid="callback-call"
      >
        {t('dial.call')}
      </Button>
    </div>
  )
}

function Task({ item }: { item: TaskItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const finish = useMutation({
    mutationFn: () => api('PATCH', `/api/tasks/${item.id}`, { state: 'done' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['work'] }),
    onError: (error) => toast('rust', explain(error))
  })
  const isNumber = item.phone !== null && item.title === item.phone
  return (
    <div className={styles.work} data-testid="my-task">
      <div style={{ minWidth: 0 }}>
        <Text fw={560} className="cut">
          {isNumber ? formatPhone(item.phone) : item.title}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {[
            t(`work.taskKind.${item.kind}`),
            item.calls > 1 ? t('work.calls', { count: item.calls }) : null,
            item.phone && !isNumber ? formatPhone(item.phone) : null
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      <Due at={item.dueAt} />
      <span style={{ alignItems: 'center', display: 'inline-flex', gap: 6 }}>
        <CallNumber number={item.phone} name={item.title} />
        <Button
          size="compact-sm"
          variant="default"
          loading={finish.isPending}
          onClick={() => finish.mutate()}
          data-testid="task-done"
        >
          {t('work.done')}
        </Button>
      </span>
    </div>
  )
}

/** Calls and tasks that this operator owes to clients; a press calls. Nothing when nothing is owed. */
export default function MyWork() {
  const { t } = useTranslation()
  const callbacks = useWork<CallbackItem>('callbacks', '/api/callbacks?state=open&limit=8&sort=nextAttemptAt')
  const tasks = useWork<TaskItem>('tasks', '/api/tasks?open=true&limit=8&sort=dueAt')
  const owed = callbacks.data?.items ?? []
  const toDo = tasks.data?.items ?? []
  if (owed.length + toDo.length === 0) return null
  return (
    <section
      className="sheet"
      style={{ overflow: 'hidden' }}
      aria-label={t('work.title')}
      data-testid="my-work"
    >
      <div className={styles.listHead}>
        <Text fw={620}>{t('work.title')}</Text>
        <Text c="dimmed" fz="sm" className="num">
          {owed.length + toDo.length}
        </Text>
      </div>
      {owed.map((item) => (
        <Callback key={item.id} item={item} />
      ))}
      {toDo.map((item) => (
        <Task key={item.id} item={item} />
      ))}
    </section>
  )
}
