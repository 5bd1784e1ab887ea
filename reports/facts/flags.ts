import type { Knex } from 'knex'
import {
  flagsOf,
  groupOf,
  returnsOf,
  type Before,
  type ClientCall,
  type Flags,
  type FlagRules,
  type Return
} from '../core/flags.ts'
import { groupBy } from './group-by.ts'

/** From when on a client's calls are looked at. */
export interface ClientWish {
  readonly client: string
  /** As PostgreSQL writes it. */
  readonly from: string
  /** Something before may have been returned by a talk that is none any more. */
  readonly looksBack: boolean
}

interface CallRow {
  id: string
  client: string
  site_id: string | null
  at: string
  at_ms: number
  is_in: boolean
  is_counted: boolean
  is_missed: boolean
  talked_ms: number | null
  talk_seconds: number
  is_first_call: boolean | null
  call_number: number | null
  is_unique: boolean | null
  is_repeat: boolean | null
  is_target: boolean | null
  returned_ms: number | null
  returned_call_id: string | null
  /** Before the time wished for: its flags stand, only its return may change. */
  is_earlier: boolean
}

const talk = (c: string): string =>
  `${c}.outcome = 'answered' and ${c}.answered_at is not null and ${c}.ended_at is not null
     and ${c}.direction in ('in','out')`
/** What reports count. */
export const counted = (c: string): string =>
  `${c}.direction = 'in' and ${c}.ended_at is not null and not ${c}.is_spam and ${c}.outcome <> 'blocked'`
const ms = (column: string): string => `cast(extract(epoch from ${column}) * 1000 as float8)`
const columns = `c.id, c.caller_number as client, c.site_id, cast(c.started_at as text) as at, ${ms('c.started_at')} as at_ms,
  c.direction = 'in' as is_in, ${counted('c')} as is_counted, c.outcome in ('missed','abandoned','busy','failed','voicemail') as is_missed,
  case when ${talk('c')} then ${ms('c.answered_at')} end as talked_ms,
  coalesce(c.talk_seconds, 0) as talk_seconds, c.is_first_call, c.call_number, c.is_unique, c.is_repeat, c.is_target,
  ${ms('c.returned_at')} as returned_ms, c.returned_call_id`

/**
 * Works out the flags of clients' calls from a time on, and who of them was called back.
 * @returns calls that have changed, with their times
 */
export async function flagClients(
  trx: Knex.Transaction,
  rules: FlagRules,
  wishes: readonly ClientWish[]
): Promise<string[]> {
  if (wishes.length === 0) return []
  const { rows } = await trx.raw<{ rows: CallRow[] }>(
    `with want as (select * from jsonb_to_recordset(cast(? as jsonb)) as w(client text, "from" timestamptz, "looksBack" boolean))
     select ${columns}, c.started_at < w."from" as is_earlier
     from want w
     cross join lateral (select case
       when w."looksBack" or exists (
         select from calls t where t.caller_number = w.client and ${talk('t')} and t.started_at >= w."from")
       then coalesce((select max(t.started_at) from calls t
         where t.caller_number = w.client and ${talk('t')} and t.started_at < w."from"), '-infinity')
       else w."from" end as at) s
     join calls c on c.caller_number = w.client and c.started_at >= s.at
     where c.ended_at is not null and c.direction in ('in','out')
     order by c.caller_number, c.started_at, c.id`,
    [JSON.stringify(wishes)]
  )
  const byClient = groupBy(rows, (row) => row.client)
  const known = await readBefore(trx, rules, [...byClient.values()])
  const again = wishes.filter(({ client }) => known.unworked.has(client))
  const changed = [...byClient].flatMap(([client, calls]) =>
    known.unworked.has(client) ? [] : changesOf(calls, rules, known.before.get(client), null)
  )
  return [
    ...(await write(trx, changed)),
    // Earlier calls of this client were never looked at: all of them, then.
    ...(await flagClients(
      trx,
      rules,
      again.map(({ client }) => ({ client, from: '-infinity', looksBack: true }))
    ))
  ]
}

/** Calls whose caller hid the number: each is a client of its own. */
export async function flagAnonymous(
  trx: Knex.Transaction,
  rules: FlagRules,
  ids: readonly string[]
): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await trx.raw<{ rows: CallRow[] }>(
    `select ${columns}, false as is_earlier from calls c
     where c.id = any(cast(? as uuid[])) and c.caller_number is null and c.ended_at is not null and c.direction = 'in'`,
    [[...ids]]
  )
  return write(
    trx,
    rows.flatMap((row) => changesOf([row], rules, undefined, null))
  )
}

