import dayjs, { type Dayjs } from 'dayjs'
import type { TaskItem } from '../../../api/contract/tasks.ts'

export const views = ['day', 'week', 'month'] as const
export type View = (typeof views)[number]

/** The days that a view shows, the week beginning on Monday. Pure. */
export function daysOf(view: View, at: Dayjs): Dayjs[] {
  const start = at.startOf('day')
  if (view === 'day') return [start]
  if (view === 'week') return from(mondayOf(start), 7)
  const first = mondayOf(start.startOf('month'))
  const rows = Math.ceil((start.endOf('month').diff(first, 'day') + 1) / 7)
  return from(first, rows * 7)
}

const from = (first: Dayjs, count: number): Dayjs[] =>
  Array.from({ length: count }, (_, index) => first.add(index, 'day'))

const mondayOf = (day: Dayjs): Dayjs => day.subtract((day.day() + 6) % 7, 'day')

/** One step of a view, forward or back. */
export const stepped = (view: View, at: Dayjs, by: 1 | -1): Dayjs => at.add(by, view)

/** A task in a column of a day: from which minute, for how many, and beside how many others. */
export interface Placed {
  task: TaskItem
  minute: number
  minutes: number
  lane: number
  lanes: number
}

const usualMinutes = 30
const dayMinutes = 1440

/** Places the tasks of one day side by side where they overlap. Pure. */
export function placed(tasks: readonly TaskItem[], day: Dayjs): Placed[] {
  const all = tasks
    .filter((task) => task.dueAt !== null && dayjs(task.dueAt).isSame(day, 'day'))
    .map((task) => {
      const at = dayjs(task.dueAt)
      const minute = at.hour() * 60 + at.minute()
      const minutes = Math.min(
        Math.max(task.plannedMinutes ?? usualMinutes, usualMinutes),
        dayMinutes - minute
      )
      return { task, minute, minutes, lane: 0, lanes: 1 }
    })
    .toSorted((a, b) => a.minute - b.minute || b.minutes - a.minutes)
  let group: Placed[] = []
  let groupEnd = -1
  for (const each of all) {
    if (each.minute >= groupEnd) group = []
    const taken = new Set(
      group.filter((other) => other.minute + other.minutes > each.minute).map(({ lane }) => lane)
    )
    while (taken.has(each.lane)) each.lane += 1
    group.push(each)
    groupEnd = Math.max(groupEnd, each.minute + each.minutes)
    const lanes = Math.max(...group.map(({ lane }) => lane)) + 1
    for (const other of group) other.lanes = lanes
  }
  return all
}

export const groupNames = ['overdue', 'today', 'tomorrow', 'week', 'later', 'never'] as const
export type GroupName = (typeof groupNames)[number]

/** Tasks by when they are due, in that order; empty groups are left out. Pure. */
export function grouped(tasks: readonly TaskItem[], nowMs: number): { name: GroupName; tasks: TaskItem[] }[] {
  const now = dayjs(nowMs)
  const nameOf = ({ dueAt }: TaskItem): GroupName => {
    if (dueAt === null) return 'never'
    const at = dayjs(dueAt)
    if (at.valueOf() < nowMs) return 'overdue'
    if (at.isSame(now, 'day')) return 'today'
    if (at.isSame(now.add(1, 'day'), 'day')) return 'tomorrow'
    return at.isBefore(mondayOf(now.startOf('day')).add(7, 'day')) ? 'week' : 'later'
  }
  return groupNames
    .map((name) => ({ name, tasks: tasks.filter((task) => nameOf(task) === name) }))
    .filter((group) => group.tasks.length > 0)
}
