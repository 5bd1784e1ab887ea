import { randomInt, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { isPhone, lockCrm } from '../clients.ts'
import { namingContacts } from '../contacts/links.ts'
import { CrmRefusal } from '../refusal.ts'
import { jsonEraser, numberPattern, textPattern } from './patterns.ts'

export interface ErasureWish {
  contactId: string
  /** What people have written of the client, and what the client has written. */
  notes: boolean
  messages: boolean
  byUserId: string | null
}

export interface ErasureCounts {
  numbers: number
  mails: number
  /** Rows in which something was replaced, by table. */
  replaced: Record<string, number>
  notes: number
  messages: number
}

interface Mark {
  pattern: string
  mark: string
}

/**
 * Takes a person out of the whole database in one transaction: every number, mail and name of theirs is replaced, wherever it
 * stands, by a mark that leads nowhere. A mark has the shape of what it replaces, and the same number has the same mark
 * everywhere, so that the journal and all reports count as before.
 * @throws CrmRefusal not_found
 */
export async function erasePerson(trx: Knex, wish: ErasureWish): Promise<ErasureCounts> {
  await lockCrm(trx)
  const { contactId } = wish
  const contact = await trx('contacts')
    .where({ id: contactId })
    .forUpdate()
    .first<{ name: string } | undefined>('name')
  if (!contact) throw new CrmRefusal('not_found')
  const phones = await trx('contact_phones').where({ contact_id: contactId }).pluck<string[]>('e164')
  const mails = await trx('contact_emails').where({ contact_id: contactId }).pluck<string[]>('email')
  const losers = await trx('contact_merges')
    .where({ winner_id: contactId })
    .select<{ name: string }[]>(trx.raw(`loser ->> 'name' as name`))

  const notes = wish.notes ? await trx('contact_notes').where({ contact_id: contactId }).delete() : 0
  const messages = wish.messages ? await forgetMessages(trx, contactId) : 0
  // Words about the person themselves; and what would bring them back.
  await trx('contact_merges').where({ winner_id: contactId }).orWhere({ loser_id: contactId }).delete()
  await trx('client_import_rows').where({ contact_id: contactId }).delete()
  await trx('deleted_things').where({ id: contactId }).delete()
  await trx('contacts')
    .where({ id: contactId })
    .update({ name: erasedName, company_id: null, note: null, tags: [], custom: '{}' })

  const marks: Mark[] = [
    ...phones.map((phone) => ({ pattern: numberPattern(phone), mark: numberMark() })),
    ...mails.map((mail) => ({ pattern: textPattern(mail), mark: mailMark() }))
  ]
  const names = [contact.name, ...losers.map(({ name }) => name)].filter(
    (name) => name.trim().length >= 2 && !isPhone(name)
  )
  await withoutTriggers(trx)
  await trx.raw(jsonEraser)
  const replaced = await replaceEverywhere(trx, contactId, marks, names)
  return { numbers: phones.length, mails: mails.length, replaced, notes, messages }
}

/** What stands in place of the name. */
export const erasedName = '✕'

/** A number of a country code that belongs to nobody: it has the shape of one, and can never be dialled. */
const numberMark = (): string =>
  `+999${String(randomInt(1_000_000)).padStart(6, '0')}${String(randomInt(100_000)).padStart(5, '0')}`
const mailMark = (): string => `erased-${randomBytes(8).toString('hex')}@erased.invalid`

async function forgetMessages(trx: Knex, contactId: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { n: string }[] }>(
    `select count(*) as n from messages m join conversations c on c.id = m.conversation_id where c.contact_id = ?`,
    [contactId]
  )
  await trx('conversations').where({ contact_id: contactId }).delete()
  return Number(rows[0]?.n ?? 0)
}

/**
 * Nothing has happened to the client: nobody outside is told, and no report works its figures out again. Where the
 * database does not let us, everything that follows a change follows this one too, and comes to the same.
 */
async function withoutTriggers(trx: Knex): Promise<void> {
  const [row] = (
    await trx.raw<{ rows: { may: boolean }[] }>(
      `select rolsuper as may from pg_roles where rolname = current_user`
    )
  ).rows
  if (row?.may === true) await trx.raw('set local session_replication_role = replica')
}

