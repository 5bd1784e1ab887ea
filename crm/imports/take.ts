import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { lockCrm, mostEmails } from '../clients.ts'
import type { ClientThings } from './fields.ts'
import { readRow, type Known, type ReadContact, type ReadRow, type RowProblem } from './row.ts'
import { writeDeals } from './take-deals.ts'

export type Duplicates = 'update' | 'skip' | 'make'

export interface ImportPlan {
  id: string
  things: ClientThings
  columns: readonly (string | null)[]
  duplicates: Duplicates
  /** Of new clients and deals whose row names nobody. */
  ownerId: string | null
}

export interface FileLine {
  line: number
  cells: readonly string[]
}

/** What became of a row. */
export interface Outcome {
  line: number
  state: 'created' | 'updated' | 'skipped' | 'refused'
  problem: RowProblem | null
  contactId: string | null
  isContactNew: boolean
  /** Made for this row. */
  companyId: string | null
  dealId: string | null
  change: Record<string, unknown> | null
}

export interface LineRead extends ReadRow {
  line: number
}

interface Fields {
  name: string
  note: string | null
  owner_id: string | null
  company_id: string | null
  tags: string[]
  custom: Record<string, unknown>
}

/** A client that rows mean: as it is to be written. */
interface Draft extends Fields {
  id: string
  /** As it stands in the database; null: it is new. */
  before: Fields | null
  phones: Set<string>
  emails: Set<string>
}

interface Book {
  drafts: Map<string, Draft>
  byPhone: Map<string, string>
  /** Null: several clients share the mail, so that it tells nobody apart. */
  byEmail: Map<string, string | null>
  /** By the name in small letters; those with facts are to be made. */
  companies: Map<string, { id: string; fresh: ReadContact | null }>
}

/**
 * Takes some rows of a file in the caller's transaction: what is faulty is refused row by row, who is there already is
 * updated, skipped or made once more, as the plan says. Each row notes what it has made and changed, so that it can be undone.
 */
export async function takeRows(
  trx: Knex,
  plan: ImportPlan,
  lines: readonly FileLine[],
  known: Known
): Promise<Outcome[]> {
  await lockCrm(trx)
  const rows = lines.map(({ line, cells }) => ({ line, ...readRow(plan.things, plan.columns, cells, known) }))
  const book = await bookOf(trx, rows)
  const outcomes = rows.map((row) => outcomeOf(plan, row, book))
  await writeCompanies(trx, book)
  await writeContacts(trx, [...book.drafts.values()])
  if (plan.things === 'deals') await writeDeals(trx, plan, rows, outcomes)
  await noteRows(trx, plan.id, outcomes)
  return outcomes
}

/** Who of the database rows may mean. */
export async function bookOf(trx: Knex, rows: readonly LineRead[]): Promise<Book> {
  const phones = [...new Set(rows.flatMap(({ contact }) => contact.phones))]
  const emails = [...new Set(rows.flatMap(({ contact }) => contact.emails))]
  const names = [...new Set(rows.flatMap(({ contact }) => contact.company?.toLowerCase() ?? []))]
  const byPhone = await trx('contact_phones')
    .whereRaw('e164 = any(cast(? as text[]))', [phones])
    .select<{ e164: string; id: string }[]>('e164', 'contact_id as id')
  const byEmail = await trx('contact_emails')
    .whereRaw('email = any(cast(? as text[]))', [emails])
    .groupBy('email')
    .select<{ email: string; ids: string[] }[]>('email', trx.raw('array_agg(contact_id) as ids'))
  const companies = await trx('companies')
    .whereRaw('lower(name) = any(cast(? as text[]))', [names])
    .orderBy(['created_at', 'id'])
    .select<{ key: string; id: string }[]>(trx.raw('lower(name) as key'), 'id')
  const ids = [...new Set([...byPhone.map(({ id }) => id), ...byEmail.flatMap((each) => each.ids)])]
  const contacts = await trx('contacts')
    .whereRaw('id = any(cast(? as uuid[]))', [ids])
    .forUpdate()
    .select<(Fields & { id: string })[]>('id', 'name', 'note', 'owner_id', 'company_id', 'tags', 'custom')
  return {
    drafts: new Map(
      contacts.map(({ id, ...before }) => [
        id,
        { id, ...before, before, phones: new Set<string>(), emails: new Set<string>() }
      ])
    ),
    byPhone: new Map(byPhone.map(({ e164, id }) => [e164, id])),
    byEmail: new Map(byEmail.map(({ email, ids: of }) => [email, of.length === 1 ? (of[0] ?? null) : null])),
    companies: new Map(companies.toReversed().map(({ key, id }) => [key, { id, fresh: null }]))
  }
}

