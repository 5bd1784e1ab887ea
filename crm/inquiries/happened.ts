import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import { contactOf, isPhone } from '../clients.ts'
import { livingContact } from '../contacts/merge.ts'
import { messageCame } from '../messages/came.ts'
import type { Announce } from '../ports.ts'
import { knownBy } from './known.ts'
import { attach, place, type Path } from './place.ts'
import { noteTalk } from './responses.ts'
import { forgetSpamCall, hideHit, learnSpam, spamMarkOf } from './spam.ts'
import { pathOfSource, pathOfVisit } from './sources.ts'

/** What waits to be worked out. */
export interface Waiting {
  subject: 'call' | 'form' | 'callback' | 'message'
  subject_id: string
}

/**
 * Works out what calls that ended, forms, callbacks and messages mean for the CRM, one after another. It looks at what is written,
 * not at what has changed, so repeating it changes nothing. Take `lockCrm` first.
 */
export async function workOut(trx: Knex, waiting: readonly Waiting[], announce: Announce): Promise<void> {
  const calls = await readCalls(trx, waiting)
  for (const { subject, subject_id: id } of waiting) {
    if (subject === 'call') await called(trx, calls.get(id), announce)
    else if (subject === 'form') await formSent(trx, id, announce)
    else if (subject === 'callback') await callbackOrdered(trx, id, announce)
    else await messageCame(trx, id, announce)
  }
}

interface CallRow {
  id: string
  direction: 'in' | 'out' | 'internal'
  started_at: Date
  answered_at: Date | null
  outcome: string | null
  caller_number: string | null
  caller_name: string | null
  source_name: string | null
  inquiry_channel: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
  site_id: string | null
  number_id: string | null
  operator_id: string | null
  contact_id: string | null
  visit_id: string | null
  visitor_id: string | null
  is_spam: boolean
  tags: string[]
  is_demo: boolean
  is_demo_number: boolean
  /** Something is still hidden because this call was once marked as spam. */
  hides: boolean
  is_placed: boolean
  /** The contact of the call has gone into another. */
  is_merged: boolean
}

/** Of what is told here of a call nothing changes by what another one means. */
const callsText = `
select c.*, exists (select from numbers n where n.id = c.number_id and n.is_demo) as is_demo_number,
  exists (select from spam_marks m where m.call_id = c.id)
    or exists (select from inquiries i where i.call_id = c.id and i.state = 'spam') as hides,
  exists (select from contact_merges m where m.loser_id = c.contact_id and m.undone_at is null) as is_merged,
  exists (select from activities a where a.subject_id = c.id and a.subject = 'call') as is_placed
from calls c where c.id = any (:ids)`

async function readCalls(trx: Knex, waiting: readonly Waiting[]): Promise<ReadonlyMap<string, CallRow>> {
  const ids = waiting.flatMap(({ subject, subject_id }) => (subject === 'call' ? [subject_id] : []))
  const rows = ids.length === 0 ? [] : await prepared<CallRow>(trx, 'crm-calls', callsText, { ids })
  return new Map(rows.map((row) => [row.id, row]))
}

/** Nobody talked with the client. */
const unanswered = new Set(['missed', 'abandoned', 'busy', 'failed', 'voicemail'])

async function called(trx: Knex, call: CallRow | undefined, announce: Announce): Promise<void> {
  // Erased meanwhile, with all that is known of it.
  if (!call || call.outcome === 'blocked') return
  await followMerge(trx, call)
  const { id } = call
  const phone = isPhone(call.caller_number) ? call.caller_number : null
  let contactId: string | null | undefined
  if (call.direction === 'out') {
    if (phone === null) return
    contactId = await attach(trx, { id, at: call.started_at, phone })
  } else if (call.is_spam || call.tags.includes('spam')) {
    if (call.is_spam) await learnSpam(trx, { phone, email: null }, { callId: id, at: call.started_at })
    return hide(trx, id)
  } else {
    if (call.hides) {
      await forgetSpamCall(trx, id)
      await show(trx, id)
    }
    const known = phone === null ? null : await knownBy(trx, phone, call.started_at)
    // As `spamMarkOf` says: nothing is hidden of whom there is an open deal with.
    if (known && known.markId !== null && known.dealId === null)
      return hideHit(trx, known.markId, { subject: 'call', id, at: call.started_at })
    contactId = (await place(trx, ofCall(call), announce, known))?.contactId
  }
  if (phone === null || call.outcome !== 'answered' || call.answered_at === null) return
  // What has its place already says nothing of whose it is.
  if (contactId === undefined) contactId = (await contactOf(trx, phone))?.id ?? null
  await noteTalk(trx, { contactId, phone }, call.answered_at)
}

/** While they talked, the client may have gone into another contact. */
async function followMerge(trx: Knex, call: CallRow): Promise<void> {
  if (call.contact_id === null || !call.is_merged) return
  const contactId = await livingContact(trx, call.contact_id)
  if (contactId === null || contactId === call.contact_id) return
  await trx('calls').where({ id: call.id }).update({ contact_id: contactId })
  call.contact_id = contactId
}

