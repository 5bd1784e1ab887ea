import '../styles/later.ts'
import { Button, Select, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBellCog, IconPlayerStop, IconPlus, IconSearch } from '@tabler/icons-react'
import type { Dayjs } from 'dayjs'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink, useParams, useSearchParams } from 'react-router'
import { fieldTime } from '../client/due-times.ts'
import { withTexts } from '../i18n/index.ts'
import { secondsSince } from '../lib/format.ts'
import { useUsers } from '../lib/lookups.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useNow } from '../lib/use-now.ts'
import { Projects } from '../projects/projects.tsx'
import { useMe } from '../session/session.ts'
import { Calendar } from './calendar.tsx'
import { spentText } from './spent.ts'
import type { Draft } from './task-fields.tsx'
import { TaskList } from './task-list.tsx'
import styles from './tasks.module.css'
import { useCounts, useTaskMoves, useTimer, type TaskFilter } from './use-tasks.ts'

const NewTask = lazy(withTexts(['tasks'], () => import('./new-task.tsx')))
const TaskDrawer = lazy(withTexts(['tasks'], () => import('./task-drawer.tsx')))
const RemindersDialog = lazy(withTexts(['tasks'], () => import('./reminders-dialog.tsx')))

const tabs = ['mine', 'overdue', 'team', 'done', 'calendar', 'projects'] as const
type Tab = (typeof tabs)[number]

/** What each tab asks for. */
function filterOf(tab: Tab, assigneeId: string | null): TaskFilter {
  const person = assigneeId === null ? {} : { assigneeId }
  switch (tab) {
    case 'mine':
      return { atDesk: 'true', open: 'true', sort: 'dueAt' }
    case 'overdue':
      return { overdue: 'true', sort: 'dueAt', ...person }
    case 'team':
      return { open: 'true', sort: 'dueAt', ...person }
    case 'done':
      return { state: 'done', sort: '-doneAt', ...person }
    default:
      return assigneeId === null ? { atDesk: 'true' } : person
  }
}

