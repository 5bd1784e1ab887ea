import type { Knex } from 'knex'
import { mostEmails } from '../crm/clients.ts'
import { foldedSearch, searchPatterns } from '../crm/contacts/search.ts'
import type { Who } from './auth/sessions.ts'
import { contact, type Contact } from './contract/config.ts'
import type { CustomValues } from './contract/contacts.ts'
import { ApiError, type FieldError } from './problems.ts'
import { itemOf, type Row } from './rows.ts'

export const contactSettingsKey = 'crm.contacts'

/** What an operator may see of contacts, where the company lets them see only some. In SQL, so that no list leaks. */
const isOpen = `(not coalesce((select cast(value ->> 'operatorsSeeOwn' as boolean) from settings
  where key = '${contactSettingsKey}'), false) or contacts.owner_id is null or contacts.owner_id = ?)`
/** Whom they have talked with they know already. */
const hasTalked = `exists (select from calls c where c.operator_id = ? and (c.contact_id = contacts.id
  or c.caller_number in (select e164 from contact_phones p where p.contact_id = contacts.id)))`

/** Narrows contacts to those that somebody may see in a list. */
export function onlySeenContacts(query: Knex.QueryBuilder, who: Who): void {
  if (who.role === 'operator') query.whereRaw(isOpen, [who.userId])
}

/** A contact as far as whoever asks may see it. @throws ApiError not_found */
export async function seenContact(db: Knex, id: string, who: Who): Promise<Row> {
  const query = db('contacts').where('contacts.id', id)
  if (who.role === 'operator') query.whereRaw(`(${isOpen} or ${hasTalked})`, [who.userId, who.userId])
  const row = await query.first<Row | undefined>('contacts.*')
  if (!row) throw new ApiError('not_found')
  return row
}

/** A company is theirs, nobody's, or has a contact that they may see; without contacts it is nobody's. */
const isOpenCompany = `(not coalesce((select cast(value ->> 'operatorsSeeOwn' as boolean) from settings
  where key = '${contactSettingsKey}'), false) or companies.owner_id = ?
  or companies.owner_id is null and not exists (select from contacts k where k.company_id = companies.id)
  or exists (select from contacts where contacts.company_id = companies.id and ${isOpen}))`

/** Narrows companies to those that somebody may see. */
export function onlySeenCompanies(query: Knex.QueryBuilder, who: Who): void {
  if (who.role === 'operator') query.whereRaw(isOpenCompany, [who.userId, who.userId])
}

/**
 * A company as far as whoever asks may see it.
 * @param before as it was before a change in this transaction
 * @throws ApiError not_found
 */
export async function seenCompany(db: Knex, id: string, who: Who, before?: Row): Promise<Row> {
  const query = db('companies').where('companies.id', id)
  if (before)
    query.from(
      db.raw('(select cast(? as uuid) as id, cast(? as uuid) as owner_id) companies', [id, ownerOf(before)])
    )
  onlySeenCompanies(query, who)
  const row = await query.first<Row | undefined>('companies.*')
  if (!row) throw new ApiError('not_found')
  return row
}

const ownerOf = (row: Row): string | null => (typeof row['owner_id'] === 'string' ? row['owner_id'] : null)

