import type { Knex } from 'knex'
import { lockCrm } from '../clients.ts'
import { namingContacts } from '../contacts/links.ts'

export interface UndoCounts {
  contacts: number
  deals: number
  companies: number
  restored: number
  /** Used or changed since: left as they are. */
  kept: number
}

/** Tables whose rows come with a client from the file, and are no use of them. */
const ownTables = ['contact_phones', 'contact_emails', 'contact_not_same', 'deals']

/**
 * Takes an import away again in the caller's transaction: what it made is deleted, what it changed is as it was. What people
 * have used or changed since stays, and is counted.
 */
export async function undoRows(trx: Knex, importId: string): Promise<UndoCounts> {
  await lockCrm(trx)
  const deals = await undoDeals(trx, importId)
  const restored = await restoreContacts(trx, importId)
  const contacts = await undoContacts(trx, importId)
  const companies = await count(
    trx,
    `delete from companies c using client_import_rows r
     where r.import_id = :id and r.company_id = c.id and c.updated_at = c.created_at
       and not exists (select from contacts k where k.company_id = c.id) returning 1`,
    importId
  )
  return { contacts: contacts.gone, deals: deals.gone, companies, restored, kept: contacts.kept + deals.kept }
}

async function undoDeals(trx: Knex, id: string): Promise<{ gone: number; kept: number }> {
  const links = await linked(trx, 'deals', ['deal_stage_changes'])
  const made = `select deal_id from client_import_rows where import_id = :id and deal_id is not null`
  const gone = await count(
    trx,
    `delete from deals d where d.id in (${made})
       and not exists (select from deal_stage_changes h where h.deal_id = d.id offset 1)
       and d.updated_at <= (select coalesce(i.ended_at, now()) from client_imports i where i.id = :id)
       ${links.map(({ table, column }) => `and not exists (select from ${table} t where t.${column} = d.id)`).join('\n')}
     returning 1`,
    id
  )
  const kept = await count(trx, `select 1 from deals where id in (${made})`, id)
  await trx.raw(
    `update deals d set amount = cast(r.was ->> 'amount' as numeric), currency = r.was ->> 'currency',
       stage_id = cast(r.was ->> 'stage_id' as uuid), pipeline_id = cast(r.was ->> 'pipeline_id' as uuid),
       responsible_id = (select id from users where id = cast(r.was ->> 'responsible_id' as uuid)),
       lost_reason = r.was ->> 'lost_reason', note = r.was ->> 'note',
       closed_at = cast(r.was ->> 'closed_at' as timestamptz), updated_at = now()
     from (
       select distinct on (change #>> '{deal,id}') cast(change #>> '{deal,id}' as uuid) as deal, change #> '{deal,before}' as was,
         last_value(change #> '{deal,after}') over (partition by change #>> '{deal,id}' order by line
           rows between unbounded preceding and unbounded following) as became
       from client_import_rows where import_id = :id and change #> '{deal}' is not null order by change #>> '{deal,id}', line
     ) r
     where d.id = r.deal and d.stage_id = cast(r.became ->> 'stage_id' as uuid)
       and d.amount = cast(r.became ->> 'amount' as numeric)
       and exists (select from pipeline_stages s where s.id = cast(r.was ->> 'stage_id' as uuid))`,
    { id }
  )
  return { gone, kept }
}

/** Fields that still are what the file made of them; the latest row of a client first, so that the first one's past stands. */
async function restoreContacts(trx: Knex, id: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { contact_id: string; change: Change }[] }>(
    `select contact_id, change from client_import_rows
     where import_id = :id and change is not null and contact_id not in (
       select contact_id from client_import_rows where import_id = :id and is_contact_new and contact_id is not null)
     order by line desc`,
    { id }
  )
  const seen = new Set<string>()
  for (const { contact_id: contactId, change } of rows) {
    const fields = Object.entries(change.contact ?? {})
    const row = fields.length > 0 && (await trx('contacts').where({ id: contactId }).first<Row | undefined>())
    const back = fields.flatMap(([field, [before, after]]) =>
      row && JSON.stringify(row[field]) === JSON.stringify(after)
        ? [[field, field === 'custom' ? JSON.stringify(before) : before]]
        : []
    )
    if (back.length > 0) {
      const values = Object.fromEntries(back) as Row
      if ('owner_id' in values) values['owner_id'] = await still(trx, 'users', values['owner_id'])
      if ('company_id' in values) values['company_id'] = await still(trx, 'companies', values['company_id'])
      await trx('contacts').where({ id: contactId }).update(values)
    }
    const { phones = [], emails = [] } = change
    if (phones.length > 0)
      await trx('contact_phones').where({ contact_id: contactId }).whereIn('e164', phones).delete()
    if (emails.length > 0)
      await trx('contact_emails').where({ contact_id: contactId }).whereIn('email', emails).delete()
    seen.add(contactId)
  }
  return seen.size
}

type Row = Record<string, unknown>
interface Change {
  contact?: Record<string, [unknown, unknown]>
  phones?: string[]
  emails?: string[]
}

const still = async (trx: Knex, table: string, id: unknown): Promise<unknown> =>
  typeof id === 'string' && (await trx(table).where({ id }).first<unknown>('id')) ? id : null

async function undoContacts(trx: Knex, id: string): Promise<{ gone: number; kept: number }> {
  const links = (await namingContacts(trx)).filter(({ table }) => !ownTables.includes(table))
  const made = `select contact_id from client_import_rows where import_id = :id and is_contact_new`
  const gone = await count(
    trx,
    `delete from contacts c where c.id in (${made}) and c.updated_at = c.created_at
       and not exists (select from deals d where d.contact_id = c.id)
       ${links.map(({ table, column }) => `and not exists (select from ${table} t where t.${column} = c.id)`).join('\n')}
     returning 1`,
    id
  )
  return { gone, kept: await count(trx, `select 1 from contacts where id in (${made})`, id) }
}

async function count(trx: Knex, sql: string, id: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { n: string }[] }>(
    `with x as (${sql}) select count(*) as n from x`,
    { id }
  )
  return Number(rows[0]?.n ?? 0)
}

async function linked(
  trx: Knex,
  to: string,
  but: readonly string[]
): Promise<{ table: string; column: string }[]> {
  const { rows } = await trx.raw<{ rows: { table: string; column: string }[] }>(
    `select t.relname as "table", a.attname as "column" from pg_constraint c join pg_class t on t.oid = c.conrelid
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = cast(? as regclass) order by 1, 2`,
    [to]
  )
  return rows.filter(({ table }) => !but.includes(table))
}