/**
 * One slice of history: calls that follow each other, whatever their clients. Slices are taken in order of time, so
 * that each is looked at once however often a client calls.
 * @returns calls that have changed, with their times
 */
export async function flagSlice(
  trx: Knex.Transaction,
  rules: FlagRules,
  ids: readonly string[]
): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: CallRow[] }>(
    `select ${columns}, false as is_earlier from calls c
     where c.id = any(cast(? as uuid[])) and c.ended_at is not null and c.direction in ('in','out')
     order by c.started_at, c.id`,
    [[...ids]]
  )
  const anonymous = rows.filter((row) => (row.client as string | null) === null)
  const named = groupBy(
    rows.filter((row) => (row.client as string | null) !== null),
    (row) => row.client
  )
  const known = await readBefore(trx, rules, [...named.values()])
  const talks = await readTalksAfter(trx, [...named.values()])
  const changed = [
    ...anonymous.flatMap((row) => changesOf([row], rules, undefined, null)),
    ...[...named].flatMap(([client, calls]) =>
      known.unworked.has(client)
        ? []
        : changesOf(calls, rules, known.before.get(client), talks.get(client) ?? null)
    )
  ]
  return [
    ...(await write(trx, changed)),
    ...(await flagClients(
      trx,
      rules,
      [...known.unworked].map((client) => ({ client, from: '-infinity', looksBack: true }))
    ))
  ]
}

interface Change {
  id: string
  at: string
  flags: Flags | null
  returned: Return | null
}

/** @param calls of one client, in order */
function changesOf(
  calls: readonly CallRow[],
  rules: FlagRules,
  before: ReadonlyMap<string, Before> | undefined,
  after: Return | null
): Change[] {
  const list = calls.map((row): ClientCall => ({
    id: row.id,
    siteId: row.site_id,
    atMs: row.at_ms,
    isCounted: row.is_counted,
    isMissed: row.is_missed,
    talkedMs: row.talked_ms,
    talkSeconds: row.talk_seconds
  }))
  const returns = returnsOf(list, after)
  const firstPlace = calls.findIndex((row) => !row.is_earlier)
  const flags = firstPlace < 0 ? [] : flagsOf(list.slice(firstPlace), rules, before)
  return calls.flatMap((row, place) => {
    const own = row.is_earlier || !row.is_in ? null : (flags[place - firstPlace] ?? null)
    const returned = returns[place] ?? null
    const isSame = (own === null || hasFlags(row, own)) && isReturn(row, returned)
    return isSame ? [] : [{ id: row.id, at: row.at, flags: own, returned }]
  })
}

const hasFlags = (row: CallRow, flags: Flags): boolean =>
  row.is_first_call === flags.isFirst &&
  row.call_number === flags.callNumber &&
  row.is_unique === flags.isUnique &&
  row.is_repeat === flags.isRepeat &&
  row.is_target === flags.isTarget
const isReturn = (row: CallRow, returned: Return | null): boolean =>
  row.returned_call_id === (returned?.callId ?? null) && row.returned_ms === (returned?.atMs ?? null)

interface BeforeRow {
  client: string
  site: string | null
  has_last: boolean
  call_number: number | null
  last_ms: number | null
  target_ms: number | null
}