/** What a row comes to, noted in the book for the rows that follow. */
export function outcomeOf(plan: ImportPlan, row: LineRead, book: Book): Outcome {
  const { line, contact, deal, problems } = row
  const nothing = { line, contactId: null, isContactNew: false, companyId: null, dealId: null, change: null }
  const refused = (problem: RowProblem): Outcome => ({ ...nothing, state: 'refused', problem })
  const [problem] = problems
  if (problem) return refused(problem)
  const isNobody = contact.name === null && contact.phones.length === 0 && contact.emails.length === 0
  if (deal && isNobody) return { ...nothing, state: 'created', problem: null }
  const found = [...new Set(contact.phones.flatMap((phone) => book.byPhone.get(phone) ?? []))]
  if (found.length > 1 && plan.duplicates !== 'make')
    return refused({ field: 'phone', code: 'twoContacts', value: contact.phones.join(', ') })
  const byMail = contact.emails.flatMap((email) => book.byEmail.get(email) ?? [])[0]
  const knownId = found[0] ?? byMail
  const known = knownId === undefined ? undefined : book.drafts.get(knownId)
  if (known && !(plan.duplicates === 'make' && !deal)) {
    // A deal only needs to know whose it is; the rule of doubles is about the deal then.
    if (!deal && plan.duplicates === 'skip')
      return { ...nothing, contactId: known.id, state: 'skipped', problem: null }
    const company = deal ? null : companyOf(contact, book)
    const change = merge(known, contact, company?.id ?? null, book, deal !== null)
    return {
      ...nothing,
      ...{ contactId: known.id, change, companyId: company?.isFresh ? company.id : null },
      ...{ state: deal ? 'created' : change ? 'updated' : 'skipped', problem: null }
    }
  }
  const company = companyOf(contact, book)
  const phones = contact.phones.filter((phone) => !book.byPhone.has(phone))
  const taken = contact.phones.filter((phone) => book.byPhone.has(phone))
  const made: Draft = {
    id: randomUUID(),
    before: null,
    name: contact.name ?? contact.phones[0] ?? contact.emails[0] ?? '',
    // A number belongs to one client: of a second one it stands in the note.
    note: [contact.note, ...taken].filter((text) => text !== null).join('\n') || null,
    owner_id: contact.ownerId ?? plan.ownerId,
    company_id: company?.id ?? null,
    tags: contact.tags.toSorted(),
    custom: contact.custom,
    phones: new Set(phones),
    emails: new Set(contact.emails)
  }
  book.drafts.set(made.id, made)
  for (const phone of phones) book.byPhone.set(phone, made.id)
  for (const email of contact.emails) book.byEmail.set(email, book.byEmail.has(email) ? null : made.id)
  return {
    ...nothing,
    ...{ contactId: made.id, isContactNew: true, companyId: company?.isFresh ? company.id : null },
    ...{ state: 'created', problem: null }
  }
}

function companyOf(contact: ReadContact, book: Book): { id: string; isFresh: boolean } | null {
  if (contact.company === null) return null
  const key = contact.company.toLowerCase()
  const known = book.companies.get(key)
  if (known) return { id: known.id, isFresh: false }
  const id = randomUUID()
  book.companies.set(key, { id, fresh: contact })
  return { id, isFresh: true }
}

/**
 * Writes what a row knows of a client into their draft.
 * @param onlyNew leaves what is there already, and adds numbers and mails
 * @returns what has changed, each as it was and as it is; null: nothing
 */
function merge(
  draft: Draft,
  contact: ReadContact,
  companyId: string | null,
  book: Book,
  onlyNew: boolean
): Record<string, unknown> | null {
  const was = { ...draft, custom: { ...draft.custom } }
  const isNameless = draft.name === '' || /^\+?\d+$/.test(draft.name)
  if (contact.name !== null && (isNameless || !onlyNew)) draft.name = contact.name
  if (!onlyNew) {
    if (contact.note !== null) draft.note = contact.note
    if (contact.ownerId !== null) draft.owner_id = contact.ownerId
    if (companyId !== null) draft.company_id = companyId
    draft.custom = { ...draft.custom, ...contact.custom }
    draft.tags = [...new Set([...draft.tags, ...contact.tags])].toSorted().slice(0, 50)
  }
  const fields = ['name', 'note', 'owner_id', 'company_id', 'tags', 'custom'] as const
  const changed = Object.fromEntries(
    fields.flatMap((field) =>
      JSON.stringify(was[field]) === JSON.stringify(draft[field]) ? [] : [[field, [was[field], draft[field]]]]
    )
  )
  const phones = contact.phones.filter((phone) => !book.byPhone.has(phone))
  for (const phone of phones) {
    draft.phones.add(phone)
    book.byPhone.set(phone, draft.id)
  }
  // A mail that the client has already is known by them alone, or shared.
  const emails = contact.emails.filter((email) => book.byEmail.get(email) === undefined)
  for (const email of emails) {
    draft.emails.add(email)
    book.byEmail.set(email, draft.id)
  }
  if (Object.keys(changed).length + phones.length + emails.length === 0) return null
  return { contact: changed, ...(phones.length > 0 && { phones }), ...(emails.length > 0 && { emails }) }
}

