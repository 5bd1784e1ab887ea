import type { Knex } from 'knex'
import { policyKey } from '../dialling/policy-keeper.ts'
import type { Usage, UsageReference } from './contract/usage.ts'
import type { UsageEffect, UsageThing } from './contract/settings-words.ts'
import type { Row } from './rows.ts'
import { breaking, schemesThatName, sortedReferences, type NamedScheme } from './usage.ts'
import { isAuthor, jsonPlaces, members, ownParts, restorable, tableOf, tableWords } from './usage-tables.ts'

/** No further is counted, and so many are named. */
const mostCounted = 1000
const mostNamed = 20
const historyDays = 90

/** What uses a thing: by foreign keys, inside schemes, and inside other settings. */
export async function usageOf(db: Knex, things: UsageThing, row: Row): Promise<Usage> {
  const id = String(row['id'])
  const words = wordsOf(things, row)
  const references = sortedReferences([
    schemesThatName(await namedSchemes(db, words), words, things === 'schemes' ? id : undefined),
    ...(await byForeignKeys(db, tableOf(things), id)),
    await byMembership(db, things, id),
    ...(await byJson(db, things, words, id)),
    await byHistory(db, things, row)
  ])
  const canDelete = breaking({ references }).length === 0
  return {
    name: [row['name'], row['e164'], row['code']].find((name) => typeof name === 'string') ?? id,
    references,
    canDelete,
    canRestore: canDelete && isRestorable(things, references)
  }
}

/** Whether all that a deletion changes comes back with the row and its parts. */
function isRestorable(things: UsageThing, references: readonly UsageReference[]): boolean {
  if (!restorable[things]) return false
  return references.every(
    ({ kind, effect }) =>
      effect === 'stays' || (things === 'groups' && kind === 'user' && effect === 'empties')
  )
}

/** How schemes and settings name a thing. */
function wordsOf(things: UsageThing, row: Row): ReadonlySet<string> {
  const id = String(row['id'])
  if (things === 'prompts') return new Set([id, `prompts/${id}`])
  if (things === 'numbers') {
    const e164 = String(row['e164'])
    return new Set([id, e164, e164.slice(1)])
  }
  return new Set([id])
}

/** Schemes whose text holds one of the words; few, and looked at closely afterwards. */
async function namedSchemes(db: Knex, words: ReadonlySet<string>): Promise<NamedScheme[]> {
  const patterns = [...words].map((word) => `%${word}%`)
  const { rows } = await db.raw<{ rows: NamedScheme[] }>(
    `select s.id, s.name, s.draft, v.body as published
     from schemes s left join scheme_versions v on v.scheme_id = s.id and v.version = s.published_version
     where cast(s.draft as text) like any (cast(? as text[])) or cast(v.body as text) like any (cast(? as text[]))
     order by s.name`,
    [patterns, patterns]
  )
  return rows
}

interface ForeignKey {
  table: string
  column: string
  rule: string
}
const effectOfRule: Readonly<Record<string, UsageEffect>> = { c: 'goes', n: 'empties', d: 'empties' }

/** As the database itself knows them, so that no new table is forgotten. */
async function byForeignKeys(db: Knex, target: string, id: string): Promise<UsageReference[]> {
  const { rows } = await db.raw<{ rows: ForeignKey[] }>(
    `select cl.relname as "table", att.attname as "column", con.confdeltype as rule
     from pg_constraint con
     join pg_class cl on cl.oid = con.conrelid
     join pg_attribute att on att.attrelid = con.conrelid and att.attnum = con.conkey[1]
     where con.contype = 'f' and con.conparentid = 0 and con.confrelid = cast(? as regclass)
     order by 1, 2`,
    [target]
  )
  const found: UsageReference[] = []
  for (const { table, column, rule } of rows) {
    if (ownParts.has(table) || isAuthor(column)) continue
    const words = tableWords[table] ?? { kind: 'other' }
    const effect = words.effects?.[column] ?? effectOfRule[rule] ?? 'breaks'
    const using = db(table).where(column, id)
    found.push({ kind: words.kind, effect, ...(await counted(db, using, words.name)) })
  }
  return found
}

async function byMembership(db: Knex, things: UsageThing, id: string): Promise<UsageReference | null> {
  const way = members[things]
  if (!way) return null
  const using = db('group_members as m')
    .join(`${way.table} as o`, 'o.id', `m.${way.other}`)
    .where(`m.${way.own}`, id)
  return { kind: way.kind, effect: 'empties', ...(await counted(db, using, 'o.name', 'o.id')) }
}

async function byJson(
  db: Knex,
  things: UsageThing,
  words: ReadonlySet<string>,
  id: string
): Promise<UsageReference[]> {
  const found: UsageReference[] = []
  // Only ids are looked for in plain text: a short word stands in many a place by chance.
  const patterns = [...words].filter((word) => word.includes(id)).map((word) => `%${word}%`)
  for (const { table, column, kind, name, id: idColumn, effect } of jsonPlaces) {
    const using = db(table).whereRaw('cast(?? as text) like any (cast(? as text[]))', [column, patterns])
    if (table !== 'settings') using.whereNot({ id })
    // A trunk's own rule in the dialling policy goes with it.
    else if (things === 'trunks') using.whereNot({ key: policyKey })
    found.push({ kind, effect, ...(await counted(db, using, name, idColumn)) })
  }
  return found
}

/** Words of the company that stand in history: it keeps them, and shows them without their name. */
async function byHistory(db: Knex, things: UsageThing, { code }: Row): Promise<UsageReference | null> {
  if (things === 'wrap-up-codes') {
    const calls = db('calls')
      .where({ wrap_up_code: code })
      .where('started_at', '>', new Date(Date.now() - historyDays * 24 * 3_600_000))
    return { kind: 'call', effect: 'stays', ...(await counted(db, calls)) }
  }
  if (things === 'pause-reasons') {
    const away = db('users').where({ presence: 'away', presence_reason: code })
    return { kind: 'user', effect: 'stays', ...(await counted(db, away, 'name')) }
  }
  return null
}

async function counted(
  db: Knex,
  using: Knex.QueryBuilder,
  name?: string,
  id: string | null = 'id'
): Promise<Pick<UsageReference, 'count' | 'items'>> {
  const limited = using.clone().select(db.raw('1')).limit(mostCounted)
  const [row] = await db.from(limited.as('found')).count<{ n: string }[]>('* as n')
  const count = Number(row?.n ?? 0)
  if (count === 0 || name === undefined) return { count, items: [] }
  const shown = using.clone().select({ name, ...(id !== null && { id }) })
  const items: unknown = await shown.orderBy(name).limit(mostNamed)
  return {
    count,
    items: (items as { id?: string; name: string | null }[]).map((item) => ({
      id: item.id ?? null,
      name: item.name ?? '–'
    }))
  }
}
