import { Badge, Button, Group, Progress, Skeleton, Text } from '@mantine/core'
import { IconArrowLeft, IconPencil, IconPlus } from '@tabler/icons-react'
import dayjs from 'dayjs'
import { lazy, Suspense, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Project, TaskItem } from '../../../api/contract/tasks.ts'
import { withTexts } from '../i18n/index.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useNow } from '../lib/use-now.ts'
import { useMe } from '../session/session.ts'
import { spentText } from '../tasks/spent.ts'
import { useProjects, useTaskMoves, useTasksOf } from '../tasks/use-tasks.ts'
import { dueText, isLate, shownTitle } from '../tasks/words.ts'
import styles from './projects.module.css'

const ProjectForm = lazy(withTexts(['tasks'], () => import('./project-form.tsx')))

interface Props {
  projectId: string | null
  onOpen: (taskId: string) => void
  onAdd: (projectId: string) => void
}

const shareOf = ({ tasks }: Project): number =>
  tasks.all === 0 ? 0 : Math.round((tasks.done / tasks.all) * 100)

function Deadline({ project }: { project: Project }) {
  const { t } = useTranslation()
  const { dueOn, state } = project
  if (dueOn === null) return null
  const isOver = state === 'open' && dayjs(dueOn).endOf('day').isBefore(dayjs())
  return (
    <span className={styles.due} data-late={isOver}>
      {t('projects.until', { day: dayOf(dueOn) })}
    </span>
  )
}

function Facts({ project }: { project: Project }) {
  const { t } = useTranslation()
  const { tasks, spentSeconds } = project
  return (
    <Group gap="md" className={styles.facts ?? ''}>
      <span className="num">{t('projects.doneOf', { done: tasks.done, all: tasks.all })}</span>
      {tasks.overdue > 0 && (
        <span className={styles.due} data-late>
          {t('projects.late', { count: tasks.overdue })}
        </span>
      )}
      {spentSeconds >= 60 && (
        <span className="num">
          {t('tasks.spent')}: {spentText(spentSeconds)}
        </span>
      )}
    </Group>
  )
}

function Card({ project }: { project: Project }) {
  const { t } = useTranslation()
  return (
    <Link to={`/tasks/projects/${project.id}`} className={`sheet ${styles.card}`} data-testid="project">
      <Group justify="space-between" wrap="nowrap" align="start">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {project.name}
        </Text>
        {project.state === 'done' && (
          <Badge variant="light" color="gray" tt="none" style={{ flex: 'none' }}>
            {t('projects.closed')}
          </Badge>
        )}
      </Group>
      <Progress value={shareOf(project)} aria-label={t('projects.progress')} />
      <Group justify="space-between">
        <Facts project={project} />
        <Deadline project={project} />
      </Group>
      <Text fz="sm" c="dimmed" className="cut">
        {[project.owner?.name, ...project.members.map(({ name }) => name)]
          .filter((name, index, all) => name !== undefined && all.indexOf(name) === index)
          .join(', ') || t('projects.noMembers')}
      </Text>
    </Link>
  )
}

const columns = ['todo', 'going', 'done'] as const
type Column = (typeof columns)[number]
const columnOf = ({ state, isStarted }: TaskItem): Column =>
  state === 'done' ? 'done' : isStarted ? 'going' : 'todo'
const dragType = 'application/x-ringtrace-task'

