import type { Knex } from 'knex'
import { call, callVisit, type CallDeal, type JournalCall } from '../contract/calls.ts'
import { itemOf, type Row } from '../rows.ts'

interface NumberRow {
  id: string
  e164: string
  label: string | null
}

interface VisitRow {
  id: string
  user_agent: string | null
  ip: string | null
}

interface CrmRow {
  call_id: string
  inquiry_id: string
  state: string
  deal_id: string | null
  title: string
  stage: string
  kind: CallDeal['stageKind']
  amount: string
  currency: string
}

/** What rows of the journal name and other tables know. */
interface Known {
  numbers: ReadonlyMap<string, NumberRow>
  visits: ReadonlyMap<string, VisitRow>
  crm: ReadonlyMap<string, CrmRow>
}

/** Journal rows in the shape of the contract. Names are those of the time of the call, except a number's label. */
export async function callItems(db: Knex, rows: Row[]): Promise<JournalCall[]> {
  if (rows.length === 0) return []
  const ids = (column: string): string[] => [...new Set(rows.flatMap((row) => text(row[column]) ?? []))]
  const [numbers, visits, crm, counts] = await Promise.all([
    found<NumberRow>(ids('number_id'), (some) =>
      db('numbers').whereIn('id', some).select('id', 'e164', 'label')
    ),
    found<VisitRow>(ids('visit_id'), (some) =>
      db('visits').whereIn('id', some).select('id', 'user_agent', db.raw('host(ip) as ip'))
    ),
    crmOf(db, ids('id')),
    callNumbers(db, rows)
  ])
  const known: Known = {
    numbers: new Map(numbers.map((row) => [row.id, row])),
    visits: new Map(visits.map((row) => [row.id, row])),
    crm
  }
  return rows.map((row) => {
    const callNumber = numeric(row['call_number']) ?? counts.get(String(row['id'])) ?? null
    const isFirst = row['is_first_call'] ?? (callNumber === null ? null : callNumber === 1)
    return callItem({ ...row, call_number: callNumber, is_first_call: isFirst }, known)
  })
}

async function found<T>(ids: string[], ask: (ids: string[]) => PromiseLike<unknown>): Promise<T[]> {
  return ids.length === 0 ? [] : ((await ask(ids)) as T[])
}

/** The inquiry of each call, and the newest deal that came of it. */
async function crmOf(db: Knex, ids: string[]): Promise<Map<string, CrmRow>> {
  const { rows } = await db.raw<{ rows: CrmRow[] }>(
    `select i.call_id, i.id as inquiry_id, i.state, d.id as deal_id, d.title, s.name as stage, s.kind,
       d.amount, d.currency
     from inquiries i
     left join lateral (
       select * from deals where deals.inquiry_id = i.id order by created_at desc, id desc limit 1
     ) d on true
     left join pipeline_stages s on s.id = d.stage_id
     where i.call_id = any(cast(? as uuid[]))`,
    [ids]
  )
  return new Map(rows.map((row) => [row.call_id, row]))
}

/**
 * Which call of its caller each one is, from 1. The number is stored with the facts that are worked out after a call;
 * until then it is counted here.
 */
async function callNumbers(db: Knex, rows: Row[]): Promise<ReadonlyMap<string, number>> {
  const ids = rows
    .filter((row) => row['caller_number'] !== null && row['call_number'] === null)
    .map((row) => String(row['id']))
  if (ids.length === 0) return new Map()
  const result = await db.raw<{ rows: { id: string; n: number }[] }>(
    `select c.id, (select count(*)::int from calls p where p.caller_number = c.caller_number
       and (p.started_at, p.id) <= (c.started_at, c.id)) as n
     from calls c where c.id = any(?::uuid[])`,
    [ids]
  )
  return new Map(result.rows.map(({ id, n }) => [id, n]))
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numeric = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value)

const named = (id: unknown, name: unknown): { id: string; name: string } | null =>
  typeof id === 'string' ? { id, name: text(name) ?? '' } : null

function callItem(row: Row, known: Known): JournalCall {
  const scheme = named(row['scheme_id'], row['scheme_name'])
  const numberId = text(row['number_id'])
  const crm = known.crm.get(String(row['id']))
  return itemOf(call, row, {
    number: numberId === null ? null : numberOf(numberId, row, known.numbers),
    source: sourceOf(row),
    visit: visitOf(row, known.visits),
    operator: named(row['operator_id'], row['operator_name']),
    contact: named(row['contact_id'], row['contact_name']),
    scheme: scheme && { ...scheme, version: Number(row['scheme_version'] ?? 0) },
    inquiry: crm ? { id: crm.inquiry_id, state: crm.state } : null,
    deal: crm ? dealOf(crm) : null,
    recording: recordingOf(row)
  })
}

function dealOf({ deal_id: id, title, stage, kind, amount, currency }: CrmRow): CallDeal | null {
  return id === null ? null : { id, title, stage, stageKind: kind, amount: Number(amount), currency }
}

function sourceOf(row: Row): JournalCall['source'] {
  const [id, name] = [text(row['source_id']), text(row['source_name'])]
  return id === null && name === null ? null : { id, name: name ?? '' }
}

const words = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}

interface Attribution {
  rule?: string
  candidates?: { visitId: string; visitorId: string; share: number }[]
}

/** Null where the number called was lent to nobody. */
function visitOf(row: Row, visits: Known['visits']): JournalCall['visit'] {
  if (row['visit_id'] === null && row['pool_id'] === null) return null
  const visit = visits.get(text(row['visit_id']) ?? '')
  const { rule, candidates } = (row['attribution'] ?? {}) as Attribution
  return itemOf(callVisit, row, {
    model: text(row['attribution_model']),
    confidence: numeric(row['attribution_confidence']),
    rule: rule ?? null,
    candidates: (candidates ?? []).map(({ visitId, visitorId, share }) => ({ visitId, visitorId, share })),
    utm: words(row['utm']),
    clickIds: words(row['click_ids']),
    userAgent: visit?.user_agent ?? null,
    ip: visit?.ip ?? null
  })
}

function numberOf(id: string, row: Row, numbers: Known['numbers']): JournalCall['number'] {
  // A number that was deleted since is still known by what was dialled.
  const known = numbers.get(id)
  return { id, e164: known?.e164 ?? text(row['dialed_number']) ?? '', label: known?.label ?? null }
}

function recordingOf(row: Row): JournalCall['recording'] {
  const id = text(row['recording_id'])
  if (id === null) return null
  const state = (text(row['recording_state']) ?? 'processing') as NonNullable<
    JournalCall['recording']
  >['state']
  return {
    id,
    state,
    seconds: numeric(row['recording_seconds']),
    url: state === 'ready' ? `/api/calls/${String(row['id'])}/recording` : null
  }
}
