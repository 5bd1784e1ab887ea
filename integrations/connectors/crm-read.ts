import type { Knex } from 'knex'
import type {
  ActivityFacts,
  ContactFacts,
  DealFacts,
  FormFacts,
  InquiryFacts,
  StageFacts
} from './crm-facts.ts'
import { noPath, withVisit, type PathFacts, type VisitRow } from './path.ts'

type Row = Record<string, unknown>

/** Adds to a way what its visit knows by now. */
export async function completePath(db: Knex, path: PathFacts): Promise<PathFacts> {
  if (path.visitId === null) return path
  const row = await db('visits as v')
    .leftJoin('visitors as p', 'p.id', 'v.visitor_id')
    .where('v.id', path.visitId)
    .first<VisitRow | undefined>('v.*', 'p.touch')
  return withVisit(path, row ?? null)
}

/** Whether a call is the client's first one; null while that is not known. */
export async function isFirstCall(db: Knex, callId: string): Promise<boolean | null> {
  const row = await db('calls')
    .where({ id: callId })
    .first<{ is_first_call: boolean | null } | undefined>('is_first_call')
  return row?.is_first_call ?? null
}

/** Whether somebody has said that a number is spam; clients with whom a deal is open are none, as in the CRM. */
export async function isSpamNumber(db: Knex, phone: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select 1 from spam_marks m where m.kind = 'phone' and m.value = :phone
       and not exists (select from contact_phones p
         join deals d on d.contact_id = p.contact_id
           or d.id in (select x.deal_id from deal_contacts x where x.contact_id = p.contact_id)
         join pipeline_stages s on s.id = d.stage_id and s.kind = 'open'
         where p.e164 = m.value)`,
    { phone }
  )
  return rows.length > 0
}

/** An inquiry as it stands now; null when it is gone. */
export async function readInquiry(db: Knex, id: string, seq: number): Promise<InquiryFacts | null> {
  const row = await db('inquiries').where({ id }).first<Row | undefined>()
  if (!row) return null
  const activities = await activitiesOf(db, { inquiry_id: id })
  return {
    inquiryId: id,
    seq,
    kind: row['kind'] as InquiryFacts['kind'],
    state: row['state'] as InquiryFacts['state'],
    title: String(row['title']),
    text: textOf(row['note']),
    name: textOf(row['name']),
    phone: textOf(row['phone']),
    mail: textOf(row['email']),
    contact: await contactFactsOf(db, textOf(row['contact_id'])),
    responsibleId: textOf(row['responsible_id']),
    isMissed: row['is_missed'] === true,
    createdMs: msOf(row['created_at']) ?? 0,
    closedMs: msOf(row['closed_at']),
    firstResponseMs: msOf(row['first_response_at']),
    callId: textOf(row['call_id']),
    formId: textOf(row['form_id']),
    callbackId: textOf(row['callback_id']),
    dealId: textOf(row['deal_id']),
    activities,
    forms: await formsOf(db, activities),
    path: await pathOf(db, row, row)
  }
}

/** A deal as it stands now; null when it is gone. */
export async function readDeal(db: Knex, id: string, seq: number): Promise<DealFacts | null> {
  const row = await db('deals as d')
    .join('pipelines as p', 'p.id', 'd.pipeline_id')
    .where('d.id', id)
    .first<Row | undefined>('d.*', 'p.name as pipeline_name')
  if (!row) return null
  const stages = await db('deal_stage_changes as h')
    .join('pipeline_stages as s', 's.id', 'h.to_stage_id')
    .where('h.deal_id', id)
    .orderBy('h.id')
    .select<(StageFacts & { at: Date })[]>('s.id', 's.name', 's.kind', 'h.at')
  const history = stages.map(({ at, ...stage }) => ({ stage, atMs: at.getTime() }))
  const stage = await db('pipeline_stages')
    .where({ id: row['stage_id'] })
    .first<StageFacts>('id', 'name', 'kind')
  const inquiry = await inquiryOfDeal(db, id, textOf(row['inquiry_id']))
  const won = history.findLast((one) => one.stage.id === stage.id)
  return {
    dealId: id,
    seq,
    title: String(row['title']),
    text: textOf(row['note']),
    pipeline: { id: String(row['pipeline_id']), name: String(row['pipeline_name']) },
    stage,
    history,
    amount: Number(row['amount']),
    currency: String(row['currency']),
    cost: row['cost'] === null || row['cost'] === undefined ? null : Number(row['cost']),
    lostReason: textOf(row['lost_reason']),
    contact: await contactFactsOf(db, textOf(row['contact_id'])),
    responsibleId: textOf(row['responsible_id']),
    inquiryId: textOf(inquiry?.['id']),
    createdMs: msOf(row['created_at']) ?? 0,
    closedMs: msOf(row['closed_at']),
    wonMs: stage.kind === 'won' ? (won?.atMs ?? msOf(row['closed_at'])) : null,
    activities: await activitiesOf(db, { deal_id: id }),
    path: await pathOf(db, row, inquiry ?? row)
  }
}

/** The inquiry that a deal was made of, else the oldest that was taken into it. */
async function inquiryOfDeal(db: Knex, dealId: string, inquiryId: string | null): Promise<Row | null> {
  const rows = db('inquiries')
  if (inquiryId === null) rows.where({ deal_id: dealId })
  else rows.where({ id: inquiryId })
  return (await rows.orderBy('created_at').first<Row | undefined>()) ?? null
}

/** @param seen whose visit it is */
async function pathOf(db: Knex, row: Row, seen: Row): Promise<PathFacts> {
  const visitId = textOf(seen['visit_id']) ?? (await visitOfCall(db, textOf(seen['call_id'])))
  return completePath(db, {
    ...noPath,
    channel: textOf(row['inquiry_channel']),
    source: textOf(row['source']),
    medium: textOf(row['medium']),
    campaign: textOf(row['campaign']),
    term: textOf(row['keyword']),
    siteId: textOf(seen['site_id']),
    visitId,
    visitorId: textOf(seen['visitor_id'])
  })
}

async function visitOfCall(db: Knex, callId: string | null): Promise<string | null> {
  if (callId === null) return null
  const row = await db('calls')
    .where({ id: callId })
    .first<{ visit_id: string | null } | undefined>('visit_id')
  return row?.visit_id ?? null
}

async function activitiesOf(db: Knex, of: Record<string, string>): Promise<ActivityFacts[]> {
  const rows = await db('activities')
    .where(of)
    .orderBy([{ column: 'at' }, { column: 'subject_id' }])
    .select<{ subject: string; id: string; at: Date }[]>('subject', 'subject_id as id', 'at')
  return rows.map(({ at, ...one }) => ({ ...one, atMs: at.getTime() }))
}

async function formsOf(db: Knex, activities: readonly ActivityFacts[]): Promise<FormFacts[]> {
  const ids = activities.flatMap(({ subject, id }) => (subject === 'form' ? [id] : []))
  if (ids.length === 0) return []
  const rows = await db('form_submissions as f')
    .leftJoin('connectors as c', 'c.id', 'f.connector_id')
    .whereIn('f.id', ids)
    .orderBy('f.at')
    .select<Row[]>('f.*', 'c.kind as taken_by')
  return rows.map((row) => ({
    id: String(row['id']),
    atMs: msOf(row['at']) ?? 0,
    formName: textOf(row['form_name']),
    name: textOf(row['name']),
    phone: textOf(row['phone']),
    mail: textOf(row['email']),
    message: textOf(row['message']),
    fields: (row['fields'] ?? {}) as Record<string, unknown>,
    pageUrl: textOf(row['page_url']),
    takenBy: textOf(row['taken_by'])
  }))
}

/** A client with all numbers and mails. */
export async function contactFactsOf(db: Knex, id: string | null): Promise<ContactFacts | null> {
  if (id === null) return null
  const row = await db('contacts').where({ id }).first<Row | undefined>()
  if (!row) return null
  const phones = await db('contact_phones').where({ contact_id: id }).orderBy('e164').pluck<string[]>('e164')
  const mails = await db('contact_emails').where({ contact_id: id }).orderBy('email').pluck<string[]>('email')
  return {
    ...{ id, name: String(row['name']), company: textOf(row['company']), phones, mails },
    companyId: textOf(row['company_id']),
    ownerId: textOf(row['owner_id'])
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const msOf = (value: unknown): number | null => (value instanceof Date ? value.getTime() : null)
