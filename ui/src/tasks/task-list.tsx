import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useNow } from '../lib/use-now.ts'
import { useCurrentCall } from '../softphone/use-current-call.ts'
import { grouped } from './days.ts'
import { TaskRow } from './task-row.tsx'
import styles from './tasks.module.css'
import { useTaskMoves, useTasks, type TaskFilter } from './use-tasks.ts'

interface Props {
  filter: TaskFilter
  /** By when they are due, or as they come. */
  isGrouped: boolean
  isNarrowed: boolean
  onOpen: (id: string) => void
  onAdd: () => void
}

/** Tasks by when they are due; arrows choose, Enter opens. */
export function TaskList({ filter, isGrouped, isNarrowed, onOpen, onAdd }: Props) {
  const { t } = useTranslation()
  const moves = useTaskMoves()
  const now = useNow()
  const found = useTasks(filter)
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const groups = isGrouped ? grouped(items, now) : [{ name: null, tasks: items }]
  const order = groups.flatMap(({ tasks }) => tasks)
  const [chosen, setChosen] = useState<string | null>(null)
  const isBusy = useCurrentCall() !== null
  const at = order.findIndex(({ id }) => id === chosen)
  const step = (by: number) =>
    isBusy
      ? undefined
      : () => setChosen(order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))]?.id ?? null)
  const task = order[at]
  useKeys({
    ArrowDown: step(1),
    ArrowUp: step(-1),
    Enter: isBusy || !task ? undefined : () => onOpen(task.id),
    KeyX: isBusy || !task || task.state !== 'open' ? undefined : () => moves.done(task)
  })
  if (found.isPending) {
    return (
      <Stack gap={10} className="sheet" p="md">
        {[0, 1, 2, 3].map((each) => (
          <Skeleton key={each} height={38} />
        ))}
      </Stack>
    )
  }
  if (found.isError && items.length === 0) {
    return (
      <div className={`sheet ${styles.empty}`} role="alert">
        <Text mb="sm">{explain(found.error)}</Text>
        <Button variant="default" onClick={() => inBackground(found.refetch())}>
          {t('common.retry')}
        </Button>
      </div>
    )
  }
  if (items.length === 0) {
    return (
      <div className={`sheet ${styles.empty}`} data-testid="tasks-empty">
        <Text fw={600}>{t(isNarrowed ? 'common.nothingFound' : 'tasks.empty')}</Text>
        {!isNarrowed && (
          <>
            <Text c="dimmed" mt={2} mb="sm">
              {t('tasks.emptyText')}
            </Text>
            <Button size="xs" variant="default" onClick={onAdd}>
              {t('tasks.add')}
            </Button>
          </>
        )}
      </div>
    )
  }
  return (
    <div data-testid="task-list">
      {groups.map(({ name, tasks }) => (
        <section key={name ?? 'all'} className={styles.group}>
          {name !== null && (
            <h2 className={styles.groupName} data-late={name === 'overdue'}>
              {t(`tasks.group.${name}`)} <span className="num">{tasks.length}</span>
            </h2>
          )}
          <ul className={`sheet ${styles.list}`}>
            {tasks.map((each) => (
              <TaskRow
                key={each.id}
                task={each}
                moves={moves}
                isChosen={each.id === chosen}
                onOpen={() => onOpen(each.id)}
              />
            ))}
          </ul>
        </section>
      ))}
      {found.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          mt="sm"
          loading={found.isFetchingNextPage}
          onClick={() => inBackground(found.fetchNextPage())}
        >
          {t('tasks.more')}
        </Button>
      )}
    </div>
  )
}