/** The timer that runs, wherever it was started. */
function Running({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const { data } = useTimer()
  const moves = useTaskMoves()
  const now = useNow()
  const timer = data?.timer
  if (!timer) return null
  return (
    <div className={styles.running} data-testid="running-timer">
      <span className="num">{spentText(secondsSince(timer.startedAt, now))}</span>
      <button type="button" className={`${styles.open ?? ''} cut`} onClick={() => onOpen(timer.taskId)}>
        {timer.title}
      </button>
      <Button
        size="compact-sm"
        ml="auto"
        style={{ flex: 'none' }}
        variant="light"
        leftSection={<IconPlayerStop size={15} />}
        onClick={() => moves.setTimer({ id: timer.taskId }, false)}
      >
        {t('tasks.timerStop')}
      </Button>
    </div>
  )
}

function Tabs({ isLead }: { isLead: boolean }) {
  const { t } = useTranslation()
  const { data: counts } = useCounts()
  return (
    <nav className={styles.tabs} aria-label={t('tasks.pages')}>
      {tabs
        .filter((tab) => tab !== 'team' || isLead)
        .map((tab) => (
          <NavLink
            key={tab}
            to={tab === 'mine' ? '/tasks' : `/tasks/${tab}`}
            end={tab === 'mine'}
            className={styles.tab ?? ''}
            data-testid={`tasks-${tab}`}
          >
            {t(`tasks.tab.${tab}`)}
            {tab === 'mine' && counts && counts.mine > 0 && <span className="num"> {counts.mine}</span>}
            {tab === 'overdue' && counts && counts.overdue > 0 && (
              <span className={`num ${styles.late ?? ''}`}> {counts.overdue}</span>
            )}
          </NavLink>
        ))}
    </nav>
  )
}

/** Everything that people owe: one list, a calendar, and projects. */
export default function TasksPage() {
  const { t } = useTranslation()
  const me = useMe()
  const params = useParams()
  const [search, setSearch] = useSearchParams()
  const users = useUsers()
  const [adding, setAdding] = useState<Partial<Draft> | null>(null)
  const [isTuning, setTuning] = useState(false)
  const [assigneeId, setAssigneeId] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [found, setFound] = useState('')
  const find = useDebouncedCallback(setFound, 300)
  const isLead = me.role !== 'operator'
  const tab = tabs.find((each) => each === params['tab']) ?? 'mine'
  const opened = search.get('task')
  const open = (id: string | null): void =>
    setSearch((old) => {
      const next = new URLSearchParams(old)
      if (id === null) next.delete('task')
      else next.set('task', id)
      return next
    })
  useKeys({ KeyI: () => setAdding({}) })
  const hasPeople = isLead && tab !== 'mine' && tab !== 'projects'
  const filter = { ...filterOf(tab, hasPeople ? assigneeId : null), ...(found !== '' && { search: found }) }
  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={1} size="h2">
          {t('tasks.heading')}
        </Title>
        <Tabs isLead={isLead} />
        <div className={styles.tools}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBellCog size={15} />}
            onClick={() => setTuning(true)}
            data-testid="reminders"
          >
            {t('tasks.reminders')}
          </Button>
          <Button
            size="xs"
            leftSection={<IconPlus size={15} />}
            onClick={() => setAdding({})}
            data-testid="add-task"
          >
            {t('tasks.add')}
          </Button>
        </div>
      </div>
      <Running onOpen={open} />
      {tab !== 'projects' && (
        <div className={styles.tools} style={{ marginBottom: 12 }}>
          {tab !== 'calendar' && (
            <TextInput
              size="xs"
              w={220}
              aria-label={t('tasks.search')}
              placeholder={t('tasks.search')}
              leftSection={<IconSearch size={14} />}
              value={typed}
              onChange={(event) => {
                setTyped(event.currentTarget.value)
                find(event.currentTarget.value.trim())
              }}
            />
          )}
          {hasPeople && (
            <Select
              size="xs"
              w={200}
              aria-label={t('tasks.assignee')}
              placeholder={t(tab === 'calendar' ? 'tasks.my' : 'tasks.everybody')}
              data={[
                { value: 'none', label: t('tasks.nobody') },
                ...(users.data ?? [])
                  .filter(({ isActive, role }) => isActive && role !== 'marketer')
                  .map(({ id, name }) => ({ value: id, label: name }))
              ]}
              value={assigneeId}
              searchable
              clearable
              nothingFoundMessage={t('common.nothingFound')}
              onChange={setAssigneeId}
            />
          )}
          {tab === 'calendar' && (
            <Text fz="xs" c="dimmed" visibleFrom="sm">
              {t('tasks.calendarHint')}
            </Text>
          )}
        </div>
      )}
      {tab === 'projects' ? (
        <Projects
          projectId={params['id'] ?? null}
          onOpen={open}
          onAdd={(projectId) => setAdding({ projectId, kind: 'other' })}
        />
      ) : tab === 'calendar' ? (
        <Calendar
          filter={filter}
          onOpen={open}
          onAdd={(at: Dayjs) => setAdding({ due: fieldTime(at.valueOf()), kind: 'meeting' })}
        />
      ) : (
        <TaskList
          key={tab}
          filter={filter}
          isGrouped={tab !== 'done'}
          isNarrowed={found !== '' || assigneeId !== null || tab === 'overdue' || tab === 'done'}
          onOpen={open}
          onAdd={() => setAdding({})}
        />
      )}
      <Suspense>
        {adding && <NewTask known={adding} onClose={() => setAdding(null)} />}
        {opened && <TaskDrawer key={opened} taskId={opened} onClose={() => open(null)} />}
        {isTuning && <RemindersDialog onClose={() => setTuning(false)} />}
      </Suspense>
    </main>
  )
}
