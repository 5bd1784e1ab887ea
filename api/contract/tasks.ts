import { z } from 'zod'
import { repeats } from '../../crm/tasks/repeat.ts'
import { id, isoTime } from './common.ts'
import { anyNumber } from './dialling.ts'

const text = (longest: number) => z.string().trim().min(1).max(longest)
const named = z.object({ id, name: z.string() })

/** The first four come of calls by themselves, or of a talk. */
export const taskKind = z.enum([
  'call_back',
  'voicemail',
  'callback_failed',
  'follow_up',
  'call',
  'meeting',
  'mail',
  'other'
])
export const taskState = z.enum(['open', 'done', 'cancelled'])
export const repeat = z.enum(repeats)
const plannedMinutes = z.number().int().min(5).max(1440).nullable()
/** Minutes before it is due; null: nobody is reminded. */
const remindMinutes = z.number().int().min(0).max(20_160).nullable()

export const task = z.object({
  id,
  kind: taskKind,
  /** Whom or what it is about: a name, a number, or what somebody wrote. */
  title: z.string(),
  assigneeId: id.nullable(),
  groupId: id.nullable(),
  phone: z.string().nullable(),
  callId: id.nullable(),
  contactId: id.nullable(),
  callbackId: id.nullable(),
  dealId: id.nullable(),
  inquiryId: id.nullable(),
  projectId: id.nullable(),
  dueAt: isoTime.nullable(),
  state: taskState,
  /** Somebody has begun with it. */
  isStarted: z.boolean(),
  /** `returned`: a later talk with the client settled it. */
  result: z.string().nullable(),
  /** How many missed calls it stands for. */
  calls: z.number().int(),
  note: z.string().nullable(),
  plannedMinutes,
  /** Done, it makes the next one. */
  repeat: repeat.nullable(),
  remindMinutes,
  createdBy: id.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
  doneAt: isoTime.nullable(),
  doneBy: id.nullable(),
  assignee: named.nullable(),
  contact: named.nullable(),
  /** The client's number, where the task itself has none. */
  contactPhone: z.string().nullable(),
  /** Null where the caller may not see the deal. */
  deal: named.nullable(),
  project: named.nullable(),
  /** Of all people, running timers included. */
  spentSeconds: z.number().int(),
  /** Since when the caller's own timer runs for it. */
  timerSince: isoTime.nullable()
})
export const taskCreate = z.object({
  kind: taskKind.default('follow_up'),
  title: text(300),
  assigneeId: id.nullable().default(null),
  groupId: id.nullable().default(null),
  phone: anyNumber.nullable().default(null),
  callId: id.nullable().default(null),
  contactId: id.nullable().default(null),
  dealId: id.nullable().default(null),
  inquiryId: id.nullable().default(null),
  projectId: id.nullable().default(null),
  dueAt: isoTime.nullable().default(null),
  plannedMinutes: plannedMinutes.default(null),
  repeat: repeat.nullable().default(null),
  remindMinutes: remindMinutes.default(null),
  note: text(5000).nullable().default(null)
})
export const taskPatch = z
  .object({
    kind: taskKind,
    title: text(300),
    assigneeId: id.nullable(),
    groupId: id.nullable(),
    contactId: id.nullable(),
    dealId: id.nullable(),
    inquiryId: id.nullable(),
    projectId: id.nullable(),
    dueAt: isoTime.nullable(),
    plannedMinutes,
    repeat: repeat.nullable(),
    remindMinutes,
    isStarted: z.boolean(),
    note: text(5000).nullable(),
    state: taskState,
    result: text(500).nullable()
  })
  .partial()
export const taskCounts = z.object({
  /** Open ones of whoever asks, and what nobody has in their groups. */
  mine: z.number().int(),
  /** Of these, what should be done by now. */
  overdue: z.number().int()
})

export const taskTime = z.object({
  id,
  taskId: id,
  user: named.nullable(),
  startedAt: isoTime,
  /** Null while the timer runs. */
  seconds: z.number().int().nullable(),
  note: z.string().nullable()
})
export const taskTimes = z.object({ items: z.array(taskTime), spentSeconds: z.number().int() })
export const taskTimeCreate = z.object({
  minutes: z.number().int().min(1).max(14_400),
  note: text(500).nullable().default(null)
})
export const timerWish = z.object({ isRunning: z.boolean() })
export const timer = z.object({
  timer: z.object({ taskId: id, title: z.string(), startedAt: isoTime }).nullable()
})

export const notice = z.object({
  id,
  kind: z.enum(['task_due', 'task_given', 'automation', 'alarm']),
  taskId: id.nullable(),
  /** What a rule of automation, or an alarm, tells of. */
  subject: z
    .enum(['inquiry', 'deal', 'call', 'contact', 'dial_stop', 'sip_ban', 'callback_flood', 'overload'])
    .nullable(),
  subjectId: id.nullable(),
  title: z.string(),
  dueAt: isoTime.nullable(),
  isQuiet: z.boolean(),
  at: isoTime,
  readAt: isoTime.nullable()
})
export const notices = z.object({ items: z.array(notice), unread: z.number().int() })
/** Those that were seen; all without it. */
export const noticesRead = z.object({ ids: z.array(id).max(200).optional() })

const minuteOfDay = z.number().int().min(0).max(1439)
export const reminderSettings = z.object({
  /** Where letters go; null: no letters. */
  mail: z.email().max(200).nullable(),
  /** Minutes since midnight in the company's zone, over midnight where `from` is later; nothing pops up, letters wait. */
  quiet: z.object({ from: minuteOfDay, to: minuteOfDay }).nullable()
})

export const project = z.object({
  id,
  name: z.string(),
  note: z.string().nullable(),
  ownerId: id.nullable(),
  dealId: id.nullable(),
  dueOn: z.iso.date().nullable(),
  state: z.enum(['open', 'done']),
  createdAt: isoTime,
  updatedAt: isoTime,
  memberIds: z.array(id),
  owner: named.nullable(),
  members: z.array(named),
  deal: named.nullable(),
  /** Of its tasks, those that were given up left out. */
  tasks: z.object({ all: z.number().int(), done: z.number().int(), overdue: z.number().int() }),
  spentSeconds: z.number().int()
})
export const projectCreate = z.object({
  name: text(300),
  note: text(5000).nullable().default(null),
  ownerId: id.nullable().default(null),
  dealId: id.nullable().default(null),
  dueOn: z.iso.date().nullable().default(null),
  state: z.enum(['open', 'done']).default('open'),
  memberIds: z.array(id).max(100).default([])
})

export type TaskItem = z.infer<typeof task>
export type TaskCounts = z.infer<typeof taskCounts>
export type TaskTime = z.infer<typeof taskTime>
export type TaskTimes = z.infer<typeof taskTimes>
export type Timer = z.infer<typeof timer>
export type Notice = z.infer<typeof notice>
export type Notices = z.infer<typeof notices>
export type ReminderSettings = z.infer<typeof reminderSettings>
export type Project = z.infer<typeof project>
export type Repeat = z.infer<typeof repeat>
