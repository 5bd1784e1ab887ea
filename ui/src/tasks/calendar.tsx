import { ActionIcon, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskItem } from '../../../api/contract/tasks.ts'
import { explain } from '../lib/explain.ts'
import { remember, remembered } from '../lib/storage.ts'
import { timeOfDay } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import styles from './calendar.module.css'
import { daysOf, placed, stepped, views, type View } from './days.ts'
import { useTaskMoves, useTasksOf, type TaskFilter } from './use-tasks.ts'
import { dueText, isLate, shownTitle } from './words.ts'

interface Props {
  filter: TaskFilter
  onOpen: (id: string) => void
  /** Somebody wants a task at this moment. */
  onAdd: (at: Dayjs) => void
}

const hourHeight = 44
const snapMinutes = 15
const morningHour = 8
const dragType = 'application/x-ringtrace-task'
const mostInCell = 4

/** Tasks by day, week or month. They are moved by the mouse, or with Shift and the arrows. */
export function Calendar({ filter, onOpen, onAdd }: Props) {
  const { t } = useTranslation()
  const isPhone = window.innerWidth < 768
  const [view, setView] = useState<View>(
    () => views.find((each) => each === remembered('tasks.view')) ?? (isPhone ? 'day' : 'week')
  )
  const [at, setAt] = useState(() => dayjs())
  const days = daysOf(view, at)
  const first = days[0] ?? at
  const last = days.at(-1) ?? at
  const found = useTasksOf({
    ...filter,
    dueFrom: first.toISOString(),
    dueBefore: last.add(1, 'day').toISOString()
  })
  const moves = useTaskMoves()
  const tasks = (found.data ?? []).filter(({ state }) => state !== 'cancelled')
  const move = (task: TaskItem, to: Dayjs): void => {
    if (task.dueAt === null || to.isSame(task.dueAt)) return
    moves.save(task, { dueAt: to.toISOString() }, t('tasks.wasMoved', { time: dueText(to.toISOString()) }))
  }
  const shared = { tasks, at, days, onOpen, onAdd, move }
  const title =
    view === 'day'
      ? at.format('D MMMM YYYY')
      : view === 'month'
        ? at.format('MMMM YYYY')
        : `${first.format('D MMM')} – ${last.format('D MMM YYYY')}`
  return (
    <section
      className={`sheet ${styles.calendar}`}
      aria-label={t('tasks.tab.calendar')}
      data-testid="calendar"
    >
      <Group className={styles.bar ?? ''} gap="xs">
        <Button size="xs" variant="default" onClick={() => setAt(dayjs())}>
          {t('tasks.today')}
        </Button>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('tasks.back')}
          onClick={() => setAt(stepped(view, at, -1))}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('tasks.forward')}
          onClick={() => setAt(stepped(view, at, 1))}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Text fw={600} className={styles.title ?? ''} aria-live="polite">
          {title}
        </Text>
        <SegmentedControl
          size="xs"
          ml="auto"
          aria-label={t('tasks.view')}
          value={view}
          onChange={(value) => {
            remember('tasks.view', value)
            setView(value)
          }}
          data={views.map((value) => ({ value, label: t(`tasks.views.${value}`) }))}
        />
      </Group>
      {found.isError && <Text p="md">{explain(found.error)}</Text>}
      {view === 'month' ? <Month {...shared} /> : <Hours {...shared} />}
    </section>
  )
}

interface Shared {
  tasks: readonly TaskItem[]
  at: Dayjs
  days: readonly Dayjs[]
  onOpen: (id: string) => void
  onAdd: (at: Dayjs) => void
  move: (task: TaskItem, to: Dayjs) => void
}

/** Arrows with Shift move a task, for whoever has no mouse. */
function onMoveKey(
  event: KeyboardEvent,
  task: TaskItem,
  upDown: readonly [number, 'minute' | 'day'],
  move: Shared['move']
): void {
  if (!event.shiftKey || task.dueAt === null) return
  const [amount, unit] = upDown
  const steps: Record<string, readonly [number, 'minute' | 'day']> = {
    ArrowLeft: [-1, 'day'],
    ArrowRight: [1, 'day'],
    ArrowUp: [-amount, unit],
    ArrowDown: [amount, unit]
  }
  const step = steps[event.key]
  if (!step) return
  event.preventDefault()
  move(task, dayjs(task.dueAt).add(step[0], step[1]))
}

const dragged = (tasks: readonly TaskItem[], event: DragEvent): TaskItem | undefined =>
  tasks.find(({ id }) => id === event.dataTransfer.getData(dragType))

/** What lets something be dropped here. */
const droppable = (event: DragEvent): void => {
  if (event.dataTransfer.types.includes(dragType)) event.preventDefault()
}

