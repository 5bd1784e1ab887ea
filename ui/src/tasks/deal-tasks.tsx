import '../styles/later.ts'
import { Button, Group, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import { spentText } from './spent.ts'
import { TaskRow } from './task-row.tsx'
import styles from './tasks.module.css'
import { useTaskMoves, useTasksOf } from './use-tasks.ts'

const NewTask = lazy(withTexts(['tasks'], () => import('./new-task.tsx')))
const TaskDrawer = lazy(withTexts(['tasks'], () => import('./task-drawer.tsx')))

interface Props {
  deal: { id: string; name: string }
  contact: { id: string; name: string } | null
}

/** The tasks of a deal with the time spent on them: open ones first. */
export default function DealTasks({ deal, contact }: Props) {
  const { t } = useTranslation()
  const moves = useTaskMoves()
  const { data } = useTasksOf({ dealId: deal.id, sort: 'dueAt' })
  const [isAdding, setAdding] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const tasks = (data ?? [])
    .filter(({ state }) => state !== 'cancelled')
    .toSorted((a, b) => Number(a.state === 'done') - Number(b.state === 'done'))
  const spent = tasks.reduce((sum, { spentSeconds }) => sum + spentSeconds, 0)
  return (
    <section data-testid="deal-tasks">
      <Group justify="space-between" mb={4}>
        <div className="eyebrow">
          {t('tasks.heading')}
          {spent >= 60 && (
            <>
              {' · '}
              {t('tasks.spent')}: <span className="num">{spentText(spent)}</span>
            </>
          )}
        </div>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setAdding(true)}
          data-testid="deal-add-task"
        >
          {t('tasks.add')}
        </Button>
      </Group>
      {data && tasks.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t('tasks.noneOfDeal')}
        </Text>
      )}
      <ul className={styles.narrow}>
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            moves={moves}
            isChosen={false}
            isOfDeal
            onOpen={() => setOpened(task.id)}
          />
        ))}
      </ul>
      <Suspense>
        {isAdding && <NewTask known={{ deal, contact }} onClose={() => setAdding(false)} />}
        {opened && <TaskDrawer taskId={opened} onClose={() => setOpened(null)} />}
      </Suspense>
    </section>
  )
}
