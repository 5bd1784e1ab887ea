import type { Knex } from 'knex'
import { sharesOf, type Shares } from '../core/shares.ts'
import { mostTouches, pathKey, pathOf, touchesOf, type Path, type Touch } from '../core/touches.ts'
import { counted } from './flags.ts'
import { groupBy } from './group-by.ts'
import type { PathIds } from './paths.ts'

/** What credits are worked out for, by kind. */
export interface Subjects {
  readonly calls: readonly string[]
  readonly forms: readonly string[]
  readonly callbacks: readonly string[]
}

interface SubjectRow {
  subject: 'call' | 'form' | 'callback'
  id: string
  /** As PostgreSQL writes it: `credits.at`. */
  at: string
  at_ms: number
  visitor_id: string | null
  days: number
  inquiry_channel: string | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
}
interface TouchRow {
  id: string
  at_ms: number
  is_direct: boolean
  inquiry_channel: string
  source: string
  medium: string
  campaign: string | null
  keyword: string | null
}
interface CreditRow {
  subject_id: string
  place: number
  path_id: number
  first: number
  last: number
  last_non_direct: number
  linear: number
  position: number
  time_decay: number
}

const ms = (column: string): string => `cast(extract(epoch from ${column}) * 1000 as float8)`
/** When a site is gone or there was none. */
const usualDays = 30

/**
 * Works out the credits of calls, forms and callbacks; those that are gone or not counted have none.
 * @returns the subjects whose credits have changed
 */
export async function creditSubjects(
  trx: Knex.Transaction,
  paths: PathIds,
  subjects: Subjects
): Promise<string[]> {
  const ids = [...subjects.calls, ...subjects.forms, ...subjects.callbacks]
  if (ids.length === 0) return []
  const rows = await readSubjects(trx, subjects)
  const touches = await readTouches(
    trx,
    rows.filter(({ visitor_id }) => visitor_id !== null)
  )
  const wanted = rows.map((row) => {
    const web = (touches.get(row.id) ?? []).map(touchOf)
    const subject = { atMs: row.at_ms, windowMs: row.days * 86_400_000, own: ownPath(row) }
    const given = touchesOf(subject, web)
    const shares = sharesOf(given, row.at_ms)
    return { row, credits: given.map((touch, place) => ({ path: touch.path, shares: shares[place] })) }
  })
  const pathIds = await paths.of(wanted.flatMap(({ credits }) => credits.map(({ path }) => path)))
  const fresh = new Map(
    wanted.map(({ row, credits }) => {
      const list = credits.flatMap(({ path, shares }, place) =>
        shares ? [creditRow(row.id, place, pathIds.get(pathKey(path)), shares)] : []
      )
      return [row.id, { row, list }]
    })
  )
  const { rows: known } = await trx.raw<{ rows: CreditRow[] }>(
    `select subject_id, place, path_id, first, last, last_non_direct, linear, position, time_decay
     from credits where subject_id = any(cast(? as uuid[])) order by subject_id, place`,
    [ids]
  )
  const before = groupBy(known, ({ subject_id }) => subject_id)
  const changed = [...new Set(ids)].filter(
    (id) => textOf(before.get(id) ?? []) !== textOf(fresh.get(id)?.list ?? [])
  )
  const gone = changed.filter((id) => before.has(id))
  if (gone.length > 0) await trx.raw(`delete from credits where subject_id = any(cast(? as uuid[]))`, [gone])
  const added = changed.flatMap((id) => {
    const one = fresh.get(id)
    return one ? one.list.map((credit) => ({ ...credit, subject: one.row.subject, at: one.row.at })) : []
  })
  if (added.length > 0)
    await trx.raw(
      `insert into credits (subject_id, place, subject, at, path_id, first, last, last_non_direct, linear, position, time_decay)
       select subject_id, place, subject, at, path_id, first, last, last_non_direct, linear, position, time_decay
       from jsonb_populate_recordset(null::credits, cast(? as jsonb))`,
      [JSON.stringify(added)]
    )
  return changed
}

