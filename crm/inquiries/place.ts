import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import { contactOf, contactOfEmail, ensureContact, isPhone, openDealOf, type Client } from '../clients.ts'
import type { Announce } from '../ports.ts'
import { joinHours, type Known } from './known.ts'
import { firstTalk, firstTalkText } from './responses.ts'

/** By what somebody came. */
export interface Path {
  inquiryChannel: string | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
}

/** One call, form, callback or message of somebody outside. */
export interface Happening {
  subject: 'call' | 'form' | 'callback' | 'message'
  /** Where the inquiry is called otherwise than what it came by. */
  inquiryKind?: 'mail'
  id: string
  at: Date
  phone: string | null
  email: string | null
  name: string | null
  /** Who tracking says it is, where the number does not tell. */
  contactId: string | null
  visitId: string | null
  visitorId: string | null
  siteId: string | null
  path: Path
  /** Who has it when the client has no owner. */
  answeredBy: string | null
  isMissed: boolean
  note: string | null
  isDemo: boolean
  /** Where that was asked already. */
  isPlaced?: boolean
}

export interface Placed {
  inquiryId: string | null
  dealId: string | null
  contactId: string | null
  isNew: boolean
}

const openStates = ['new', 'inWork']

/**
 * Puts what happened where it belongs, once: into the client's open deal; else into an inquiry of theirs that is open and
 * at most a day older or younger; else into a new inquiry. Take `lockCrm` first. Repeating it changes nothing.
 * @param known of whose telephone number it is, where that was asked already
 * @returns null when it has its place already
 */
export async function place(
  trx: Knex,
  it: Happening,
  announce: Announce,
  known: Known | null = null
): Promise<Placed | null> {
  if (it.isPlaced ?? (await hasPlace(trx, it))) return null
  const contact = await clientOf(trx, it, known)
  const contactId = contact?.id ?? null
  if (contact && it.visitorId !== null)
    await trx('visitors')
      .where({ id: it.visitorId })
      .whereNull('contact_id')
      .update({ contact_id: contact.id })
  // What was known is still so, unless the contact is another one than was thought.
  const asked = contact !== null && contact.id === known?.contact?.id ? known : null
  const dealId = asked ? asked.dealId : contact && !contact.isNew ? await openDealId(trx, contact.id) : null
  if (dealId !== null) {
    await prepared(
      trx,
      'crm-place-in-deal',
      `insert into activities (subject, subject_id, at, contact_id, deal_id)
       values (:subject, :id, :at, :contactId, :dealId)`,
      { subject: it.subject, id: it.id, at: it.at, contactId, dealId }
    )
    return { inquiryId: null, dealId, contactId, isNew: false }
  }
  const isStranger = contact?.isNew === true && it.email === null
  const open =
    asked && it.email === null ? asked.inquiryId : isStranger ? null : await openInquiryOf(trx, it, contactId)
  if (open !== null) {
    await join(trx, open, it, contact)
    return { inquiryId: open, dealId: null, contactId, isNew: false }
  }
  const inquiryId = await make(trx, it, contact, announce)
  return { inquiryId, dealId: null, contactId, isNew: true }
}

async function hasPlace(trx: Knex, { subject, id }: Happening): Promise<boolean> {
  const text = 'select from activities where subject_id = :id and subject = :subject'
  return (await prepared(trx, 'crm-has-place', text, { id, subject })).length > 0
}

const openDealId = async (trx: Knex, contactId: string): Promise<string | null> =>
  (await openDealOf(trx, contactId))?.id ?? null

async function clientOf(
  trx: Knex,
  it: Happening,
  known: Known | null
): Promise<(Client & { isNew: boolean }) | null> {
  if (isPhone(it.phone)) {
    const { phone, name, email, isDemo } = it
    return ensureContact(trx, { phone, name, email, isDemo }, known?.contact)
  }
  const byEmail = await contactOfEmail(trx, it.email)
  if (byEmail) return { ...byEmail, isNew: false }
  if (it.contactId === null) return null
  const row = await trx('contacts')
    .where({ id: it.contactId })
    .first<Client | undefined>('id', 'name', 'owner_id as ownerId')
  return row ? { ...row, isNew: false } : null
}