function ofCall(call: CallRow) {
  const path: Path = {
    inquiryChannel: call.inquiry_channel,
    source: call.source_name,
    medium: call.medium,
    campaign: call.campaign,
    keyword: call.keyword
  }
  return {
    subject: 'call' as const,
    id: call.id,
    at: call.started_at,
    phone: call.caller_number,
    email: null,
    name: call.caller_name,
    contactId: call.contact_id,
    visitId: call.visit_id,
    visitorId: call.visitor_id,
    siteId: call.site_id,
    path,
    answeredBy: call.outcome === 'answered' ? call.operator_id : null,
    isMissed: unanswered.has(call.outcome ?? ''),
    note: null,
    isDemo: call.is_demo || call.is_demo_number,
    isPlaced: call.is_placed
  }
}

/** Spam is hidden, never deleted. What a person has made a deal of stays one. */
async function hide(trx: Knex, callId: string): Promise<void> {
  await trx('inquiries')
    .where({ call_id: callId })
    .whereIn('state', ['new', 'inWork', 'closed'])
    .update({ state: 'spam', closed_at: trx.fn.now(), updated_at: trx.fn.now() })
}

/** It was no spam after all. */
async function show(trx: Knex, callId: string): Promise<void> {
  await trx('inquiries')
    .where({ call_id: callId, state: 'spam' })
    .update({ state: 'new', closed_at: null, updated_at: trx.fn.now() })
}

interface FormRow {
  id: string
  /** Null where another system took it, and no site of ours is named. */
  site_id: string | null
  visit_id: string | null
  visitor_id: string | null
  at: Date
  form_name: string | null
  name: string | null
  phone: string | null
  email: string | null
  message: string | null
  fields: Record<string, unknown>
  page_url: string | null
  /** What another system says of where it came from. */
  path: Path | null
}

async function formSent(trx: Knex, id: string, announce: Announce): Promise<void> {
  const form = await trx('form_submissions').where({ id }).first<FormRow | undefined>()
  if (!form) return
  const markId = await spamMarkOf(trx, form)
  if (markId !== null) return hideHit(trx, markId, { subject: 'form', id, at: form.at })
  const visit = { visitId: form.visit_id, visitorId: form.visitor_id }
  const visitor = await trx('visitors')
    .where({ id: form.visitor_id })
    .first<{ contact_id: string | null } | undefined>('contact_id')
  const placed = await place(
    trx,
    {
      ...visit,
      subject: 'form',
      id,
      at: form.at,
      phone: form.phone,
      email: form.email,
      name: form.name,
      contactId: visitor?.contact_id ?? null,
      siteId: form.site_id,
      path: form.path ?? (await pathOfVisit(trx, { ...visit, at: form.at })),
      answeredBy: null,
      isMissed: false,
      note: form.message,
      isDemo: await isDemoSite(trx, form.site_id)
    },
    announce
  )
  if (!placed) return
  const { inquiryId, dealId, contactId } = placed
  await announce(trx, {
    type: 'form.submitted',
    atMs: form.at.getTime(),
    data: {
      form: {
        id,
        siteId: form.site_id,
        ...visit,
        formName: form.form_name,
        name: form.name,
        phone: form.phone,
        email: form.email,
        message: form.message,
        pageUrl: form.page_url,
        fields: form.fields
      },
      ...{ inquiryId, dealId, contactId }
    }
  })
}

interface CallbackRow {
  id: string
  phone: string
  name: string | null
  note: string | null
  site_id: string | null
  source_id: string | null
  visit_id: string | null
  contact_id: string | null
  user_id: string | null
  created_at: Date
}

async function callbackOrdered(trx: Knex, id: string, announce: Announce): Promise<void> {
  const wish = await trx('callbacks').where({ id }).first<CallbackRow | undefined>()
  if (!wish) return
  const markId = await spamMarkOf(trx, { phone: wish.phone, email: null })
  if (markId !== null) return hideHit(trx, markId, { subject: 'callback', id, at: wish.created_at })
  const visit = await trx('visits')
    .where({ id: wish.visit_id })
    .first<{ visitor_id: string } | undefined>('visitor_id')
  const at = wish.created_at
  const visitorId = visit?.visitor_id ?? null
  await place(
    trx,
    {
      subject: 'callback',
      id,
      at,
      phone: wish.phone,
      email: null,
      name: wish.name,
      contactId: wish.contact_id,
      visitId: wish.visit_id,
      visitorId,
      siteId: wish.site_id,
      path: visit
        ? await pathOfVisit(trx, { visitId: wish.visit_id, visitorId, at })
        : await pathOfSource(trx, wish.source_id),
      answeredBy: wish.user_id,
      isMissed: false,
      note: wish.note,
      isDemo: await isDemoSite(trx, wish.site_id)
    },
    announce
  )
}

const isDemoSite = async (trx: Knex, siteId: string | null): Promise<boolean> =>
  Boolean(await trx('sites').where({ id: siteId, is_demo: true }).first<unknown>('id'))
