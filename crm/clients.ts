import type { Knex } from 'knex'
import { prepared } from '../db/prepared.ts'

export interface Client {
  id: string
  name: string
  ownerId: string | null
}

/** A telephone number that names a client: hidden and internal ones do not. */
export const isPhone = (text: string | null): text is string =>
  text !== null && /^\+[1-9]\d{3,14}$/.test(text)

/** A mail as contacts keep it; null when it is none. */
export const readEmail = (text: string | null): string | null => {
  const mail = text?.trim().toLowerCase() ?? ''
  return mail.length <= 200 && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(mail) ? mail : null
}

/**
 * Until the transaction ends, nobody else works out whose an event is, or accepts an inquiry: "is there an open one?"
 * and "then make one" are one step. Nothing of the call path ever takes this lock.
 */
export async function lockCrm(trx: Knex): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtext('ringtrace.crm'))`)
}

/** The contact with this telephone number. */
export async function contactOf(trx: Knex, phone: string): Promise<Client | null> {
  const [row] = await prepared<Client>(
    trx,
    'crm-contact-of',
    `select c.id, c.name, c.owner_id as "ownerId"
     from contact_phones p join contacts c on c.id = p.contact_id where p.e164 = :phone`,
    { phone }
  )
  return row ?? null
}

/** The contact that alone has this mail: one that several share tells nobody apart. */
export async function contactOfEmail(trx: Knex, email: string | null): Promise<Client | null> {
  const mail = readEmail(email)
  if (mail === null) return null
  const rows = await trx('contact_emails as e')
    .join('contacts as c', 'c.id', 'e.contact_id')
    .where('e.email', mail)
    .limit(2)
    .select<Client[]>('c.id', 'c.name', 'c.owner_id as ownerId')
  return rows.length === 1 ? (rows[0] ?? null) : null
}

/** How many mails a contact may have. */
export const mostEmails = 20

/** Writes a mail to a contact, where it is one and there is room. */
async function addEmail(trx: Knex, contactId: string, email: string | null): Promise<void> {
  const mail = readEmail(email)
  if (mail === null) return
  await trx.raw(
    `insert into contact_emails (contact_id, email) select :id, :mail
     where (select count(*) from contact_emails where contact_id = :id) < ${mostEmails} on conflict do nothing`,
    { id: contactId, mail }
  )
}

/**
 * The contact with this telephone number, else the one that alone has the mail, which gets the number; a new one when
 * there is none, named as they are known or by the number. A name that comes later replaces the number; what a person
 * has written stays. The owner is never touched here.
 * @param found who has the number, where that was asked already; null: nobody
 */
export async function ensureContact(
  trx: Knex,
  {
    phone,
    name,
    email = null,
    isDemo
  }: { phone: string; name: string | null; email?: string | null; isDemo: boolean },
  found?: Client | null
): Promise<Client & { isNew: boolean }> {
  const wanted = name?.trim().slice(0, 200) || null
  const byPhone = found === undefined ? await contactOf(trx, phone) : found
  const known = byPhone ?? (await givePhone(trx, phone, email))
  if (known) {
    await addEmail(trx, known.id, email)
    if (wanted === null || known.name !== phone) return { ...known, isNew: false }
    await trx('contacts').where({ id: known.id }).update({ name: wanted, updated_at: trx.fn.now() })
    return { ...known, name: wanted, isNew: false }
  }
  const [made] = await prepared<Client & { isLinked: boolean }>(
    trx,
    'crm-make-contact',
    `with made as (insert into contacts (name, is_demo) values (:name, :isDemo) returning id, name, owner_id),
     linked as (
       insert into contact_phones (e164, contact_id) select cast(:phone as text), id from made
       on conflict (e164) do nothing returning contact_id
     )
     select id, name, owner_id as "ownerId", exists (select from linked) as "isLinked" from made`,
    { name: wanted ?? phone, isDemo, phone }
  )
  if (!made) throw new Error('No contact came back')
  const { isLinked, ...client } = made
  if (isLinked) {
    await addEmail(trx, client.id, email)
    return { ...client, isNew: true }
  }
  // Somebody entered the client by hand at this very moment.
  await trx('contacts').where({ id: made.id }).delete()
  const other = await contactOf(trx, phone)
  if (!other) throw new Error('A contact went as it came')
  return { ...other, isNew: false }
}

/** Writes a number that nobody has to whom the mail tells. */
async function givePhone(trx: Knex, phone: string, email: string | null): Promise<Client | null> {
  const known = await contactOfEmail(trx, email)
  if (!known) return null
  await trx('contact_phones').insert({ e164: phone, contact_id: known.id }).onConflict('e164').ignore()
  return contactOf(trx, phone)
}

/**
 * The deal that is open with a client, also one that they have a part in beside another contact; of several their own,
 * and of those the newest. @param by only one that was there by then
 */
export async function openDealOf(
  trx: Knex,
  contactId: string,
  by: Date | null = null
): Promise<{ id: string; title: string } | null> {
  // An array and no subquery: of the latter PostgreSQL makes a look at every open deal.
  const [row] = await prepared<{ id: string; title: string }>(
    trx,
    'crm-open-deal',
    `select d.id, d.title from deals d join pipeline_stages s on s.id = d.stage_id and s.kind = 'open'
     where (d.contact_id = :contactId
         or d.id = any (array(select deal_id from deal_contacts where contact_id = :contactId)))
       and (cast(:by as timestamptz) is null or d.created_at <= :by)
     order by d.contact_id is distinct from :contactId, d.created_at desc, d.id desc limit 1`,
    { contactId, by }
  )
  return row ?? null
}

/** All telephone numbers of a client, the given one included. */
export async function phonesOf(trx: Knex, contactId: string | null, phone: string | null): Promise<string[]> {
  const rows =
    contactId === null
      ? []
      : await trx('contact_phones').where({ contact_id: contactId }).select<{ e164: string }[]>('e164')
  return [...new Set([...rows.map(({ e164 }) => e164), ...(isPhone(phone) ? [phone] : [])])]
}
