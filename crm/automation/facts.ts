import type { Knex } from 'knex'
import { contactOf, isPhone, phonesOf } from '../clients.ts'
import { livingContact } from '../contacts/merge.ts'
import type { Facts, Subject } from './core/rule.ts'

type Row = Record<string, unknown>

/** What leads from an event to all else. */
interface Links {
  callId: string | null
  inquiryId: string | null
  dealId: string | null
  contactId: string | null
  phone: string | null
  email: string | null
  name: string | null
  text: string | null
  /** When the client came with it: one who is not older is new. */
  since: Date
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/**
 * What is known at this moment of a subject and its client.
 * @returns null when the subject is gone
 */
export async function factsOf(
  db: Knex,
  about: { subject: Subject; subjectId: string; atMs: number; data?: Row }
): Promise<Facts | null> {
  const links = await linksOf(db, about)
  if (!links) return null
  const [call, inquiry, deal] = await Promise.all([
    rowOf(db, 'calls', links.callId),
    rowOf(db, 'inquiries', links.inquiryId),
    dealOf(db, links.dealId)
  ])
  const named = links.contactId ?? text(deal?.['contact_id']) ?? text(inquiry?.['contact_id'])
  const contactId =
    (named === null ? null : await livingContact(db, named)) ??
    (links.phone === null ? null : ((await contactOf(db, links.phone))?.id ?? null))
  const contact = await rowOf(db, 'contacts', contactId)
  const from = deal ?? inquiry ?? call
  const responsibleId =
    text(deal?.['responsible_id']) ?? text(inquiry?.['responsible_id']) ?? text(contact?.['owner_id'])
  const responsible = await rowOf(db, 'users', responsibleId)
  const [phone] = await phonesOf(db, contactId, null)
  const path = (name: string): string | null =>
    text(call?.[name]) ?? text(inquiry?.[name]) ?? text(from?.[name])
  return {
    subject: about.subject,
    subjectId: about.subjectId,
    atMs: about.atMs,
    contactId,
    client: text(contact?.['name']) ?? links.name ?? text(inquiry?.['name']),
    phone: links.phone ?? phone ?? text(inquiry?.['phone']),
    email: links.email ?? (await emailOf(db, contactId)) ?? text(inquiry?.['email']),
    isNewClient: await isNew(db, contact, links),
    ownerId: text(contact?.['owner_id']),
    marketing: await marketingOf(db, contactId),
    tags: [...new Set([...list(contact?.['tags']), ...list(call?.['tags'])])],
    source: text(call?.['source_name']) ?? path('source'),
    inquiryChannel: path('inquiry_channel'),
    campaign: path('campaign'),
    inquiryId: links.inquiryId,
    dealId: deal ? links.dealId : null,
    deal: text(deal?.['title']),
    amount: deal ? Number(deal['amount']) : null,
    currency: text(deal?.['currency']),
    stageId: text(deal?.['stage_id']),
    stageKind: (text(deal?.['stage_kind']) as Facts['stageKind']) ?? null,
    stage: text(deal?.['stage_name']),
    responsibleId: responsible ? responsibleId : null,
    responsible: text(responsible?.['name']),
    callId: links.callId,
    direction: call?.['direction'] === 'in' || call?.['direction'] === 'out' ? call['direction'] : null,
    outcome: text(call?.['outcome']),
    rating: typeof call?.['rating'] === 'number' ? call['rating'] : null,
    operator: text(call?.['operator_name']),
    text: links.text ?? text(inquiry?.['note']),
    isSpam:
      call?.['is_spam'] === true || list(call?.['tags']).includes('spam') || inquiry?.['state'] === 'spam'
  }
}

async function rowOf(db: Knex, table: string, id: string | null): Promise<Row | undefined> {
  return id === null ? undefined : db<Row>(table).where({ id }).first<Row | undefined>()
}

async function dealOf(db: Knex, id: string | null): Promise<Row | undefined> {
  if (id === null) return undefined
  return db('deals as d')
    .join('pipeline_stages as s', 's.id', 'd.stage_id')
    .where('d.id', id)
    .first<Row | undefined>('d.*', 's.name as stage_name', 's.kind as stage_kind')
}

async function linksOf(
  db: Knex,
  about: { subject: Subject; subjectId: string; atMs: number; data?: Row }
): Promise<Links | null> {
  const none = { callId: null, inquiryId: null, dealId: null, contactId: null, phone: null, email: null }
  const { subjectId: id } = about
  const place = async (): Promise<{ inquiry_id: string | null; deal_id: string | null } | undefined> =>
    db('activities')
      .where({ subject_id: id })
      .first<{ inquiry_id: string | null; deal_id: string | null } | undefined>('inquiry_id', 'deal_id')
  switch (about.subject) {
    case 'call': {
      const call = await rowOf(db, 'calls', id)
      const at = call && (await place())
      const number = text(call?.['caller_number'])
      return call
        ? {
            ...none,
            callId: id,
            inquiryId: at?.inquiry_id ?? null,
            dealId: at?.deal_id ?? null,
            contactId: text(call['contact_id']),
            phone: isPhone(number) ? number : null,
            name: text(call['caller_name']),
            text: null,
            since: call['started_at'] as Date
          }
        : null
    }
    case 'form': {
      const form = await rowOf(db, 'form_submissions', id)
      const at = form && (await place())
      return form
        ? {
            ...none,
            inquiryId: at?.inquiry_id ?? null,
            dealId: at?.deal_id ?? null,
            phone: text(form['phone']),
            email: text(form['email']),
            name: text(form['name']),
            text: text(form['message']),
            since: form['at'] as Date
          }
        : null
    }
    case 'inquiry': {
      const row = await rowOf(db, 'inquiries', id)
      return row
        ? {
            ...none,
            callId: text(row['call_id']),
            inquiryId: id,
            dealId: text(row['deal_id']),
            contactId: text(row['contact_id']),
            phone: text(row['phone']),
            email: text(row['email']),
            name: text(row['name']),
            text: text(row['note']),
            since: row['created_at'] as Date
          }
        : null
    }
    case 'deal': {
      const row = await rowOf(db, 'deals', id)
      const base = { ...none, dealId: id, inquiryId: text(row?.['inquiry_id']), name: null, text: null }
      return row ? { ...base, contactId: text(row['contact_id']), since: row['created_at'] as Date } : null
    }
    case 'task': {
      const row = await rowOf(db, 'tasks', id)
      return row
        ? {
            ...none,
            callId: text(row['call_id']),
            inquiryId: text(row['inquiry_id']),
            dealId: text(row['deal_id']),
            contactId: text(row['contact_id']),
            phone: text(row['phone']),
            name: null,
            text: text(row['title']),
            since: row['created_at'] as Date
          }
        : null
    }
    case 'message': {
      const { data = {} } = about
      const row = await rowOf(db, 'messages', id)
      return row
        ? {
            ...none,
            inquiryId: text(data['inquiryId']),
            dealId: text(data['dealId']),
            contactId: text(data['contactId']),
            name: text(row['from_name']),
            text: text(row['text']),
            since: row['at'] as Date
          }
        : null
    }
  }
}

/** Nothing of them was there before: neither contact, nor deal, nor inquiry. */
async function isNew(
  db: Knex,
  contact: Row | undefined,
  { since, inquiryId, dealId }: Links
): Promise<boolean> {
  if (!contact) return true
  if ((contact['created_at'] as Date) < new Date(since.getTime() - 60_000)) return false
  const contactId = String(contact['id'])
  const earlier = (table: string, own: string | null): Knex.QueryBuilder => {
    const rows = db(table).where({ contact_id: contactId }).where('created_at', '<', since)
    if (own !== null) rows.whereNot('id', own)
    return rows
  }
  const found: unknown =
    (await earlier('inquiries', inquiryId).first('id')) ?? (await earlier('deals', dealId).first('id'))
  return found === undefined
}

async function emailOf(db: Knex, contactId: string | null): Promise<string | null> {
  if (contactId === null) return null
  const row = await db('contact_emails')
    .where({ contact_id: contactId })
    .orderBy('email')
    .first<{ email: string } | undefined>('email')
  return row?.email ?? null
}

/** What the client has said last of advertising. */
export async function marketingOf(db: Knex, contactId: string | null): Promise<Facts['marketing']> {
  if (contactId === null) return 'unknown'
  const row = await db('contact_consents')
    .where({ contact_id: contactId, kind: 'marketing' })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'created_at', order: 'desc' }
    ])
    .first<{ is_given: boolean } | undefined>('is_given')
  return row === undefined ? 'unknown' : row.is_given ? 'given' : 'refused'
}