/** @param row as it was before a change in this transaction @throws ApiError not_found */
export async function refuseUnseen(trx: Knex, row: Row, who: Who): Promise<void> {
  const ownerId = row['owner_id']
  if (who.role !== 'operator' || typeof ownerId !== 'string' || ownerId === who.userId) return
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from (select cast(? as uuid) as id, cast(? as uuid) as owner_id) contacts where ${isOpen} or ${hasTalked}`,
    [String(row['id']), ownerId, who.userId, who.userId]
  )
  if (rows.length === 0) throw new ApiError('not_found')
}

/** Keeps contacts that hold everything that was typed: in a name, a company, a number, a mail or a custom field. */
export function whereSearched(query: Knex.QueryBuilder, typed: string): void {
  for (const patterns of searchPatterns(typed))
    query.where((either) => {
      for (const pattern of patterns)
        either.orWhereRaw(`(contacts.search_folded like ${foldedSearch('?')} and contacts.search like ?)`, [
          pattern,
          pattern
        ])
    })
}

/** Contacts in the shape of the contract. */
export async function contactItems(db: Knex, rows: readonly Row[]): Promise<Contact[]> {
  const ids = rows.map((row) => String(row['id']))
  // One after the other: in a transaction they have one connection.
  const phones = await db('contact_phones')
    .whereIn('contact_id', ids)
    .orderBy('e164')
    .select<{ contact_id: string; e164: string }[]>('contact_id', 'e164')
  const emails = await db('contact_emails')
    .whereIn('contact_id', ids)
    .orderBy('email')
    .select<{ contact_id: string; email: string }[]>('contact_id', 'email')
  const values = await db('contacts')
    .whereIn('id', ids)
    .select<{ id: string; custom: CustomValues }[]>('id', 'custom')
  const calls = await lastCalls(db, ids)
  return rows.map((row) => {
    const id = row['id']
    return itemOf(contact, row, {
      phones: phones.filter((each) => each.contact_id === id).map(({ e164 }) => e164),
      emails: emails.filter((each) => each.contact_id === id).map(({ email }) => email),
      custom: values.find((each) => each.id === id)?.custom ?? (row['custom'] as CustomValues),
      lastCallAt: calls.get(String(id)) ?? null
    })
  })
}

async function lastCalls(db: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { id: string; at: Date }[] }>(
    `select p.contact_id as id, max(c.at) as at from contact_phones p cross join lateral (
       select started_at as at from calls where caller_number = p.e164 and direction <> 'internal'
       order by started_at desc limit 1
     ) c where p.contact_id = any(cast(? as uuid[])) group by 1`,
    [[...ids]]
  )
  return new Map(rows.map(({ id, at }) => [id, at.toISOString()]))
}

/**
 * Writes the numbers of a contact.
 * @param phones as read; null where it is no number of anybody outside
 * @param typed what was written, to name the one that is at fault
 */
export async function savePhones(
  trx: Knex.Transaction,
  contactId: string,
  phones: readonly (string | null)[],
  typed: readonly string[]
): Promise<void> {
  const wrong = phones.flatMap((phone, index) =>
    phone === null ? [{ path: `phones.${index}`, message: 'is not a telephone number' }] : []
  )
  if (wrong.length > 0) throw new ApiError('invalid', { errors: wrong })
  const wanted = [...new Set(phones.filter((phone) => phone !== null))]
  await trx('contact_phones').where({ contact_id: contactId }).whereNotIn('e164', wanted).delete()
  const known = await trx('contact_phones as p')
    .join('contacts as c', 'c.id', 'p.contact_id')
    .whereIn('p.e164', wanted)
    .select<{ e164: string; id: string; name: string }[]>('p.e164', 'c.id', 'c.name')
  const taken = known.find((row) => row.id !== contactId)
  if (taken) {
    const index = phones.indexOf(taken.e164)
    throw new ApiError('already_exists', {
      detail: `${typed[index] ?? taken.e164}: ${taken.name}`,
      errors: [{ path: `phones.${index}`, message: 'exists already' }]
    })
  }
  const fresh = wanted.filter((phone) => !known.some((row) => row.e164 === phone))
  if (fresh.length === 0) return
  await trx('contact_phones').insert(fresh.map((e164) => ({ e164, contact_id: contactId })))
}

/** Writes the mails of a contact. Others may have the same: then the two are shown as possible duplicates. */
export async function saveEmails(
  trx: Knex.Transaction,
  contactId: string,
  emails: readonly string[]
): Promise<void> {
  const wanted = [...new Set(emails)].slice(0, mostEmails)
  await trx('contact_emails').where({ contact_id: contactId }).whereNotIn('email', wanted).delete()
  if (wanted.length === 0) return
  await trx('contact_emails')
    .insert(wanted.map((email) => ({ email, contact_id: contactId })))
    .onConflict(['contact_id', 'email'])
    .ignore()
}

/** Writes values of custom fields; those that are not given stay. @throws ApiError invalid */
export async function saveCustom(
  trx: Knex.Transaction,
  things: 'contacts' | 'companies',
  id: string,
  given: CustomValues
): Promise<void> {
  const ids = Object.keys(given)
  if (ids.length === 0) return
  const fields = await trx('custom_fields')
    .where({ things })
    .whereIn('id', ids)
    .select<{ id: string; kind: string; choices: string[] }[]>('id', 'kind', 'choices')
  const errors = ids.flatMap((each): FieldError[] => {
    const message = wrongIn(
      fields.find((field) => field.id === each),
      given[each] ?? null
    )
    return message === null ? [] : [{ path: `custom.${each}`, message }]
  })
  if (errors.length > 0) throw new ApiError('invalid', { errors })
  const values = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, value === '' ? null : value])
  )
  await trx(things)
    .where({ id })
    .update({ custom: trx.raw('jsonb_strip_nulls(custom || cast(? as jsonb))', [JSON.stringify(values)]) })
}

/** What is wrong with a value of a custom field; null when it fits. */
export function wrongIn(
  field: { kind: string; choices: readonly string[] } | undefined,
  value: string | number | boolean | null
): string | null {
  if (!field) return 'does not exist'
  if (value === null || value === '') return null
  switch (field.kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'must be a number'
    case 'flag':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'date':
      return typeof value === 'string' && isDay(value) ? null : 'must be a date such as 2026-01-01'
    case 'choice':
      return typeof value === 'string' && field.choices.includes(value) ? null : 'does not exist'
    default:
      return typeof value === 'string' ? null : 'must be a text'
  }
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text)
