import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import { listen, type Listening } from '../../db/listen.ts'
import { mailAlarm } from './alarms.ts'
import { reminderLetter } from './letter.ts'
import { companyZone, tell } from './notices.ts'

/** The way out for letters; `integrations/mail` behind it. */
export interface ReminderMail {
  send(letter: {
    to: readonly string[]
    subject: string
    text: string
    html: string
    messageId: string
    locale: 'ru' | 'en'
  }): Promise<{ ok: true; refused: string[] } | { ok: false; message: string }>
}

export interface Reminders {
  /** Begins to hear of notices. */
  start(): void
  stop(): Promise<void>
  /** Somebody has got a notice. @returns what ends the hearing */
  hear(listener: (userId: string) => void): () => void
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

const channel = 'ringtrace_notices'
/** Nobody scrolls back further, and the task itself stays. */
const keptDays = 60

interface DueRow {
  id: string
  title: string
  due_at: Date
  assignee_id: string | null
  group_id: string | null
  created_by: string | null
}

/**
 * Reminds people of their tasks, each once: the mark on the task, the notice and the letter's job are one transaction.
 * Whatever was due while nothing ran is told of at the next look. A task that nobody has is told to its group, or to
 * whoever made it.
 * @param publicUrl where people reach the panel, for links
 */
export function createReminders(options: {
  db: Knex
  databaseUrl: string
  mail: ReminderMail
  publicUrl: string
  log: Logger
  now?: () => number
}): Reminders {
  const { db, databaseUrl, mail, publicUrl, now = Date.now } = options
  const log = options.log.child({ part: 'reminders' })
  const listeners = new Set<(userId: string) => void>()
  let listening: Listening | undefined

  async function remind(): Promise<void> {
    const atMs = now()
    await db.transaction(async (trx) => {
      const due = await trx('tasks')
        .where({ state: 'open', reminded_at: null })
        .whereNotNull('remind_minutes')
        .whereRaw(`due_at - remind_minutes * interval '1 minute' <= ?`, [new Date(atMs)])
        .orderBy('due_at')
        .limit(500)
        .forUpdate()
        .skipLocked()
        .select<DueRow[]>('id', 'title', 'due_at', 'assignee_id', 'group_id', 'created_by')
      for (const task of due) {
        await trx('tasks')
          .where({ id: task.id })
          .update({ reminded_at: new Date(atMs) })
        for (const userId of await whom(trx, task)) {
          const { id: taskId, title, due_at: dueAt } = task
          await tell(trx, { userId, kind: 'task_due', taskId, title, dueAt }, atMs)
        }
      }
      if (due.length > 0) log.debug({ tasks: due.length }, 'people were reminded')
    })
  }

  async function sendMail(id: string, attempt: number): Promise<void> {
    const row = await db('notices as n')
      .join('users as u', 'u.id', 'n.user_id')
      .join('reminder_settings as s', 's.user_id', 'n.user_id')
      .join('tasks as t', 't.id', 'n.task_id')
      .where({ 'n.id': id, 'u.is_active': true, 't.state': 'open' })
      .whereNotNull('s.mail')
      .first<
        | {
            kind: 'task_due' | 'task_given'
            title: string
            note: string | null
            due_at: Date | null
            mail: string
            locale: 'ru' | 'en'
            task_id: string
          }
        | undefined
      >('n.kind', 'n.title', 't.note', 't.due_at', 's.mail', 'u.locale', 'n.task_id')
    // Done meanwhile, or nobody wishes letters any more.
    if (!row) return
    const { kind, title, note, locale } = row
    const link = new URL(`/tasks?task=${row.task_id}`, publicUrl).href
    const letter = reminderLetter({
      ...{ kind, title, note, locale, link },
      due: row.due_at,
      timeZone: await companyZone(db)
    })
    const sent = await mail.send({
      ...letter,
      to: [row.mail],
      messageId: `notice.${id}@ringtrace`,
      locale
    })
    if (sent.ok) return
    log.warn({ notice: id, attempt }, 'a reminder could not be mailed')
    throw new Error(sent.message)
  }

  return {
    start() {
      listening = listen({
        databaseUrl,
        channels: [channel],
        log,
        // What was missed stands in the list: screens ask for it again by themselves.
        onConnected: () => undefined,
        onNotice: (_, userId) => {
          for (const listener of listeners) listener(userId)
        }
      })
    },
    async stop() {
      await listening?.stop()
    },
    hear(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tasks: {
      'tasks.remind': remind,
      'alarms.mail': (payload) => mailAlarm(mail, publicUrl, payload),
      'tasks.mail': (payload, { attempt }) => sendMail((payload as { id: string }).id, attempt),
      'tasks.tidy': async () => {
        const before = new Date(now() - keptDays * 86_400_000)
        await db('notices').where('at', '<', before).delete()
        for (const table of ['documents', 'document_templates'])
          await db(table).where('deleted_at', '<', before).delete()
      }
    },
    schedules: [
      { task: 'tasks.remind', match: '* * * * *' },
      { task: 'tasks.tidy', match: '41 2 * * *' }
    ]
  }
}

async function whom(trx: Knex, task: DueRow): Promise<string[]> {
  const { assignee_id: own, group_id: group, created_by: maker } = task
  const active = (ids: Knex.QueryBuilder | string[]): Promise<{ id: string }[]> =>
    trx('users')
      .where({ is_active: true })
      .whereIn('id', ids as string[])
      .select<{ id: string }[]>('id')
  const people =
    own !== null
      ? await active([own])
      : group !== null
        ? await active(trx('group_members').where({ group_id: group }).select('user_id'))
        : maker !== null
          ? await active([maker])
          : []
  return people.map(({ id }) => id)
}
