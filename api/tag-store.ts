import type { Knex } from 'knex'

/** Calls that one statement moved to other tags, and those that are under way and must be told one by one. */
export interface Retagged {
  /** All of them. */
  calls: number
  live: readonly { id: string; add: string[]; remove: string[] }[]
}

/**
 * What becomes of the calls in `hit (id, tags, add, remove)`: the tape of each says so, since the journal is made of it
 * again whenever something is added, and so does the journal. Calls under way belong to the exchange, which keeps the
 * end of their tape in memory. A call whose tape is gone has its row in the journal only.
 */
const moved = `
marked as (
  select h.id, h.add, h.remove,
    array(select t from unnest(h.tags) with ordinality as x(t, n) where t <> all (h.remove) order by n) as kept,
    h.ended_at is null or exists (select from call_snapshots s where s.call_id = h.id) as is_live
  from hit h
), tape as (
  insert into call_events (call_id, seq, at, type, from_phase, to_phase, data, effects)
  select m.id, e.seq + 1, now(), 'call.tagged', e.to_phase, e.to_phase,
    jsonb_build_object('add', m.add, 'remove', m.remove), '[]'
  from marked m
  cross join lateral (select seq, to_phase from call_events where call_id = m.id order by seq desc limit 1) e
  where not m.is_live
), journal as (
  update calls c set tags = m.kept || array(select a from unnest(m.add) as a where a <> all (m.kept))
  from marked m where c.id = m.id and not m.is_live
)`

const told = `
  (select cast(count(*) as int) from marked) as calls,
  (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'add', add, 'remove', remove)), '[]')
   from marked where is_live) as live`

/**
 * Takes a tag off every call, or puts another in its place, in one statement; no webhook hears of it. Which calls had
 * both is kept, so that it can be undone.
 * @param change its id in `bulk_changes`
 */
export async function retag(
  trx: Knex.Transaction,
  { from, to, userId }: { from: string; to: string | null; userId: string }
): Promise<Retagged & { change: string }> {
  await closeTapes(trx)
  const { rows } = await trx.raw<{ rows: (Retagged & { change: string })[] }>(
    `with hit as (
       select id, tags, ended_at, cast(array_remove(array[cast(:to as text)], null) as text[]) as add,
         array[cast(:from as text)] as remove
       from calls where tags <> '{}' and tags @> array[cast(:from as text)]
     ), ${moved}, change as (
       insert into bulk_changes (things, change, items, created_by)
       select 'tags', jsonb_build_object('from', cast(:from as text), 'to', cast(:to as text)),
         (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'both', coalesce(tags @> array[cast(:to as text)], false))), '[]')
          from hit), cast(:userId as uuid)
       returning id
     )
     select (select id from change) as change, ${told}`,
    { from, to, userId }
  )
  return one(rows)
}

/**
 * Gives the calls of a change their former tags again. Left alone is a call that somebody has changed since: the new
 * tag is gone from it, or the old one is there again.
 */
export async function retagBack(
  trx: Knex.Transaction,
  change: { id: string; from: string; to: string | null }
): Promise<Retagged> {
  await closeTapes(trx)
  const { rows } = await trx.raw<{ rows: Retagged[] }>(
    `with item as (
       select cast(i ->> 'id' as uuid) as id, cast(i ->> 'both' as boolean) as both
       from bulk_changes, jsonb_array_elements(items) as i where bulk_changes.id = :id
     ), hit as (
       select c.id, c.tags, c.ended_at, array[cast(:from as text)] as add,
         case when item.both or cast(:to as text) is null then cast('{}' as text[]) else array[cast(:to as text)] end as remove
       from calls c join item on item.id = c.id
       where not c.tags @> array[cast(:from as text)]
         and (cast(:to as text) is null or c.tags @> array[cast(:to as text)])
     ), ${moved}
     select ${told}`,
    change
  )
  return one(rows)
}

/** Until the transaction ends nobody adds to the tape of a call that is over: see `appendMoment` of the exchange. */
async function closeTapes(trx: Knex.Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtext('ringtrace.tape'), 0)")
}

function one<T>([row]: readonly T[]): T {
  if (!row) throw new Error('The statement gave no answer')
  return row
}

/** Every tag that calls carry or schemes set, by name. */
export async function tagsInUse(db: Knex): Promise<
  {
    name: string
    calls: number
    lastAt: Date | null
    schemes: { id: string; name: string; isPublished: boolean }[]
  }[]
> {
  const { rows } = await db.raw<{ rows: Awaited<ReturnType<typeof tagsInUse>> }>(
    `with used as (
       select tag as name, cast(count(*) as int) as calls, max(started_at) as last_at
       from calls, unnest(tags) as tag where tags <> '{}' group by tag
     ), set_by as (
       select s.id, s.name as scheme, tag #>> '{}' as name, bool_or(is_published) as is_published
       from schemes s
       left join scheme_versions v on v.scheme_id = s.id and v.version = s.published_version
       cross join lateral (
         select tag, false as is_published from jsonb_path_query(s.draft, cast(:path as jsonpath)) as tag
         union all select tag, true from jsonb_path_query(v.body, cast(:path as jsonpath)) as tag
       ) found
       group by 1, 2, 3
     ), schemes_of as (
       select name, jsonb_agg(jsonb_build_object('id', id, 'name', scheme, 'isPublished', is_published) order by scheme, id) as schemes
       from set_by group by name
     )
     select name, coalesce(calls, 0) as calls, last_at as "lastAt", coalesce(schemes, '[]') as schemes
     from used full join schemes_of using (name) order by lower(name), name`,
    { path: '$.blocks.* ? (@.type == "tag").settings.add[*]' }
  )
  return rows
}
