import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskItem, TaskTime } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, secondsSince } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useNow } from '../lib/use-now.ts'
import { useMe } from '../session/session.ts'
import { spentText, typedMinutes } from './spent.ts'
import styles from './tasks.module.css'
import { useTimes, useWorkChanged } from './use-tasks.ts'

const shown = 5

/** What was spent on a task, by whom; more can be typed. */
export function Times({ task }: { task: TaskItem }) {
  const { t } = useTranslation()
  const me = useMe()
  const now = useNow()
  const changed = useWorkChanged()
  const { data } = useTimes(task.id)
  const [typed, setTyped] = useState('')
  const minutes = typedMinutes(typed)
  const onError = (error: Error): void => toast('rust', explain(error))
  const add = useMutation({
    mutationFn: (wanted: number) => api('POST', `/api/tasks/${task.id}/times`, { minutes: wanted }),
    onSuccess: async () => {
      setTyped('')
      await changed()
    },
    onError
  })
  const remove = useMutation({
    mutationFn: (time: TaskTime) => api('DELETE', `/api/task-times/${time.id}`),
    onSuccess: changed,
    onError
  })
  const items = data?.items ?? []
  const running = items.filter(({ seconds }) => seconds === null)
  const still = items.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)
  const spent = running.reduce((sum, { startedAt }) => sum + secondsSince(startedAt, now), still)
  return (
    <section>
      <Group justify="space-between" align="center">
        <div className="eyebrow">
          {t('tasks.spent')}: <span className="num">{spentText(spent)}</span>
        </div>
        <form
          className={styles.typed}
          onSubmit={(event) => {
            event.preventDefault()
            if (minutes !== null) add.mutate(minutes)
          }}
        >
          <TextInput
            size="xs"
            w={110}
            aria-label={t('tasks.addTime')}
            placeholder={t('tasks.timePlaceholder')}
            value={typed}
            error={typed !== '' && minutes === null}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-testid="task-minutes"
          />
          <Button
            size="xs"
            type="submit"
            variant="default"
            disabled={minutes === null}
            loading={add.isPending}
          >
            {t('tasks.addTime')}
          </Button>
        </form>
      </Group>
      {items.length > 0 && (
        <ul className={styles.times} data-testid="task-times">
          {items.slice(0, shown).map((time) => (
            <li key={time.id}>
              <span className="cut">{time.user?.name ?? t('tasks.somebody')}</span>
              <Text c="dimmed" fz="xs" component="span">
                {dayOf(time.startedAt)}
              </Text>
              <span className="num" data-running={time.seconds === null}>
                {spentText(time.seconds ?? secondsSince(time.startedAt, now))}
              </span>
              {(me.role !== 'operator' || time.user?.id === me.id) && time.seconds !== null ? (
                <ActionIcon
                  size="xs"
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('common.remove')}: ${spentText(time.seconds)}`}
                  onClick={() => remove.mutate(time)}
                >
                  <IconX size={13} />
                </ActionIcon>
              ) : (
                <span />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
