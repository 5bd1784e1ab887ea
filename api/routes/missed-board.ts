import type { Knex } from 'knex'
import { readDeskSettings } from '../../crm/inquiries/desk-settings.ts'
import { missedBoard, missedFilters, type MissedBoard, type MissedLine } from '../contract/inquiry-desk.ts'
import { missedOutcomes } from '../contract/journal-fields.ts'
import type { ApiDeps } from '../deps.ts'
import type { Who } from '../auth/sessions.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { whereFound } from '../rows.ts'

/** Everybody's missed calls, and who has called back since. */
export const missedBoardRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/missed-calls',
    summary: 'List clients whose calls nobody took, one line for each number, and who called them back when',
    query: missedFilters,
    answer: missedBoard,
    handle: ({ query, who }) => boardOf(db, query, who, dialling.policy.settings.minTalkSeconds)
  })
]

interface MissedRow {
  call_id: string
  first_at: Date
  last_at: Date
  outcome: MissedLine['outcome']
  calls: number
  phone: string
  name: string | null
  contact_id: string | null
  source_name: string | null
  owner_id: string | null
  owner_name: string | null
  task_id: string | null
  due_at: Date | null
  tries: number
  returned_id: string | null
  returned_at: Date | null
  returned_direction: 'in' | 'out' | null
  by_id: string | null
  by_name: string | null
  after_seconds: number | null
}

type Query = (typeof missedFilters)['_zod']['output']

/**
 * Misses of one number that the same talk settled are one line; so are those that no talk has settled yet. A call of
 * ours settles them when it was a talk, not a voice that said "later"; a client who rang again and was answered too.
 */
async function boardOf(db: Knex, query: Query, who: Who, minTalkSeconds: number): Promise<MissedBoard> {
  const { responseMinutes } = await readDeskSettings(db)
  const outcomes = missedOutcomes.map((word) => `'${word}'`).join(',')
  const all = db
    .with(
      'missed',
      db.raw(
        `select c.id, c.started_at, c.outcome, c.caller_number, c.contact_id, c.source_name,
           coalesce(c.contact_name, c.caller_name) as name, r.id as returned_id
         from calls c left join lateral (
           select t.id from calls t where t.caller_number = c.caller_number and t.outcome = 'answered'
             and t.answered_at is not null and t.ended_at is not null and t.direction in ('in','out')
             and t.started_at >= c.started_at and t.id <> c.id
             and (t.direction = 'in' or coalesce(t.clean_talk_seconds, t.talk_seconds, 0) >= :minTalkSeconds)
           order by t.started_at, t.id limit 1) r on true
         where c.direction = 'in' and c.outcome in (${outcomes}) and not c.is_spam and c.ended_at is not null
           and c.caller_number like '+%' and c.started_at > now() - make_interval(days => :days)
           and not exists (select from spam_marks m where m.kind = 'phone' and m.value = c.caller_number)`,
        { minTalkSeconds, days: query.days }
      )
    )
    .with(
      'clients',
      db.raw(
        `select caller_number as phone, returned_id, min(started_at) as first_at, max(started_at) as last_at,
           count(*)::int as calls, (array_agg(id order by started_at desc, id desc))[1] as call_id,
           (array_agg(outcome order by started_at desc, id desc))[1] as outcome,
           (array_agg(source_name order by started_at desc, id desc))[1] as source_name,
           (array_agg(contact_id order by started_at desc, id desc) filter (where contact_id is not null))[1] as contact,
           max(name) as called
         from missed group by caller_number, returned_id`
      )
    )
    .with(
      'lines',
      db.raw(
        `select m.phone, m.returned_id, m.first_at, m.last_at, m.calls, m.call_id, m.outcome, m.source_name,
           coalesce(k.name, m.called) as name, k.id as contact_id, t.id as task_id,
           coalesce(t.assignee_id, k.owner_id) as owner_id,
           coalesce(t.due_at, m.first_at + make_interval(mins => :responseMinutes)) as due_at,
           r.answered_at as returned_at, r.direction as returned_direction, r.operator_id as by_id,
           r.operator_name as by_name,
           extract(epoch from r.answered_at - m.first_at)::int as after_seconds
         from clients m
         left join calls r on r.id = m.returned_id
         left join contact_phones p on p.e164 = m.phone
         left join contacts k on k.id = coalesce(m.contact, p.contact_id)
         left join lateral (select id, assignee_id, due_at from tasks t
           where t.phone = m.phone and t.kind = 'call_back' and t.created_at >= m.first_at
             and (m.returned_id is null) = (t.state = 'open')
             and (r.answered_at is null or t.created_at <= r.answered_at)
           order by t.created_at desc limit 1) t on true`,
        { responseMinutes }
      )
    )
    .from('lines')
  if (who.role === 'operator')
    all.where((own) => {
      own.where('owner_id', who.userId).orWhereNull('owner_id')
    })
  if (query.mine === 'true') all.where('owner_id', who.userId)
  if (query.ownerId === 'none') all.whereNull('owner_id')
  else if (query.ownerId !== undefined) all.where('owner_id', query.ownerId)
  if (query.search !== undefined)
    whereFound(all, query.search, { names: ['lines.name'], phones: ['lines.phone'] })
  const rows: MissedRow[] = await all
    .clone()
    .leftJoin('users as u', 'u.id', 'lines.owner_id')
    .where((wanted) => {
      if (query.state === 'waiting') wanted.whereNull('returned_id')
      else wanted.whereNotNull('returned_id')
    })
    .orderByRaw(query.state === 'waiting' ? 'due_at, phone' : 'returned_at desc, phone')
    .limit(query.limit)
    .select(
      'lines.*',
      'u.name as owner_name',
      db.raw(`(select count(*)::int from calls o where o.caller_number = lines.phone and o.direction = 'out'
        and o.started_at >= lines.first_at and o.ended_at is not null and o.outcome <> 'answered'
        and (lines.returned_at is null or o.started_at <= lines.returned_at)) as tries`)
    )
  const [counts]: { waiting: number; overdue: number; returned: number; median: number | null }[] = await all
    .clone()
    .select(
      db.raw('count(*) filter (where returned_id is null)::int as waiting'),
      db.raw('count(*) filter (where returned_id is null and due_at < now())::int as overdue'),
      db.raw('count(*) filter (where returned_id is not null)::int as returned'),
      db.raw('percentile_cont(0.5) within group (order by after_seconds) as median')
    )
  const median = counts?.median ?? null
  return {
    items: rows.map(lineOf),
    waiting: counts?.waiting ?? 0,
    overdue: counts?.overdue ?? 0,
    returned: counts?.returned ?? 0,
    medianSeconds: median === null ? null : Math.round(median)
  }
}

function lineOf(row: MissedRow): MissedLine {
  const { returned_at, returned_id, returned_direction, owner_id, by_id } = row
  return {
    callId: row.call_id,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    outcome: row.outcome,
    calls: row.calls,
    phone: row.phone,
    name: row.name,
    contactId: row.contact_id,
    sourceName: row.source_name,
    owner: owner_id === null ? null : { id: owner_id, name: row.owner_name ?? '' },
    taskId: row.task_id,
    dueAt: row.due_at?.toISOString() ?? null,
    tries: row.tries,
    returned:
      returned_at !== null && returned_id !== null && returned_direction !== null
        ? {
            at: returned_at.toISOString(),
            callId: returned_id,
            direction: returned_direction,
            by: by_id === null ? null : { id: by_id, name: row.by_name ?? '' },
            afterSeconds: row.after_seconds ?? 0
          }
        : null
  }
}
