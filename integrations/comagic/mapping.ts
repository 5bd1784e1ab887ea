import type { DealFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import { talkerOf, type CallFacts } from '../connectors/facts.ts'
import {
  hearsNothing,
  type Link,
  type Mapping,
  type Memory,
  type Next,
  type Telling
} from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import { mainRecord, recordsDueMs } from '../connectors/records.ts'
import { sourceComment } from '../connectors/source-text.ts'
import type { ComagicSettings } from './settings.ts'
import { zoneText } from './times.ts'

const digitsOf = (phone: string): string => phone.replace(/\D/g, '')
const longestComment = 1000

/** By what a call or a form is joined to advertising: a visit that they know, else a site or a campaign of theirs. */
function whence(cookies: Readonly<Record<string, string>>, { siteId, campaignId }: ComagicSettings): object {
  const session = cookies['comagic_session'] ?? ''
  if (/^\d{1,15}$/.test(session)) return { visitor_session_id: Number(session) }
  return {
    ...(campaignId !== '' && { campaign_id: Number(campaignId) }),
    ...(siteId !== '' && { site_id: Number(siteId) })
  }
}

/** A call that is over; one that was taken already is left as it is there, by our id. */
const calls: Telling<CallFacts> = {
  next(call, memory, { settings, nowMs, people }) {
    const set = settings as ComagicSettings
    if (!set.isSendingCalls || memory['isSent'] === true || call.direction === 'internal') return null
    const { client, line, ended, direction, talks } = call
    if (call.isTest || call.isSpam || client === null || (direction === 'in' && line === null)) return null
    if (!ended || ended.outcome === 'blocked') return null
    const dueMs = set.isSendingRecords ? recordsDueMs(call, nowMs) : null
    if (dueMs !== null) return { untilMs: dueMs }
    const ours = line === null ? '' : digitsOf(line)
    const [first] = talks
    const recordingId = set.isSendingRecords ? mainRecord(call) : null
    const talker = people[talkerOf(call) ?? ''] ?? set.defaultPerson
    return {
      key: 'call',
      method: 'upload.calls',
      params: {
        calls: [
          {
            ext_id: call.callId,
            direction,
            calling_phone_number: direction === 'in' ? digitsOf(client) : ours,
            called_phone_number: direction === 'in' ? ours : digitsOf(client),
            start_time: zoneText(call.startedMs, set.timeZone),
            finish_time: zoneText(Math.max(ended.atMs, call.startedMs), set.timeZone),
            is_lost: talks.length === 0,
            is_transfer: isHandedOver(call),
            ...(first && { wait_duration: Math.max(0, Math.round((first.fromMs - call.startedMs) / 1000)) }),
            talk_duration: Math.round(ended.talkSeconds),
            ...whence(call.path.cookies, set),
            comment: commentOf(call, set.locale)
          }
        ],
        ...(talker !== null && { employee_id: Number(talker) })
      },
      ...(recordingId !== null && { recordingId })
    }
  },
  took: (_step, _answer, _memory, { callId }) => ({
    memory: { isSent: true },
    links: [{ ourKind: 'call', ourId: callId, foreignKind: 'call', foreignId: callId }]
  }),
  isDone: () => false
}

const isHandedOver = ({ isTransferred, talks }: CallFacts): boolean =>
  isTransferred || new Set(talks.map(({ userId }) => userId)).size > 1

function commentOf(call: CallFacts, locale: ComagicSettings['locale']): string {
  const rating = call.rating === null ? null : `${locale === 'ru' ? 'Оценка' : 'Rating'}: ${call.rating}`
  const names = [...new Set(call.talks.map(({ name }) => name))].join(' → ')
  return [sourceComment(call, locale) ?? 'Ringtrace', names, rating]
    .filter(Boolean)
    .join('\n')
    .slice(0, longestComment)
}

/** A form or a callback of our sites becomes a request of theirs; a second time it is the same one, by our id. */
const inquiries: Telling<InquiryFacts> = {
  next(inquiry, memory, { settings, nowMs }) {
    const set = settings as ComagicSettings
    if (!set.isSendingForms || memory['isSent'] === true) return null
    if (inquiry.kind !== 'form' && inquiry.kind !== 'callback') return null
    const { phone, mail, state, name, text } = inquiry
    if (state === 'spam' || (phone === null && mail === null)) return null
    const form = inquiry.forms.find(({ id }) => id === inquiry.formId)
    // It has come from there.
    if (form?.takenBy === 'comagic') return null
    const from = whence(inquiry.path.cookies, set)
    if (Object.keys(from).length === 0) return { wrong: 'noSite' }
    return {
      key: 'request',
      method: 'upload.offline_messages',
      params: {
        offline_messages: [
          {
            ext_id: inquiry.inquiryId,
            date_time: zoneText(Math.min(inquiry.createdMs, nowMs), set.timeZone),
            ...(name !== null && { name }),
            ...(phone !== null && { phone: digitsOf(phone) }),
            ...(mail !== null && { email: mail }),
            ...(text !== null && { message: text.slice(0, 4000) }),
            form_name: form?.formName ?? 'Ringtrace',
            ...from
          }
        ]
      }
    }
  },
  took(_step, answer, _memory, { inquiryId }) {
    const id = textOf(recordOf(listOf(answer)[0])['id'])
    return {
      memory: { isSent: true },
      links:
        id === '' ? [] : [{ ourKind: 'inquiry', ourId: inquiryId, foreignKind: 'request', foreignId: id }]
    }
  },
  isDone: () => false
}

/** What they know of a deal. */
interface KnownDeal {
  /** The contact as it was told. */
  contact?: string
  /** How many of its stages were told. */
  stages?: number
  /** The deal as it was told. */
  told?: string
}

/**
 * The contact first, then the stages that were not told yet, one request each; a change of the sum repeats the last. One
 * at a time: if an answer is lost, only the stage that they knew last is told again, never one from before it.
 */
const deals: Telling<DealFacts> = {
  next(deal, memory, { settings, links, nowMs }) {
    const set = settings as ComagicSettings
    if (!set.isSendingDeals || deal.history.length === 0) return null
    const known = memory as KnownDeal
    const contact = contactOf(deal, set)
    if (contact && known.contact !== contact.text) {
      const isThere =
        known.contact !== undefined ||
        links.some(
          ({ ourKind, ourId, foreignKind }) =>
            ourKind === 'contact' && ourId === contact.id && foreignKind === 'contact'
        )
      return isThere
        ? { key: `contact ${contact.text}`, method: 'update.deal_contacts', params: contact.params }
        : {
            key: `contact ${contact.text}`,
            method: 'create.deal_contacts',
            params: { contacts: [contact.params] }
          }
    }
    return stageStep(deal, known, set, links, nowMs)
  },
  took(step, _answer, memory, deal) {
    const known = memory as KnownDeal
    if (step.key.startsWith('contact ')) {
      const id = deal.contact?.id ?? ''
      return {
        memory: { ...known, contact: step.key.slice('contact '.length) },
        links: [{ ourKind: 'contact', ourId: id, foreignKind: 'contact', foreignId: id }]
      }
    }
    const { stages, told } = JSON.parse(step.key.slice('deal '.length)) as Required<KnownDeal>
    return {
      memory: { ...known, stages, ...(stages === deal.history.length && { told }) } satisfies Memory,
      links: [{ ourKind: 'deal', ourId: deal.dealId, foreignKind: 'deal', foreignId: deal.dealId }]
    }
  },
  // Somebody has told of the contact, with another deal.
  isDone: ({ method }, { code }) =>
    method === 'create.deal_contacts' && (code === 'duplicate_entity' || code === 'already_in_use')
}

function contactOf(
  { contact, createdMs }: DealFacts,
  { timeZone }: ComagicSettings
): { id: string; text: string; params: Record<string, unknown> } | null {
  if (!contact) return null
  const phones = contact.phones.map(digitsOf)
  return {
    id: contact.id,
    text: JSON.stringify([contact.name, phones, contact.mails]),
    params: {
      ext_id: contact.id,
      name: contact.name.slice(0, 200),
      // A deal is joined to what its contact did in the thirty days before.
      created_date_time: zoneText(createdMs, timeZone),
      ...(phones.length > 0 && { phone_numbers: phones }),
      ...(contact.mails.length > 0 && { emails: [...contact.mails] })
    }
  }
}

function stageStep(
  deal: DealFacts,
  known: KnownDeal,
  { timeZone, currency }: ComagicSettings,
  links: readonly Link[],
  nowMs: number
): Next {
  const { dealId, title, history, amount, contact, createdMs, closedMs, path } = deal
  const revenue = deal.currency === currency ? amount : 0
  const told = JSON.stringify([title, revenue, contact?.id ?? null, history.length])
  if (known.told === told) return null
  const place = Math.min(known.stages ?? 0, history.length - 1)
  const request = links.find(
    ({ ourKind, ourId, foreignKind }) =>
      ourKind === 'inquiry' && ourId === deal.inquiryId && foreignKind === 'communication'
  )
  const entry = history[place]
  if (!entry) return null
  const { stage } = entry
  const isLast = place === history.length - 1
  const isNew = place >= (known.stages ?? 0)
  const stageMs = Math.max(entry.atMs, createdMs)
  const item = {
    ext_id: dealId,
    name: title,
    created_date_time: zoneText(createdMs, timeZone),
    modified_date_time: zoneText(isNew ? stageMs : nowMs, timeZone),
    modified_stage_date_time: zoneText(stageMs, timeZone),
    ...(isLast &&
      stage.kind !== 'open' &&
      closedMs !== null && { closed_date_time: zoneText(Math.max(closedMs, createdMs), timeZone) }),
    ...(contact && { contact_ext_ids: [contact.id], main_contact_ext_id: contact.id }),
    ...(isLast && { revenue }),
    ...(path.source !== null && { source: path.source }),
    ...(request && { communication_id: Number(request.foreignId), communication_type: 'offline_message' }),
    stage_ext_id: stage.id
  }
  return {
    key: `deal ${JSON.stringify({ stages: place + 1, told })}`,
    method: 'upload.deals_history',
    params: { deals: [item] }
  }
}

export const mapping: Mapping = { ...hearsNothing, ...calls, inquiries, deals }