/** By contact; of somebody without a telephone number by e-mail. */
async function openInquiryOf(trx: Knex, it: Happening, contactId: string | null): Promise<string | null> {
  const { email } = it
  if (contactId === null && email === null) return null
  const reachMs = joinHours * 3_600_000
  const [from, to] = [new Date(it.at.getTime() - reachMs), new Date(it.at.getTime() + reachMs)]
  if (email === null) {
    const [open] = await prepared<{ id: string }>(
      trx,
      'crm-open-inquiry',
      `select id from inquiries where contact_id = :contactId and state in ('new', 'inWork')
         and created_at between :from and :to
       order by created_at desc, id desc limit 1`,
      { contactId, from, to }
    )
    return open?.id ?? null
  }
  const row = await trx('inquiries')
    .whereIn('state', openStates)
    .whereBetween('created_at', [from, to])
    .where((either) => {
      if (contactId !== null) either.where('contact_id', contactId)
      either.orWhere((mail) => {
        mail.whereRaw('lower(email) = lower(?)', [email])
        if (contactId !== null) mail.whereNull('contact_id')
      })
    })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' }
    ])
    .first<{ id: string } | undefined>('id')
  return row?.id ?? null
}

/** What an event tells that its inquiry did not know; what is known stays. */
const joinText = `
with before as (
  select phone, contact_id from inquiries where id = :inquiry
), placed as (
  insert into activities (subject, subject_id, at, contact_id, inquiry_id)
  values (:subject, :id, :at, cast(:contact as uuid), :inquiry)
)
update inquiries set
  title = case when title in (phone, 'anonymous') then coalesce(cast(:name as text), title) else title end,
  name = coalesce(name, cast(:name as text)), email = coalesce(email, :email), phone = coalesce(phone, :phone),
  contact_id = coalesce(contact_id, cast(:contact as uuid)),
  responsible_id = coalesce(responsible_id, (select id from users where id = cast(:responsible as uuid))),
  note = coalesce(note, :note),
  visit_id = coalesce(visit_id, cast(:visit as uuid)), visitor_id = coalesce(visitor_id, cast(:visitor as uuid)),
  updated_at = now()
where id = :inquiry
returning phone, contact_id, created_at, first_response_at,
  (phone, contact_id) is distinct from (select row(phone, contact_id) from before) as "isOfAnother"`

async function join(trx: Knex, inquiryId: string, it: Happening, contact: Client | null): Promise<void> {
  const [row] = await prepared<{
    phone: string | null
    contact_id: string | null
    created_at: Date
    first_response_at: Date | null
    isOfAnother: boolean
  }>(trx, 'crm-join-inquiry', joinText, {
    ...{ subject: it.subject, id: it.id, at: it.at, inquiry: inquiryId },
    ...{ contact: contact?.id ?? null, responsible: contact?.ownerId ?? it.answeredBy },
    ...{ name: it.name, email: it.email, phone: it.phone, note: it.note },
    ...{ visit: it.visitId, visitor: it.visitorId }
  })
  if (!row) throw new Error('No inquiry came back')
  // Each talk has answered what was there under the client's numbers: only others have answers to be looked for.
  if (!row.isOfAnother || row.first_response_at !== null) return
  const talked = await firstTalk(trx, { contactId: row.contact_id, phone: row.phone }, row.created_at)
  if (talked) await trx('inquiries').where({ id: inquiryId }).update({ first_response_at: talked })
}