async function readSubjects(
  trx: Knex.Transaction,
  { calls, forms, callbacks }: Subjects
): Promise<SubjectRow[]> {
  const parts: [string, readonly string[]][] = [
    [
      `select 'call' as subject, c.id, c.started_at as moment, c.visitor_id,
         coalesce(sc.attribution_days, sv.attribution_days, ${usualDays}) as days,
         c.inquiry_channel, c.source_name as source, c.medium, c.campaign, c.keyword
       from calls c left join visitors v on v.id = c.visitor_id
         left join sites sc on sc.id = c.site_id left join sites sv on sv.id = v.site_id
       where c.id = any(cast(? as uuid[])) and ${counted('c')}`,
      calls
    ],
    [
      `select 'form', f.id, f.at, f.visitor_id, coalesce(s.attribution_days, ${usualDays}), f.path->>'inquiryChannel',
         f.path->>'source', f.path->>'medium', f.path->>'campaign', f.path->>'keyword'
       from form_submissions f left join sites s on s.id = f.site_id where f.id = any(cast(? as uuid[]))`,
      forms
    ],
    [
      `select 'callback', b.id, b.created_at, i.visitor_id, coalesce(s.attribution_days, ${usualDays}),
         o.inquiry_channel, o.name, o.medium, o.campaign, o.keyword
       from callbacks b left join visits i on i.id = b.visit_id left join sites s on s.id = coalesce(b.site_id, i.site_id)
         left join numbers n on n.id = b.number_id left join sources o on o.id = coalesce(b.source_id, n.source_id)
       where b.id = any(cast(? as uuid[]))`,
      callbacks
    ]
  ]
  const asked = parts.filter(([, ids]) => ids.length > 0)
  const { rows } = await trx.raw<{ rows: SubjectRow[] }>(
    `select u.*, cast(u.moment as text) as at, ${ms('u.moment')} as at_ms
     from (${asked.map(([sql]) => sql).join(' union all ')})
       as u(subject, id, moment, visitor_id, days, inquiry_channel, source, medium, campaign, keyword)`,
    asked.map(([, ids]) => [...ids])
  )
  return rows
}

/** The visits before each subject: of its visitor, and of whoever is the same client. */
async function readTouches(
  trx: Knex.Transaction,
  subjects: readonly SubjectRow[]
): Promise<ReadonlyMap<string, TouchRow[]>> {
  if (subjects.length === 0) return new Map()
  const { rows } = await trx.raw<{ rows: TouchRow[] }>(
    `select w.id, ${ms('t.at')} as at_ms, t.is_direct, t.inquiry_channel, t.source, t.medium, t.campaign, t.keyword
     from jsonb_to_recordset(cast(? as jsonb)) as w(id uuid, visitor_id uuid, at timestamptz, days int)
     left join visitors v on v.id = w.visitor_id
     cross join lateral (
       select * from touchpoints p
       where p.visitor_id = any(array(
           select w.visitor_id union select o.id from visitors o where o.contact_id = v.contact_id))
         and p.at <= w.at and p.at >= w.at - make_interval(hours => 24 * w.days)
       order by p.at desc, p.id desc limit ${mostTouches}
     ) t
     order by w.id, t.at, t.id`,
    [JSON.stringify(subjects.map(({ id, visitor_id, at, days }) => ({ id, visitor_id, at, days })))]
  )
  return groupBy(rows, ({ id }) => id)
}

const touchOf = (row: TouchRow): Touch => ({
  atMs: row.at_ms,
  isDirect: row.is_direct,
  path: ownPath(row) ?? {
    inquiryChannel: row.inquiry_channel,
    source: '',
    medium: '',
    campaign: '',
    keyword: ''
  }
})

const ownPath = (row: Omit<TouchRow, 'id' | 'at_ms' | 'is_direct'> | SubjectRow): Path | null =>
  pathOf({
    inquiryChannel: row.inquiry_channel,
    source: row.source,
    medium: row.medium,
    campaign: row.campaign,
    keyword: row.keyword
  })

function creditRow(subjectId: string, place: number, pathId: number | undefined, shares: Shares): CreditRow {
  if (pathId === undefined) throw new Error('A path has no id')
  return {
    subject_id: subjectId,
    place,
    path_id: pathId,
    first: shares.first,
    last: shares.last,
    last_non_direct: shares.lastNonDirect,
    linear: shares.linear,
    position: shares.position,
    time_decay: shares.timeDecay
  }
}

const textOf = (credits: readonly CreditRow[]): string =>
  credits
    .map((one) =>
      [
        one.place,
        one.path_id,
        one.first,
        one.last,
        one.last_non_direct,
        one.linear,
        one.position,
        one.time_decay
      ].join()
    )
    .join(';')
