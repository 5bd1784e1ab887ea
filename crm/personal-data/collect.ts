import type { Knex } from 'knex'
import { namingContacts } from '../contacts/links.ts'

export type Collected = Record<string, Record<string, unknown>[]>

/** What the product keeps for itself about its own work: no data of the person. */
const left = new Set(['client_import_rows', 'contact_not_same', 'erasures'])
const mostRows = 20_000

/** Everything that is kept of a person, table by table: what names the contact, their calls, forms, visits and messages. */
export async function collectPerson(db: Knex, contactId: string): Promise<Collected> {
  const found: Collected = {}
  const take = async (table: string, where: string): Promise<void> => {
    const { rows } = await db.raw<{ rows: { row: Record<string, unknown> }[] }>(
      `select to_jsonb(t) - '{search,search_folded}'::text[] as row from ?? t where ${where} limit ${mostRows}`,
      [table, contactId]
    )
    const known = new Set((found[table] ?? []).map((row) => JSON.stringify(row)))
    const fresh = rows.map(({ row }) => row).filter((row) => !known.has(JSON.stringify(row)))
    if (fresh.length > 0) found[table] = [...(found[table] ?? []), ...fresh]
  }
  const phones = '(select e164 from contact_phones where contact_id = ?)'
  await take('contacts', 't.id = ?')
  for (const { table, column } of await namingContacts(db))
    if (!left.has(table)) await take(table, `t."${column}" = ?`)
  await take('calls', `t.caller_number in ${phones}`)
  await take('form_submissions', `t.phone in ${phones}`)
  await take('visits', 't.visitor_id in (select id from visitors where contact_id = ?)')
  await take('messages', 't.conversation_id in (select id from conversations where contact_id = ?)')
  await take('contact_merges', 't.winner_id = ?')
  return found
}

/** Recordings of a person's calls that are still there. */
export async function recordingsOf(db: Knex, contactId: string): Promise<{ id: string; at: Date }[]> {
  const { rows } = await db.raw<{ rows: { id: string; at: Date }[] }>(
    `select r.id, c.started_at as at from recordings r join calls c on c.id = r.call_id
     where r.state = 'ready' and (c.contact_id = :id
       or c.caller_number in (select e164 from contact_phones where contact_id = :id))
     order by c.started_at, r.id`,
    { id: contactId }
  )
  return rows
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

/** The same for people to read: a page by itself, without scripts. */
export function pageOf(found: Collected, title: string, titles: Readonly<Record<string, string>>): string {
  const sections = Object.entries(found).map(
    ([table, rows]) =>
      `<h2>${escaped(titles[table] ?? table)} (${rows.length})</h2>${rows
        .map(
          (row) =>
            `<table>${Object.entries(row)
              .filter(([, value]) => value !== null && value !== '')
              .map(([key, value]) => `<tr><th>${escaped(key)}</th><td>${escaped(worded(value))}</td></tr>`)
              .join('')}</table>`
        )
        .join('')}`
  )
  return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>body{font:15px system-ui;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:.6em 0 1.4em;width:100%}th,td{border:1px solid #ccc;padding:3px 8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:14em;font-weight:500;background:#f6f6f6}</style><h1>${escaped(title)}</h1>${sections.join('')}`
}

const worded = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