async function writeCompanies(trx: Knex, { companies }: Book): Promise<void> {
  const fresh = [...companies.values()].flatMap(({ id, fresh: of }) =>
    of ? [{ id, name: of.company, tax_number: of.taxNumber, website: of.website }] : []
  )
  if (fresh.length === 0) return
  await trx.raw(
    `insert into companies (id, name, tax_number, website)
     select id, name, tax_number, website from jsonb_to_recordset(cast(? as jsonb))
       as x(id uuid, name text, tax_number text, website text)`,
    [JSON.stringify(fresh)]
  )
}

async function writeContacts(trx: Knex, drafts: readonly Draft[]): Promise<void> {
  const shape = 'x(id uuid, name text, note text, owner_id uuid, company_id uuid, tags text[], custom jsonb)'
  const written = (some: readonly Draft[]): string =>
    JSON.stringify(some.map(({ before: _b, phones: _p, emails: _e, ...row }) => row))
  const fresh = drafts.filter(({ before }) => before === null)
  if (fresh.length > 0)
    await trx.raw(
      `insert into contacts (id, name, note, owner_id, company_id, tags, custom)
       select id, name, note, owner_id, company_id, tags, custom from jsonb_to_recordset(cast(? as jsonb)) as ${shape}`,
      [written(fresh)]
    )
  const changed = drafts.filter((draft) => draft.before !== null && isChanged(draft, draft.before))
  if (changed.length > 0)
    await trx.raw(
      `update contacts c set name = x.name, note = x.note, owner_id = x.owner_id, company_id = x.company_id,
         tags = x.tags, custom = x.custom, updated_at = now()
       from jsonb_to_recordset(cast(? as jsonb)) as ${shape} where c.id = x.id`,
      [written(changed)]
    )
  const phones = drafts.flatMap(({ id, phones: of }) => [...of].map((value) => ({ id, value })))
  const emails = drafts.flatMap(({ id, emails: of }) =>
    [...of].slice(0, mostEmails).map((value) => ({ id, value }))
  )
  for (const [table, column, values] of [
    ['contact_phones', 'e164', phones],
    ['contact_emails', 'email', emails]
  ] as const)
    if (values.length > 0)
      await trx.raw(
        `insert into ${table} (contact_id, ${column})
         select id, value from jsonb_to_recordset(cast(? as jsonb)) as x(id uuid, value text) on conflict do nothing`,
        [JSON.stringify(values)]
      )
}

const isChanged = (draft: Draft, before: Fields): boolean =>
  (['name', 'note', 'owner_id', 'company_id', 'tags', 'custom'] as const).some(
    (field) => JSON.stringify(draft[field]) !== JSON.stringify(before[field])
  )

async function noteRows(trx: Knex, importId: string, outcomes: readonly Outcome[]): Promise<void> {
  await trx.raw(
    `update client_import_rows r set state = x.state, problem = x.problem, contact_id = x."contactId", deal_id = x."dealId",
       company_id = x."companyId", is_contact_new = x."isContactNew", change = x.change
     from jsonb_to_recordset(cast(? as jsonb)) as x(line int, state text, problem jsonb, "contactId" uuid, "dealId" uuid,
       "companyId" uuid, "isContactNew" boolean, change jsonb)
     where r.import_id = ? and r.line = x.line`,
    [JSON.stringify(outcomes), importId]
  )
  await trx.raw(
    `update client_imports set created = created + :created, updated = updated + :updated, skipped = skipped + :skipped,
       refused = refused + :refused where id = :id`,
    { id: importId, ...countsOf(outcomes) }
  )
}

/** How many rows came to what. */
export function countsOf(outcomes: readonly Outcome[]): Record<Outcome['state'], number> {
  const counts = { created: 0, updated: 0, skipped: 0, refused: 0 }
  for (const { state } of outcomes) counts[state] += 1
  return counts
}
