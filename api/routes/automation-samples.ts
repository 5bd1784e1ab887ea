import type { Knex } from 'knex'
import type { z } from 'zod'
import type { automationSamplesQuery, AutomationSamples } from '../contract/automation.ts'
import type { AutomationSubject, AutomationTrigger } from '../contract/automation-words.ts'
import { likePart } from '../rows.ts'

const subjectOf: Record<AutomationTrigger, AutomationSubject> = {
  inquiryCreated: 'inquiry',
  inquiryUnanswered: 'inquiry',
  inquiryIdle: 'inquiry',
  formSubmitted: 'form',
  messageReceived: 'message',
  missedCall: 'call',
  callEnded: 'call',
  callRated: 'call',
  dealStage: 'deal',
  dealWon: 'deal',
  dealLost: 'deal',
  dealIdle: 'deal',
  taskOverdue: 'task'
}
const most = 20

interface Found {
  id: string
  at: Date
  title: string | null
  detail: string | null
}

/** The last things of a trigger's kind; of calls those that the trigger is about. */
export async function samplesOf(
  db: Knex,
  { trigger, search = '' }: z.output<typeof automationSamplesQuery>
): Promise<AutomationSamples['items']> {
  const subject = subjectOf[trigger]
  const rows = await rowsOf(db, subject, trigger, search === '' ? null : likePart(search))
  return rows.map(({ id, at, title, detail }) => ({
    ...{ subject, id, detail },
    at: at.toISOString(),
    title: title ?? '—'
  }))
}

async function rowsOf(
  db: Knex,
  subject: AutomationSubject,
  trigger: AutomationTrigger,
  like: string | null
): Promise<Found[]> {
  const [names, from] = sources[subject]
  const rows = db.from(db.raw(from)).select<Found[]>(db.raw(names))
  if (subject === 'call') {
    rows.whereNotNull('c.ended_at').whereNot('c.direction', 'internal')
    if (trigger === 'callRated') rows.whereNotNull('c.rating')
    if (trigger === 'missedCall')
      rows
        .where('c.direction', 'in')
        .whereIn('c.outcome', ['missed', 'abandoned', 'busy', 'failed', 'voicemail'])
  }
  if (subject === 'deal' && (trigger === 'dealWon' || trigger === 'dealLost'))
    rows.where('s.kind', trigger === 'dealWon' ? 'won' : 'lost')
  if (subject === 'message') rows.where('m.direction', 'in')
  if (like !== null)
    rows.where((either) => {
      for (const column of searched[subject]) either.orWhereILike(column, like)
    })
  return rows.orderBy('at', 'desc').limit(most)
}

const sources: Record<AutomationSubject, readonly [string, string]> = {
  inquiry: ['i.id, i.created_at as at, i.title, i.state as detail', 'inquiries i'],
  deal: [
    'd.id, d.created_at as at, d.title, s.name as detail',
    'deals d join pipeline_stages s on s.id = d.stage_id'
  ],
  call: [
    `c.id, c.started_at as at, coalesce(k.name, c.caller_name, c.caller_number) as title,
     coalesce(cast(c.rating as text), c.outcome) as detail`,
    'calls c left join contacts k on k.id = c.contact_id'
  ],
  form: [
    'f.id, f.at, coalesce(f.name, f.phone, f.email) as title, f.form_name as detail',
    'form_submissions f'
  ],
  task: ['t.id, t.created_at as at, t.title, t.state as detail', 'tasks t'],
  message: ['m.id, m.at, coalesce(m.from_name, m.from_address) as title, m.subject as detail', 'messages m']
}
const searched: Record<AutomationSubject, readonly string[]> = {
  inquiry: ['i.title', 'i.phone'],
  deal: ['d.title'],
  call: ['k.name', 'c.caller_name', 'c.caller_number'],
  form: ['f.name', 'f.phone', 'f.email'],
  task: ['t.title'],
  message: ['m.from_name', 'm.from_address', 'm.subject']
}