/** How the exchange is set up: numbers there are the company's own. */
const ownTables = [
  'numbers',
  'trunks',
  'devices',
  'settings',
  'schemes',
  'scheme_versions',
  'users',
  'sources',
  'sites'
]

interface Column {
  schema: string
  table: string
  column: string
  type: string
}

/** Every column that can hold words, of every table that is kept. */
export async function wordColumns(trx: Knex): Promise<Column[]> {
  const { rows } = await trx.raw<{ rows: Column[] }>(
    `select c.table_schema as schema, c.table_name as "table", c.column_name as "column",
       case when c.data_type = 'ARRAY' then 'text[]' else c.data_type end as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog','information_schema')
       and (c.data_type in ('text','character varying','json','jsonb') or c.udt_name in ('_text','_varchar'))
       and c.is_generated = 'NEVER' and c.table_name not like 'knex%' and not (c.table_name = any(cast(? as text[])))
       and not exists (select from pg_partitioned_table p where p.partrelid = to_regclass(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name)))
     order by 1, 2, 3`,
    [[...ownTables]]
  )
  return rows
}

async function replaceEverywhere(
  trx: Knex,
  contactId: string,
  marks: readonly Mark[],
  names: readonly string[]
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const byTable = new Map<string, Column[]>()
  for (const column of await wordColumns(trx)) {
    const key = `${column.schema}.${column.table}`
    byTable.set(key, [...(byTable.get(key) ?? []), column])
  }
  const naming = await namingContacts(trx)
  const any = marks.map(({ pattern }) => pattern).join('|')
  const nameMarks = names.map((name) => ({ pattern: textPattern(name), mark: erasedName }))
  for (const [key, columns] of byTable) {
    const [first] = columns
    if (!first) continue
    const { schema, table } = first
    const links = schema === 'public' ? naming.filter((link) => link.table === table) : []
    // The name alone is no sign: others have it too. It goes where a number or a mail stands beside it, and where a row is theirs.
    const theirs = [
      ...links.map(({ column }) => `${quoted(column)} = :contactId`),
      ...(table === 'contacts' ? ['id = :contactId'] : []),
      ...(table === 'audit' ? ['cast(entity_id as text) = :contactId'] : []),
      ...(any === '' ? [] : columns.map(({ column }) => `cast(${quoted(column)} as text) ~* :any`))
    ]
    if (theirs.length === 0) continue
    const values: Record<string, string> = {}
    const changes = columns.map(({ column, type }) => {
      // Whoever answered may be called as the client is.
      const isOurs = table === 'contacts' || column === 'operator_name'
      const sql = erased(quoted(column), type, isOurs ? marks : [...marks, ...nameMarks], values)
      return { column, sql }
    })
    const sets = changes.map(({ column, sql }) => `${quoted(column)} = ${sql}`)
    const same = changes.map(
      ({ column, sql }) => `cast(${quoted(column)} as text) is distinct from cast(${sql} as text)`
    )
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update ${quoted(schema)}.${quoted(table)} set ${sets.join(', ')} where (${theirs.join(' or ')}) and (${same.join(' or ')})`,
      { contactId, any, ...values }
    )
    if (rowCount > 0) counts[schema === 'public' ? table : key] = rowCount
  }
  return counts
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

function erased(
  column: string,
  type: string,
  marks: readonly Mark[],
  values: Record<string, string>
): string {
  const isJson = type === 'json' || type === 'jsonb'
  let sql = isJson ? `cast(${column} as jsonb)` : `cast(${column} as text)`
  for (const [i, { pattern, mark }] of marks.entries()) {
    values[`p${i}`] = pattern
    values[`m${i}`] = mark
    sql = isJson
      ? `pg_temp.erase_json(${sql}, cast(:p${i} as text), cast(:m${i} as text))`
      : `regexp_replace(${sql}, :p${i}, :m${i}, 'gi')`
  }
  if (type === 'json') return `cast(${sql} as json)`
  return type === 'text[]' ? `cast(${sql} as text[])` : sql
}