/** Tasks of a project by how far they are; they are moved by the mouse, or in the task itself. */
function Board({ project, onOpen }: { project: Project; onOpen: (taskId: string) => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const moves = useTaskMoves()
  const found = useTasksOf({ projectId: project.id, sort: 'dueAt' })
  const tasks = (found.data ?? []).filter(({ state }) => state !== 'cancelled')
  const drop = (event: DragEvent, to: Column): void => {
    const task = tasks.find(({ id }) => id === event.dataTransfer.getData(dragType))
    if (!task || columnOf(task) === to) return
    if (to === 'done') moves.done(task)
    else if (task.state === 'done') moves.reopen(task)
    else
      moves.save(
        task,
        { isStarted: to === 'going' },
        t('projects.wasMoved', { to: t(`projects.column.${to}`) })
      )
  }
  if (found.isPending) return <Skeleton height={220} radius="lg" />
  if (found.isError) return <Text>{explain(found.error)}</Text>
  return (
    <div className={styles.board} data-testid="project-board">
      {columns.map((column) => {
        const own = tasks.filter((task) => columnOf(task) === column)
        return (
          <section
            key={column}
            className={styles.column}
            onDragOver={(event) => {
              if (event.dataTransfer.types.includes(dragType)) event.preventDefault()
            }}
            onDrop={(event) => drop(event, column)}
            data-testid={`column-${column}`}
          >
            <h3>
              {t(`projects.column.${column}`)} <span className="num">{own.length}</span>
            </h3>
            {own.map((task) => (
              // No button: Firefox drags none.
              <div
                key={task.id}
                role="button"
                tabIndex={0}
                className={styles.task}
                draggable
                onDragStart={(event) => {
                  event.dataTransfer.setData(dragType, task.id)
                  event.dataTransfer.effectAllowed = 'move'
                }}
                onClick={() => onOpen(task.id)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return
                  event.preventDefault()
                  onOpen(task.id)
                }}
                data-testid="board-task"
              >
                <span>{shownTitle(task)}</span>
                <span className={styles.foot}>
                  <span className="cut">{task.assignee?.name ?? t('tasks.nobody')}</span>
                  {task.dueAt && (
                    <span className={`num ${styles.due}`} data-late={isLate(task, now)}>
                      {dueText(task.dueAt)}
                    </span>
                  )}
                </span>
              </div>
            ))}
            {own.length === 0 && <p className={styles.none}>{t('projects.nothingHere')}</p>}
          </section>
        )
      })}
    </div>
  )
}

/** Work of several people with one end: a list of it, and the board of one. */
export function Projects({ projectId, onOpen, onAdd }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const found = useProjects()
  const [editing, setEditing] = useState<Project | 'new' | null>(null)
  const isLead = me.role !== 'operator'
  if (found.isPending) return <Skeleton height={180} radius="lg" />
  if (found.isError) {
    return (
      <div className={`sheet ${styles.empty}`} role="alert">
        <Text mb="sm">{explain(found.error)}</Text>
        <Button variant="default" onClick={() => inBackground(found.refetch())}>
          {t('common.retry')}
        </Button>
      </div>
    )
  }
  const project = found.data.find(({ id }) => id === projectId)
  const form = editing !== null && (
    <Suspense>
      <ProjectForm project={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
    </Suspense>
  )
  const add = isLead && (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={15} />}
      onClick={() => setEditing('new')}
      data-testid="add-project"
    >
      {t('projects.add')}
    </Button>
  )
  if (projectId !== null) {
    return (
      <>
        <Group mb="sm" gap="sm">
          <Link to="/tasks/projects" className={styles.back} aria-label={t('projects.all')}>
            <IconArrowLeft size={18} />
          </Link>
          <Text fz={18} fw={640} style={{ overflowWrap: 'anywhere' }}>
            {project?.name ?? t('projects.gone')}
          </Text>
          {project && (
            <>
              <Facts project={project} />
              <Deadline project={project} />
              <Group gap="xs" ml="auto">
                {isLead && (
                  <Button
                    size="xs"
                    variant="default"
                    leftSection={<IconPencil size={15} />}
                    onClick={() => setEditing(project)}
                    data-testid="edit-project"
                  >
                    {t('projects.edit')}
                  </Button>
                )}
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconPlus size={15} />}
                  onClick={() => onAdd(project.id)}
                  data-testid="add-project-task"
                >
                  {t('tasks.add')}
                </Button>
              </Group>
            </>
          )}
        </Group>
        {project && <Progress mb="md" value={shareOf(project)} aria-label={t('projects.progress')} />}
        {project?.note && <Text mb="md">{project.note}</Text>}
        {project && <Board project={project} onOpen={onOpen} />}
        {form}
      </>
    )
  }
  if (found.data.length === 0) {
    return (
      <div className={`sheet ${styles.empty}`} data-testid="projects-empty">
        <Text fw={600}>{t('projects.empty')}</Text>
        <Text c="dimmed" mt={2} mb="sm">
          {t(isLead ? 'projects.emptyText' : 'projects.emptyOperator')}
        </Text>
        {add}
        {form}
      </div>
    )
  }
  const sorted = found.data.toSorted((a, b) => Number(a.state === 'done') - Number(b.state === 'done'))
  return (
    <>
      {add && <Group mb="sm">{add}</Group>}
      <div className={styles.cards}>
        {sorted.map((each) => (
          <Card key={each.id} project={each} />
        ))}
      </div>
      {form}
    </>
  )
}