function Event(props: {
  task: TaskItem
  upDown: readonly [number, 'minute' | 'day']
  move: Shared['move']
  onOpen: (id: string) => void
}) {
  const { task, upDown, move, onOpen } = props
  const now = useNow()
  return (
    // No button: Firefox drags none.
    <div
      role="button"
      tabIndex={0}
      className={styles.event}
      data-late={isLate(task, now)}
      data-done={task.state === 'done'}
      draggable={task.state === 'open'}
      title={shownTitle(task)}
      onDragStart={(event) => {
        event.dataTransfer.setData(dragType, task.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
      onClick={(event) => {
        event.stopPropagation()
        onOpen(task.id)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault()
          onOpen(task.id)
        } else onMoveKey(event, task, upDown, move)
      }}
      data-testid="event"
    >
      <span className="num">{task.dueAt && timeOfDay(task.dueAt)}</span> {shownTitle(task)}
    </div>
  )
}

function Month({ tasks, at, days, onOpen, onAdd, move }: Shared) {
  const { t } = useTranslation()
  return (
    <div className={styles.monthBox}>
      <div className={styles.month}>
        {days.slice(0, 7).map((day) => (
          <div key={day.valueOf()} className={styles.weekday}>
            {day.format('dd')}
          </div>
        ))}
        {days.map((day) => {
          const own = tasks.filter(({ dueAt }) => day.isSame(dueAt, 'day'))
          return (
            <div
              key={day.valueOf()}
              className={styles.cell}
              data-other={!day.isSame(at, 'month')}
              data-today={day.isSame(dayjs(), 'day')}
              onDragOver={droppable}
              onDrop={(event) => {
                const task = dragged(tasks, event)
                const was = dayjs(task?.dueAt)
                if (task) move(task, day.hour(was.hour()).minute(was.minute()))
              }}
              data-testid={`day-${day.format('YYYY-MM-DD')}`}
            >
              <button
                type="button"
                className={styles.dayNumber}
                aria-label={`${t('tasks.add')}: ${day.format('D MMMM')}`}
                onClick={() => onAdd(day.hour(morningHour + 2))}
              >
                {day.date()}
              </button>
              {own.slice(0, mostInCell).map((task) => (
                <Event key={task.id} task={task} upDown={[7, 'day']} move={move} onOpen={onOpen} />
              ))}
              {own.length > mostInCell && (
                <span className={styles.rest}>{t('tasks.moreOf', { count: own.length - mostInCell })}</span>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Hours({ tasks, days, onOpen, onAdd, move }: Shared) {
  const { t } = useTranslation()
  const now = dayjs(useNow())
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.scrollTo({ top: morningHour * hourHeight - 8 })
  }, [])
  const momentAt = (day: Dayjs, column: HTMLElement, clientY: number): Dayjs => {
    const minute = ((clientY - column.getBoundingClientRect().top) / hourHeight) * 60
    return day.add(Math.max(0, Math.floor(minute / snapMinutes) * snapMinutes), 'minute')
  }
  return (
    <div className={styles.hoursBox} ref={box} tabIndex={0} role="group" aria-label={t('tasks.tab.calendar')}>
      <div
        className={styles.hours}
        style={{ gridTemplateColumns: `46px repeat(${days.length}, minmax(0, 1fr))` }}
      >
        <div className={styles.corner} />
        {days.map((day) => (
          <div key={day.valueOf()} className={styles.dayHead} data-today={day.isSame(now, 'day')}>
            {day.format('dd')} <b>{day.date()}</b>
          </div>
        ))}
        <div className={styles.scale} style={{ height: 24 * hourHeight }}>
          {Array.from({ length: 23 }, (_, index) => (
            <span key={index} className="num" style={{ top: (index + 1) * hourHeight - 8 }}>
              {String(index + 1).padStart(2, '0')}:00
            </span>
          ))}
        </div>
        {days.map((day) => (
          <div
            key={day.valueOf()}
            className={styles.column}
            style={{ height: 24 * hourHeight, backgroundSize: `100% ${hourHeight}px` }}
            onDragOver={droppable}
            onDrop={(event) => {
              const task = dragged(tasks, event)
              if (task) move(task, momentAt(day, event.currentTarget, event.clientY))
            }}
            onClick={(event) => onAdd(momentAt(day, event.currentTarget, event.clientY))}
            data-testid={`day-${day.format('YYYY-MM-DD')}`}
          >
            {placed(tasks, day).map(({ task, minute, minutes, lane, lanes }) => (
              <div
                key={task.id}
                className={styles.slot}
                data-short={minutes <= 30}
                style={{
                  top: (minute / 60) * hourHeight,
                  height: (minutes / 60) * hourHeight - 2,
                  left: `${(lane / lanes) * 100}%`,
                  width: `calc(${100 / lanes}% - 3px)`
                }}
              >
                <Event task={task} upDown={[30, 'minute']} move={move} onOpen={onOpen} />
              </div>
            ))}
            {day.isSame(now, 'day') && (
              <div
                className={styles.now}
                style={{ top: ((now.hour() * 60 + now.minute()) / 60) * hourHeight }}
              />
            )}
          </div>
        ))}
      </div>
    </div>
  )
}
