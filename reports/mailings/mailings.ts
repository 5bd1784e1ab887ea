import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { addJob, type JobSchedule, type JobTasks } from '../../db/jobs.ts'
import { models, type Model } from '../../tracking/attribution/models.ts'
import { readCompany } from '../queries/company.ts'
import { dayAfter } from '../queries/period.ts'
import { levelsOf, runReport } from '../queries/reports.ts'
import { tableFileName, tableOf } from '../queries/tables.ts'
import { pathFields, type Path, type ReportName, type ReportQuery } from '../queries/types.ts'
import { csvRows } from '../sheets/csv.ts'
import { fileTypes } from '../sheets/sheet.ts'
import { xlsxRows } from '../sheets/xlsx.ts'
import { letterOf } from './letter.ts'
import { dayBefore, nextSend } from './schedule.ts'

/** What goes out, and what became of it; `integrations/mail` behind it. */
export interface MailPort {
  send(letter: {
    to: readonly string[]
    subject: string
    text: string
    html: string
    attachments: readonly { fileName: string; contentType: string; content: Buffer }[]
    messageId: string
    locale: 'ru' | 'en'
  }): Promise<{ ok: true; refused: string[] } | { ok: false; message: string }>
}

export interface Mailings {
  /** Sends one now, whatever its schedule says. Null: there is no such mailing. */
  sendNow(id: string): Promise<{ ok: boolean; error: string | null } | null>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

interface Outcome {
  isSent: boolean
  /** In words; also of a letter that went out, but not to all. */
  error: string | null
  /** It may succeed later. */
  again: boolean
}

interface MailingRow {
  id: string
  name: string
  report: ReportName
  query: Record<string, string>
  format: 'csv' | 'xlsx'
  days: number
  schedule: 'daily' | 'weekly' | 'monthly'
  on_day: number | null
  at_hour: number
  recipients: string[]
  locale: 'ru' | 'en'
  is_active: boolean
  next_at: Date | null
  created_by: string | null
}

/** With the queue's pauses: a mail server may be away for three hours. */
const attempts = 10
/** Who may read reports; see `api/access.ts`. */
const readers = ['admin', 'supervisor', 'marketer']

const words = {
  notAllowed: [
    'Того, кто настроил рассылку, больше нет или ему не видны отчёты. Откройте её и сохраните от своего имени.',
    'Whoever set this mailing up is gone or may not read reports. Open it and save it in your own name.'
  ],
  noSite: ['Сайта, о котором этот отчёт, больше нет.', 'The site that this report is about is gone.'],
  refused: ['Сервер не принял получателей:', 'The server did not take these recipients:']
} as const
const say = (key: keyof typeof words, locale: 'ru' | 'en'): string => words[key][locale === 'ru' ? 0 : 1]

/** @param publicUrl where people reach the panel, for links */
export function createMailings(options: {
  db: Knex
  mail: MailPort
  publicUrl: string
  log: Logger
  now?: () => number
}): Mailings {
  const { db, mail, publicUrl, log, now = Date.now } = options

  /** Orders what is due. However long nobody looked, each mailing is sent once and goes on from now. */
  async function orderDue(): Promise<void> {
    const { timeZone } = await readCompany(db)
    const atMs = now()
    await db.transaction(async (trx) => {
      const due = await trx<MailingRow>('report_mailings')
        .where({ is_active: true })
        .where((either) => {
          either.whereNull('next_at').orWhere('next_at', '<=', new Date(atMs))
        })
        .forUpdate()
        .skipLocked()
        .select('*')
      for (const row of due) {
        const next = nextSend(ruleOf(row), atMs, timeZone)
        await trx('report_mailings')
          .where({ id: row.id })
          .update({ next_at: new Date(next) })
        if (row.next_at === null) continue
        // What still waits to be tried again gives way: the newer one tells more.
        await addJob(
          trx,
          'reports.mailing',
          { id: row.id, dueMs: atMs },
          { queueName: 'mailings', jobKey: `mailing:${row.id}`, maxAttempts: attempts }
        )
      }
    })
  }

  async function send(row: MailingRow, dueMs: number): Promise<Outcome> {
    const { locale } = row
    if (!(await mayRead(row.created_by)))
      return { isSent: false, error: say('notAllowed', locale), again: false }
    const { timeZone } = await readCompany(db)
    const to = dayBefore(dueMs, timeZone)
    const query = queryOf(row, { from: dayAfter(to, 1 - row.days), to })
    if (!(await hasSites(query.siteIds))) return { isSent: false, error: say('noSite', locale), again: false }
    const report = await runReport(db, row.report, query, Infinity)
    const { sheet, rows, total } = tableOf(row.report, query.by, report, locale)
    const lines = [...rows, total]
    const file = await contentOf(row.format === 'csv' ? csvRows(sheet, lines) : xlsxRows(sheet, lines))
    const letter = letterOf({
      ...{ name: row.report, by: query.by, report, locale, mailing: row.name },
      link: linkOf(publicUrl, row.report, query)
    })
    const sent = await mail.send({
      ...letter,
      to: row.recipients,
      attachments: [
        {
          fileName: tableFileName(row.report, report, row.format),
          contentType: fileTypes[row.format],
          content: file
        }
      ],
      messageId: `mailing.${row.id}.${dueMs}@ringtrace`,
      locale
    })
    if (!sent.ok) return { isSent: false, error: sent.message, again: true }
    const refused = sent.refused.length === 0 ? null : `${say('refused', locale)} ${sent.refused.join(', ')}`
    return { isSent: true, error: refused, again: false }
  }

  /** Sends and notes what became of it. */
  async function sendAndNote(row: MailingRow, dueMs: number): Promise<Outcome> {
    try {
      const outcome = await send(row, dueMs)
      const { isSent, error } = outcome
      await note(row.id, { last_error: error, ...(isSent && { last_sent_at: new Date(now()) }) })
      return outcome
    } catch (error) {
      await note(row.id, { last_error: error instanceof Error ? error.message : String(error) })
      throw error
    }
  }

  const note = (id: string, columns: { last_error: string | null; last_sent_at?: Date }) =>
    db('report_mailings')
      .where({ id })
      .update({ ...columns, last_error: columns.last_error?.slice(0, 1000) ?? null })

  async function mayRead(userId: string | null): Promise<boolean> {
    if (userId === null) return false
    const user: unknown = await db('users')
      .where({ id: userId, is_active: true })
      .whereIn('role', readers)
      .first('id')
    return user !== undefined
  }

  async function hasSites(ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return true
    const found = await db('sites')
      .whereIn('id', [...ids])
      .select('id')
    return found.length === ids.length
  }

  return {
    async sendNow(id) {
      const row = await db<MailingRow>('report_mailings').where({ id }).first()
      if (!row) return null
      const { isSent, error } = await sendAndNote(row, now())
      return { ok: isSent, error }
    },
    tasks: {
      'reports.mailings': orderDue,
      'reports.mailing': async (payload, { attempt }) => {
        const { id, dueMs } = payload as { id: string; dueMs: number }
        const row = await db<MailingRow>('report_mailings').where({ id, is_active: true }).first()
        if (!row) return
        const { error, again } = await sendAndNote(row, dueMs)
        if (error === null) return
        log.warn({ mailing: id, attempt, again }, 'a report could not be mailed')
        if (again) throw new Error(error)
      }
    },
    schedules: [{ task: 'reports.mailings', match: '* * * * *' }]
  }
}

export const ruleOf = (row: Pick<MailingRow, 'schedule' | 'on_day' | 'at_hour'>) => ({
  schedule: row.schedule,
  onDay: row.on_day,
  atHour: row.at_hour
})

/** The report's query as its address has it. The API has checked it; what it does not know by now is left out. */
function queryOf(row: MailingRow, period: { from: string; to: string }): ReportQuery {
  const { query } = row
  const path: Path = {}
  for (const field of pathFields) {
    const value = query[field]
    if (row.report === 'sources' && value !== undefined) path[field] = value
  }
  const by = query['by']
  return {
    ...period,
    siteIds: (query['siteId'] ?? '').split(',').filter((id) => id !== ''),
    model: isModel(query['model']) ? query['model'] : 'lastNonDirect',
    compare: query['compare'] === 'previous' ? 'previous' : 'none',
    by: by !== undefined && levelsOf(row.report).includes(by) ? by : undefined,
    path
  }
}

const isModel = (value: string | undefined): value is Model =>
  (models as readonly string[]).includes(value ?? '')

/** The same report on the screen, for whoever may sign in. */
function linkOf(publicUrl: string, name: ReportName, query: ReportQuery): string {
  const url = new URL(`/reports/${name}`, publicUrl)
  const { siteIds, path, from, to, model, compare, by } = query
  const given = { from, to, model, compare, by, siteId: siteIds.join(','), ...path }
  for (const [key, value] of Object.entries(given)) {
    const isUsual = value === undefined || (value === '' && key === 'siteId') || value === 'none'
    if (!isUsual) url.searchParams.set(key, value)
  }
  return url.href
}

async function contentOf(file: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const blocks: Buffer[] = []
  for await (const block of file) blocks.push(Buffer.from(block))
  return Buffer.concat(blocks)
}
