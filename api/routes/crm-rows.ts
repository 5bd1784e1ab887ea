import type { Knex } from 'knex'
import type { CrmRefusal } from '../../crm/refusal.ts'
import type { Who } from '../auth/sessions.ts'
import {
  activity,
  deal,
  inquiry,
  type Activity,
  type CrmPath,
  type Deal,
  type Inquiry
} from '../contract/crm.ts'
import type { Hours } from '../../dialling/policy/hours.ts'
import { ApiError } from '../problems.ts'
import { deskHours, responseClock } from '../response-clock.ts'
import { itemOf, type Row } from '../rows.ts'
import { dayOf } from './currency-rates.ts'

/** Operators see what is theirs and what is nobody's; everybody else sees all. */
export function onlySeen(query: Knex.QueryBuilder, who: Who): void {
  if (who.role !== 'operator') return
  query.where((either) => {
    either.where('responsible_id', who.userId).orWhereNull('responsible_id')
  })
}

/** A row as far as the caller may see it, locked for a change. @throws ApiError not_found */
export async function lockSeen<R extends Row = Row>(
  trx: Knex,
  table: 'inquiries' | 'deals',
  id: string,
  who: Who
): Promise<R> {
  const query = trx(table).where({ id }).forUpdate()
  onlySeen(query, who)
  const row = await query.first<R | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

/** What the CRM refuses, as an answer. */
export function refused(error: CrmRefusal): ApiError {
  if (error.code !== 'unknown_stage') return new ApiError(error.code, { cause: error })
  return new ApiError('unknown_reference', {
    errors: [{ path: 'stageId', message: 'does not exist' }],
    cause: error
  })
}

/** The currency of the company, by the rules of its reports. */
export async function companyCurrency(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'reports.rules' })
    .first<{ value: { currency?: unknown } } | undefined>('value')
  const currency = row?.value.currency
  return typeof currency === 'string' ? currency : 'RUB'
}

const pathColumns = {
  inquiryChannel: 'inquiry_channel',
  source: 'source',
  medium: 'medium',
  campaign: 'campaign',
  keyword: 'keyword'
}

const named = (id: unknown, name: unknown): { id: string; name: string } | null =>
  typeof id === 'string' && typeof name === 'string' ? { id, name } : null

/** Reads names beside the rows: one query for each kind of thing, however many rows there are. */
async function namesOf(
  db: Knex,
  table: string,
  ids: unknown[],
  column = 'name'
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id): id is string => typeof id === 'string'))]
  if (wanted.length === 0) return new Map()
  const rows = await db(table)
    .whereIn('id', wanted)
    .select<{ id: string; name: string }[]>('id', { name: column })
  return new Map(rows.map(({ id, name }) => [id, name]))
}
const nameIn = (names: Map<string, string>, id: unknown): string | null =>
  typeof id === 'string' ? (names.get(id) ?? null) : null

/** Inquiries in the shape of the contract. */
export async function inquiryItems(db: Knex, rows: Row[]): Promise<Inquiry[]> {
  const ids = rows.map((row) => String(row['id']))
  const nowMs = Date.now()
  const [contacts, people, deals, calls, hours, counts] = await Promise.all([
    namesOf(db, 'contacts', columnOf(rows, 'contact_id')),
    namesOf(db, 'users', columnOf(rows, 'responsible_id')),
    namesOf(db, 'deals', columnOf(rows, 'deal_id'), 'title'),
    callsOf(db, columnOf(rows, 'call_id')),
    deskHours(db),
    db('activities')
      .whereIn('inquiry_id', ids)
      .groupBy('inquiry_id')
      .select<{ inquiry_id: string; n: string }[]>('inquiry_id')
      .count('* as n')
  ])
  const events = new Map(counts.map(({ inquiry_id, n }) => [inquiry_id, Number(n)]))
  return rows.map((row) => {
    const dealTitle = nameIn(deals, row['deal_id'])
    return itemOf(inquiry, row, {
      contact: named(row['contact_id'], nameIn(contacts, row['contact_id'])),
      responsible: named(row['responsible_id'], nameIn(people, row['responsible_id'])),
      deal: dealTitle === null ? null : { id: String(row['deal_id']), title: dealTitle },
      call: calls.get(String(row['call_id'])) ?? null,
      events: events.get(String(row['id'])) ?? 0,
      response: responseOf(row, hours, nowMs)
    })
  })
}

