import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { creditSubjects } from './credits.ts'
import { lock, markDays, markDependents, silence, tryLock } from './days.ts'
import { flagAnonymous, flagClients, type ClientWish } from './flags.ts'
import type { PathIds } from './paths.ts'
import { readFactSettings } from './settings.ts'

interface Entry {
  id: number
  subject: string
  subject_id: string
  old_key: string | null
  old_at: string | null
  old_ms: number | null
}

/** After so many failures an entry waits for the next start: one that cannot be worked out must not hold up the rest. */
export const mostTries = 5

/** A database that is away, or two that wait for each other: nothing is wrong with the entries. */
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code === '' || /^(08|40|53|55|57|E)/.test(code)
}

/**
 * Works the oldest entries of the queue into flags, credits and days to sum up: in one transaction with taking them
 * from the queue, so that whatever ends this process, each entry is worked out once in effect.
 * @param waits false: gives up while somebody else works
 * @returns how many there were; null when it gave up
 * @throws while the database is away
 */
export async function drain(
  deps: { db: Knex; paths: PathIds; log: Logger },
  limit: number,
  { waits }: { waits: boolean } = { waits: false }
): Promise<number | null> {
  const taken: Entry[] = []
  try {
    return await deps.db.transaction(async (trx) => {
      if (waits) await lock(trx)
      else if (!(await tryLock(trx))) return null
      await silence(trx)
      const rows = await take(trx, limit)
      taken.push(...rows)
      if (rows.length > 0) await work(trx, deps.paths, rows)
      return rows.length
    })
  } catch (error) {
    if (isPassing(error) || taken.length === 0) throw error
    if (taken.length === 1) {
      const [entry] = taken
      deps.log.error({ err: error, entry }, 'A fact could not be worked out')
      await deps
        .db('fact_queue')
        .where({ id: entry?.id ?? 0 })
        .increment('tries', 1)
      return 1
    }
    // One of them is bad: each by itself.
    for (let i = 0; i < taken.length; i += 1) await drain(deps, 1, { waits: true })
    return taken.length
  }
}

/** The oldest entries; one that has failed before only by itself, when there are no others. */
async function take(trx: Knex.Transaction, limit: number): Promise<Entry[]> {
  const from = (where: string, most: number): Promise<{ rows: Entry[] }> =>
    trx.raw(
      `delete from fact_queue where id in (select id from fact_queue where ${where} order by id limit ${most})
       returning id, subject, subject_id, old_key, cast(old_at as text) as old_at,
         cast(extract(epoch from old_at) * 1000 as float8) as old_ms`
    )
  const { rows } = await from('tries = 0', limit)
  return rows.length > 0 ? rows : (await from(`tries between 1 and ${mostTries - 1}`, 1)).rows
}

const idsOf = (entries: readonly Entry[], subject: string): string[] => [
  ...new Set(entries.filter((entry) => entry.subject === subject).map(({ subject_id }) => subject_id))
]

async function work(trx: Knex.Transaction, paths: PathIds, entries: readonly Entry[]): Promise<void> {
  const { rules, timeZone } = await readFactSettings(trx)
  const ofCalls = entries.filter(({ subject }) => subject === 'call')
  const calls = idsOf(entries, 'call')
  const found = await readCalls(trx, calls)
  const again = await flagClients(trx, rules, wishesOf(ofCalls, found))
  const anonymous = await flagAnonymous(
    trx,
    rules,
    found.filter(({ client }) => client === null).map(({ id }) => id)
  )
  const joined = await ofVisitors(
    trx,
    entries.filter(({ subject }) => subject === 'visitor')
  )
  const credited = await creditSubjects(trx, paths, {
    calls: [...new Set([...calls, ...joined.calls])],
    forms: [...new Set([...idsOf(entries, 'form'), ...joined.forms])],
    callbacks: [...new Set([...idsOf(entries, 'callback'), ...joined.callbacks])]
  })
  await markDays(trx, timeZone, [
    ...entries.flatMap(({ old_at }) => old_at ?? []),
    ...[...found, ...joined.moments].map(({ at }) => at),
    ...again,
    ...anonymous
  ])
  await markDependents(trx, timeZone, {
    subjects: [...new Set([...calls, ...credited])],
    inquiries: idsOf(entries, 'inquiry'),
    deals: idsOf(entries, 'deal')
  })
}

interface FoundCall {
  id: string
  client: string | null
  at: string
  at_ms: number
}

async function readCalls(trx: Knex.Transaction, ids: readonly string[]): Promise<FoundCall[]> {
  if (ids.length === 0) return []
  const { rows } = await trx.raw<{ rows: FoundCall[] }>(
    `select id, caller_number as client, cast(started_at as text) as at,
       cast(extract(epoch from started_at) * 1000 as float8) as at_ms
     from calls where id = any(cast(? as uuid[])) and ended_at is not null`,
    [[...ids]]
  )
  return rows
}

/** From when on each client's calls are to be looked at: the earliest of what changed, as it is and as it was. */
function wishesOf(entries: readonly Entry[], found: readonly FoundCall[]): ClientWish[] {
  const byId = new Map(found.map((call) => [call.id, call]))
  const wishes = new Map<string, ClientWish & { ms: number }>()
  const wish = (client: string | null, from: string, ms: number, looksBack: boolean): void => {
    if (client === null) return
    const known = wishes.get(client)
    const earliest = !known || ms < known.ms ? { client, from, ms } : known
    wishes.set(client, { ...earliest, looksBack: looksBack || known?.looksBack === true })
  }
  for (const { subject_id, old_key, old_at, old_ms } of entries) {
    const call = byId.get(subject_id)
    if (call) wish(call.client, call.at, call.at_ms, old_at !== null)
    if (old_at !== null && old_ms !== null) wish(old_key, old_at, old_ms, true)
  }
  return [...wishes.values()]
}

/** What the clients of these visitors, as they are and as they were, did: their touches may be others now. */
async function ofVisitors(trx: Knex.Transaction, entries: readonly Entry[]) {
  if (entries.length === 0) return { calls: [], forms: [], callbacks: [], moments: [] }
  const { rows } = await trx.raw<{ rows: { subject: string; id: string; at: string }[] }>(
    `with who as (
       select id from visitors where id = any(cast(:ids as uuid[]))
         or contact_id = any(cast(:before as uuid[]))
         or contact_id in (select contact_id from visitors where id = any(cast(:ids as uuid[])))
     )
     select 'call' as subject, c.id, cast(c.started_at as text) as at from calls c
       where c.visitor_id in (select id from who) and c.ended_at is not null
     union all select 'form', f.id, cast(f.at as text) from form_submissions f where f.visitor_id in (select id from who)
     union all select 'callback', b.id, cast(b.created_at as text) from callbacks b
       where b.visit_id in (select v.id from visits v where v.visitor_id in (select id from who))`,
    {
      ids: [...new Set(entries.map(({ subject_id }) => subject_id))],
      before: [...new Set(entries.flatMap(({ old_key }) => old_key ?? []))]
    }
  )
  const of = (subject: string): string[] => rows.filter((row) => row.subject === subject).map(({ id }) => id)
  return {
    calls: of('call'),
    forms: of('form'),
    callbacks: of('callback'),
    moments: rows.filter(({ subject }) => subject === 'call')
  }
}