/** In its place already. */
const makeText = `
with made as (
  insert into inquiries (kind, title, call_id, form_id, callback_id, visit_id, visitor_id, site_id, contact_id,
    phone, name, email, inquiry_channel, source, medium, campaign, keyword, responsible_id,
    is_missed, first_response_at, note, is_demo, created_at)
  values (:kind, :title, :call, :form, :callback, :visit, :visitor, (select id from sites where id = :site), :contact,
    :givenPhone, :name, :email, :inquiryChannel, :source, :medium, :campaign, :keyword,
    (select id from users where id = :responsible),
    :isMissed, (${firstTalkText}), :note, :isDemo, :since)
  returning *
), placed as (
  insert into activities (subject, subject_id, at, contact_id, inquiry_id)
  select :subject, cast(:id as uuid), created_at, contact_id, id from made
)
select * from made`

async function make(trx: Knex, it: Happening, contact: Client | null, announce: Announce): Promise<string> {
  const title = contact?.name ?? it.name ?? it.phone ?? it.email ?? 'anonymous'
  const own = (subject: Happening['subject']): string | null => (it.subject === subject ? it.id : null)
  const [row] = await prepared<InquiryRow>(trx, 'crm-make-inquiry', makeText, {
    ...{ kind: it.inquiryKind ?? it.subject, title: title.slice(0, 300), subject: it.subject, id: it.id },
    ...{ call: own('call'), form: own('form'), callback: own('callback') },
    ...{ visit: it.visitId, visitor: it.visitorId, site: it.siteId, contact: contact?.id ?? null },
    ...{ givenPhone: it.phone, phone: isPhone(it.phone) ? it.phone : null, name: it.name, email: it.email },
    ...it.path,
    ...{ responsible: contact?.ownerId ?? it.answeredBy, isMissed: it.isMissed, note: it.note },
    ...{ isDemo: it.isDemo, since: it.at }
  })
  if (!row) throw new Error('No inquiry came back')
  await announce(trx, inquiryCreated(row))
  return row.id
}

/** An inquiry as its table has it. */
export interface InquiryRow extends Record<string, unknown> {
  id: string
  created_at: Date
}

/** The event of a new inquiry. */
export const inquiryCreated = (row: InquiryRow) => ({
  type: 'inquiry.created' as const,
  atMs: row.created_at.getTime(),
  data: {
    inquiry: {
      id: row.id,
      kind: row['kind'],
      state: row['state'],
      title: row['title'],
      phone: row['phone'],
      name: row['name'],
      email: row['email'],
      contactId: row['contact_id'],
      callId: row['call_id'],
      formId: row['form_id'],
      callbackId: row['callback_id'],
      visitId: row['visit_id'],
      siteId: row['site_id'],
      inquiryChannel: row['inquiry_channel'],
      source: row['source'],
      medium: row['medium'],
      campaign: row['campaign'],
      keyword: row['keyword'],
      responsibleId: row['responsible_id'],
      isMissed: row['is_missed'],
      firstResponseAt: row['first_response_at'],
      note: row['note'],
      createdAt: row.created_at
    }
  }
})

/**
 * Joins a call of ours to what was open with the client when it was placed; nothing is made for it.
 * @returns the client's contact
 */
export async function attach(
  trx: Knex,
  call: { id: string; at: Date; phone: string }
): Promise<string | null> {
  const contact = await contactOf(trx, call.phone)
  const deal = contact && (await openDealOf(trx, contact.id, call.at))
  const inquiry = deal
    ? undefined
    : await trx('inquiries')
        .whereIn('state', openStates)
        .where('created_at', '<=', call.at)
        .where((either) => {
          either.where('phone', call.phone)
          if (contact) either.orWhere('contact_id', contact.id)
        })
        .orderBy('created_at', 'desc')
        .first<{ id: string } | undefined>('id')
  if (!deal && !inquiry) return contact?.id ?? null
  await trx('activities')
    .insert({
      subject: 'call',
      subject_id: call.id,
      at: call.at,
      contact_id: contact?.id ?? null,
      inquiry_id: inquiry?.id ?? null,
      deal_id: deal?.id ?? null
    })
    .onConflict('subject_id')
    .ignore()
  return contact?.id ?? null
}