function responseOf(row: Row, hours: Hours | null, nowMs: number): Inquiry['response'] {
  const at = (column: string): number | null => (row[column] as Date | null)?.getTime() ?? null
  const isOver = row['state'] !== 'new' && row['state'] !== 'inWork'
  const { seconds, runningSinceMs } = responseClock(hours, {
    ...{ fromMs: at('created_at') ?? nowMs, answeredMs: at('first_response_at'), isOver },
    nowMs: isOver ? (at('closed_at') ?? nowMs) : nowMs
  })
  return { seconds, runningSince: runningSinceMs === null ? null : new Date(runningSinceMs).toISOString() }
}

/** Deals in the shape of the contract. */
export async function dealItems(db: Knex, rows: Row[]): Promise<Deal[]> {
  const ids = rows.map((row) => String(row['id']))
  const contactIds = columnOf(rows, 'contact_id').filter((id): id is string => typeof id === 'string')
  const [contacts, people, stages, phones, paid, tasks] = await Promise.all([
    namesOf(db, 'contacts', contactIds),
    namesOf(db, 'users', columnOf(rows, 'responsible_id')),
    db('pipeline_stages').select<{ id: string; name: string; kind: Deal['stage']['kind'] }[]>(
      'id',
      'name',
      'kind'
    ),
    contactIds.length === 0
      ? []
      : db('contact_phones')
          .whereIn('contact_id', contactIds)
          .groupBy('contact_id')
          .select<{ contact_id: string; phone: string }[]>('contact_id', db.raw('min(e164) as phone')),
    db('deal_payments')
      .whereIn('deal_id', ids)
      .groupBy('deal_id')
      .select<{ deal_id: string; paid: string }[]>('deal_id', db.raw('sum(amount) as paid')),
    nextTasksOf(db, rows)
  ])
  const paidOf = new Map(paid.map((row) => [row.deal_id, Number(row.paid)]))
  const phoneOf = new Map(phones.map((row) => [row.contact_id, row.phone]))
  return rows.map((row) => {
    const stage = stages.find(({ id }) => id === row['stage_id'])
    return itemOf(deal, row, {
      stage: { name: stage?.name ?? '', kind: stage?.kind ?? 'open' },
      amount: Number(row['amount']),
      contact: named(row['contact_id'], nameIn(contacts, row['contact_id'])),
      phone: phoneOf.get(String(row['contact_id'])) ?? null,
      responsible: named(row['responsible_id'], nameIn(people, row['responsible_id'])),
      cost: row['cost'] === null ? null : Number(row['cost']),
      paid: paidOf.get(String(row['id'])) ?? 0,
      expectedAt: row['expected_at'] instanceof Date ? dayOf(row['expected_at']) : null,
      nextTask: tasks.get(String(row['id'])) ?? null
    })
  })
}

/** What is to be done next with each deal: of its own tasks; of an open one those of its client too. */
async function nextTasksOf(db: Knex, rows: Row[]): Promise<Map<string, NonNullable<Deal['nextTask']>>> {
  if (rows.length === 0) return new Map()
  const wants = rows.map((row) => ({
    id: row['id'],
    contact: row['closed_at'] === null ? row['contact_id'] : null
  }))
  const { rows: found } = await db.raw<{
    rows: { deal_id: string; id: string; title: string; due_at: Date | null }[]
  }>(
    `select w.id as deal_id, t.id, t.title, t.due_at
     from jsonb_to_recordset(cast(? as jsonb)) as w(id uuid, contact uuid)
     cross join lateral (
       (select id, title, due_at from tasks where state = 'open' and deal_id = w.id)
       union all
       (select id, title, due_at from tasks where state = 'open' and deal_id is null and contact_id = w.contact)
       order by due_at nulls last, id limit 1
     ) t`,
    [JSON.stringify(wants)]
  )
  return new Map(
    found.map(({ deal_id, id, title, due_at }) => [
      deal_id,
      { id, title, dueAt: due_at?.toISOString() ?? null }
    ])
  )
}

