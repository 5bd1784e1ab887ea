import {
  IconCalendarEvent,
  IconChecklist,
  IconMail,
  IconPhone,
  IconPhoneX,
  IconRecordMail,
  type Icon
} from '@tabler/icons-react'
import dayjs from 'dayjs'
import type { TaskItem } from '../../../api/contract/tasks.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'

export const kindIcons: Readonly<Record<TaskItem['kind'], Icon>> = {
  call_back: IconPhoneX,
  voicemail: IconRecordMail,
  callback_failed: IconPhoneX,
  follow_up: IconChecklist,
  call: IconPhone,
  meeting: IconCalendarEvent,
  mail: IconMail,
  other: IconChecklist
}

/** Kinds that people make; the others come of calls. */
export const ownKinds = ['call', 'meeting', 'mail', 'other'] as const

/** What was missed is called by its number: written as people write it. */
export const shownTitle = ({ title, phone }: Pick<TaskItem, 'title' | 'phone'>): string =>
  title === phone ? formatPhone(phone) : title

export const phoneOf = (task: TaskItem): string | null => task.phone ?? task.contactPhone

/** When it is due: the hour of today, else day and hour. */
export const dueText = (at: string): string =>
  isToday(at) ? timeOfDay(at) : `${dayOf(at)}, ${timeOfDay(at)}`

export const isLate = (task: TaskItem, nowMs: number): boolean =>
  task.state === 'open' && task.dueAt !== null && dayjs(task.dueAt).valueOf() < nowMs