/** What was before the calls given, for each client and group. `unworked`: an earlier call has no flags yet. */
async function readBefore(trx: Knex.Transaction, rules: FlagRules, clients: readonly (readonly CallRow[])[]) {
  const wants = clients.flatMap((calls) => {
    const later = calls.filter((row) => !row.is_earlier)
    const first = later[0]
    if (!first) return []
    const groups = groupBy(later, (row) => groupOf({ siteId: row.site_id }, rules))
    return [...groups.keys()].map((group) => ({
      client: first.client,
      site: group === '' ? null : group,
      at: first.at,
      id: first.id
    }))
  })
  const before = new Map<string, Map<string, Before>>()
  const unworked = new Set<string>()
  if (wants.length === 0) return { before, unworked }
  const ofGroup = (p: string): string =>
    `${p}.caller_number = w.client and ${counted(p)} and (${p}.started_at, ${p}.id) < (w.at, w.id)
     and (not cast(:isPerSite as boolean) or ${p}.site_id is not distinct from w.site)`
  const { rows } = await trx.raw<{ rows: BeforeRow[] }>(
    `select w.client, w.site, p.started_at is not null as has_last, p.call_number, ${ms('p.started_at')} as last_ms,
       ${ms('t.started_at')} as target_ms
     from jsonb_to_recordset(cast(:wants as jsonb)) as w(client text, site uuid, at timestamptz, id uuid)
     left join lateral (select started_at, call_number from calls p where ${ofGroup('p')}
       order by p.started_at desc, p.id desc limit 1) p on true
     left join lateral (select started_at from calls t where ${ofGroup('t')} and t.is_target
       and t.started_at >= w.at - make_interval(hours => 24 * cast(:days as int))
       order by t.started_at desc limit 1) t on true`,
    { wants: JSON.stringify(wants), isPerSite: rules.isPerSite, days: rules.saleCycleDays }
  )
  for (const row of rows) {
    if (row.has_last && row.call_number === null) unworked.add(row.client)
    const groups = before.get(row.client) ?? new Map<string, Before>()
    const state = { count: row.call_number ?? 0, lastMs: row.last_ms, lastTargetMs: row.target_ms }
    before.set(row.client, groups.set(row.site ?? '', state))
  }
  return { before, unworked }
}

/** The first talk with each client after the last of the calls given, where a missed one of them waits for it. */
async function readTalksAfter(
  trx: Knex.Transaction,
  clients: readonly (readonly CallRow[])[]
): Promise<Map<string, Return>> {
  const wants = clients.flatMap((calls) => {
    const last = calls.at(-1)
    const isWaiting =
      calls.findLastIndex((row) => row.is_missed) > calls.findLastIndex((row) => row.talked_ms !== null)
    return last && isWaiting ? [{ client: last.client, at: last.at, id: last.id }] : []
  })
  if (wants.length === 0) return new Map()
  const { rows } = await trx.raw<{ rows: { client: string; id: string; talked_ms: number }[] }>(
    `select w.client, t.id, ${ms('t.answered_at')} as talked_ms
     from jsonb_to_recordset(cast(? as jsonb)) as w(client text, at timestamptz, id uuid)
     cross join lateral (select t.id, t.answered_at from calls t
       where t.caller_number = w.client and ${talk('t')} and t.started_at >= w.at and (t.started_at, t.id) > (w.at, w.id)
       order by t.started_at, t.id limit 1) t`,
    [JSON.stringify(wants)]
  )
  return new Map(rows.map((row) => [row.client, { callId: row.id, atMs: row.talked_ms }]))
}

/**
 * Writes what has changed. Rows that somebody holds just now (the tape, most likely) are not waited for, or the two
 * could wait for each other: they are announced again.
 */
async function write(trx: Knex.Transaction, changes: readonly Change[]): Promise<string[]> {
  if (changes.length === 0) return []
  const { rows: free } = await trx.raw<{ rows: { id: string }[] }>(
    `select id from calls where id = any(cast(? as uuid[])) for no key update skip locked`,
    [changes.map(({ id }) => id)]
  )
  const ids = new Set(free.map(({ id }) => id))
  const skipped = changes.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
  const given = changes
    .filter(({ id }) => ids.has(id))
    .map(({ id, flags, returned }) => ({
      ...{ id, has: flags !== null, ...flags },
      // Microseconds that milliseconds do not tell come from the call itself.
      returned: returned?.callId ?? null
    }))
  if (given.length > 0)
    await trx.raw(
      `update calls c set
         is_first_call = case when r.has then r."isFirst" else c.is_first_call end,
         call_number = case when r.has then r."callNumber" else c.call_number end,
         is_unique = case when r.has then r."isUnique" else c.is_unique end,
         is_repeat = case when r.has then r."isRepeat" else c.is_repeat end,
         is_target = case when r.has then r."isTarget" else c.is_target end,
         returned_call_id = t.id, returned_at = t.answered_at
       from jsonb_to_recordset(cast(? as jsonb)) as r(id uuid, has boolean, "isFirst" boolean, "callNumber" int,
         "isUnique" boolean, "isRepeat" boolean, "isTarget" boolean, returned uuid)
       left join calls t on t.id = r.returned
       where c.id = r.id`,
      [JSON.stringify(given)]
    )
  if (skipped.length > 0)
    await trx.raw(
      `insert into fact_queue (subject, subject_id, old_at)
       select 'call', id, started_at from calls where id = any(cast(? as uuid[]))`,
      [skipped]
    )
  return changes.map(({ at }) => at)
}