const columnOf = (rows: Row[], column: string): unknown[] => rows.map((row) => row[column])

type CallBrief = NonNullable<Activity['call']>

async function callsOf(db: Knex, ids: unknown[]): Promise<Map<string, CallBrief>> {
  const wanted = [...new Set(ids.filter((id): id is string => typeof id === 'string'))]
  if (wanted.length === 0) return new Map()
  const rows: Row[] = await db('calls')
    .whereIn('id', wanted)
    .select('id', 'direction', 'outcome', 'started_at', 'talk_seconds', 'operator_name', 'recording_state')
  const shape = activity.shape.call.unwrap()
  return new Map(
    rows.map((row) => [
      String(row['id']),
      itemOf(shape, row, { hasRecording: row['recording_state'] === 'ready' })
    ])
  )
}

/** The calls, forms and callbacks of an inquiry or a deal, the newest first. */
export async function activitiesOf(
  db: Knex,
  of: { inquiry_id: string } | { deal_id: string }
): Promise<Activity[]> {
  const rows = (await db('activities').where(of).orderBy('at', 'desc').limit(200)) as Row[]
  const idsOf = (subject: string) =>
    rows.filter((row) => row['subject'] === subject).map((row) => String(row['subject_id']))
  const [calls, forms, callbacks] = await Promise.all([
    callsOf(db, idsOf('call')),
    db('form_submissions').whereIn('id', idsOf('form')).select('id', 'form_name', 'message') as Promise<
      Row[]
    >,
    db('callbacks').whereIn('id', idsOf('callback')).select('id', 'state', 'at') as Promise<Row[]>
  ])
  const found = (list: Row[], row: Row): Row | undefined => list.find(({ id }) => id === row['subject_id'])
  return rows.map((row) => {
    const form = found(forms, row)
    const callback = found(callbacks, row)
    return itemOf(activity, row, {
      call: calls.get(String(row['subject_id'])) ?? null,
      form: form ? { name: textOf(form['form_name']), message: textOf(form['message']) } : null,
      callback: callback
        ? {
            state: String(callback['state']),
            at: callback['at'] instanceof Date ? callback['at'].toISOString() : null
          }
        : null
    })
  })
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What tracking says of the first thing that a deal or an inquiry came from. */
export async function trackedPath(db: Knex, dealId: string): Promise<CrmPath | null> {
  const first = await db('activities as a')
    .join('calls as c', 'c.id', 'a.subject_id')
    .where({ 'a.deal_id': dealId, 'a.subject': 'call', 'c.direction': 'in' })
    .whereNotNull('c.inquiry_channel')
    .orderBy('a.at')
    .first<CrmPath | undefined>({
      ...Object.fromEntries(Object.entries(pathColumns).map(([key, column]) => [key, `c.${column}`])),
      source: 'c.source_name'
    })
  if (first) return first
  const visit = await db('activities as a')
    .leftJoin('form_submissions as f', 'f.id', 'a.subject_id')
    .leftJoin('callbacks as b', 'b.id', 'a.subject_id')
    .joinRaw('join visits v on v.id = coalesce(f.visit_id, b.visit_id)')
    .where('a.deal_id', dealId)
    .orderBy('a.at')
    .first<CrmPath | undefined>(
      Object.fromEntries(Object.entries(pathColumns).map(([key, column]) => [key, `v.${column}`]))
    )
  return visit ?? null
}
