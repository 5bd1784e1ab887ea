import { mainRecord, recordsDueMs } from '../connectors/records.ts'
import type { CallFacts } from '../connectors/facts.ts'
import type { InquiryFacts } from '../connectors/crm-facts.ts'
import { hearsNothing, type Mapping, type Telling } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { RoistatSettings } from './settings.ts'
import { digitsOf, markerOf, utcText, words } from './words.ts'

/** What Roistat knows of a call or a form. */
interface Known {
  id?: string
}

/** Our calls become calls of Roistat's call tracking: one request for each, when all is known of it. */
const calls: Telling<CallFacts> = {
  next(call, memory, { settings, nowMs }) {
    const { isSendingCalls, isMarking, locale } = settings as RoistatSettings
    if (!isSendingCalls || (memory as Known).id !== undefined) return null
    if (call.direction !== 'in' || call.isTest || call.isSpam || call.client === null || call.line === null)
      return null
    if (!call.ended || call.ended.outcome === 'blocked') return null
    const dueMs = recordsDueMs(call, nowMs)
    if (dueMs !== null) return { untilMs: dueMs }
    const visit = call.path.ids.roistat
    const marker = isMarking ? markerOf(call.path) : null
    const recordingId = mainRecord(call)
    return {
      key: 'call',
      method: 'project/phone-call',
      params: {
        callee: digitsOf(call.line),
        caller: digitsOf(call.client),
        date: utcText(call.startedMs),
        duration: call.ended.totalSeconds,
        answer_duration: call.ended.talkSeconds,
        status: statusOf(call),
        ...(visit !== null ? { visit_id: visit } : marker !== null && { marker }),
        comment: commentOf(call, locale),
        // It is in our CRM already: Roistat must not bring it back as a lead.
        save_to_crm: 0
      },
      ...(recordingId !== null && { recordingId })
    }
  },
  took(_step, answer, _memory, { callId }) {
    const id = textOf(recordOf(recordOf(answer)['phoneCall'])['id'])
    return {
      memory: { id },
      links: id === '' ? [] : [{ ourKind: 'call', ourId: callId, foreignKind: 'call', foreignId: id }]
    }
  },
  isDone: () => false
}

function statusOf({ talks, ended }: CallFacts): string {
  if (talks.length > 0) return 'ANSWER'
  switch (ended?.outcome) {
    case 'busy':
      return 'BUSY'
    case 'abandoned':
      return 'CANCEL'
    case 'voicemail':
      return 'TORTURE'
    case 'failed':
      return 'CONGESTION'
    default:
      return 'NOANSWER'
  }
}

/** Our id comes first: by it a call is found whose answer was lost. */
function commentOf(call: CallFacts, locale: RoistatSettings['locale']): string {
  const say = words[locale]
  const { talks, rating, isTransferred } = call
  const names = [...new Set(talks.map(({ name }) => name))]
  return [
    `Ringtrace ${call.callId}`,
    ...(names.length > 0 ? [`${say.operator}: ${names.join(' → ')}`] : []),
    ...(isTransferred || new Set(talks.map(({ userId }) => userId)).size > 1 ? [say.transferred] : []),
    ...(rating === null ? [] : [`${say.rating}: ${rating}`])
  ].join('. ')
}

/** Forms and callbacks of our sites become leads of Roistat that it does not send on: our deals tell what became of them. */
const inquiries: Telling<InquiryFacts> = {
  next(inquiry, memory, { settings }) {
    const { isSendingForms, isMarking } = settings as RoistatSettings
    if (!isSendingForms || (memory as Known).id !== undefined) return null
    if (inquiry.kind !== 'form' && inquiry.kind !== 'callback') return null
    const { inquiryId, phone, mail, path, state } = inquiry
    if (state === 'spam' || (phone === null && mail === null)) return null
    const form = inquiry.forms.find(({ id }) => id === inquiry.formId)
    // It has come from there.
    if (form?.takenBy === 'roistat') return null
    return {
      key: 'lead',
      method: 'leads/add',
      params: {
        roistat: path.ids.roistat ?? (isMarking ? markerOf(path) : null) ?? '',
        title: form?.formName ?? inquiry.title,
        name: inquiry.name ?? '',
        phone: phone ?? '',
        email: mail ?? '',
        comment: inquiry.text ?? '',
        order_creation_method: 'Ringtrace',
        is_need_callback: '0',
        is_skip_sending: '1',
        fields: { ringtrace: inquiryId }
      }
    }
  },
  took(_step, answer, _memory, { inquiryId }) {
    const id = textOf(recordOf(answer)['id'])
    return {
      memory: { id },
      links: id === '' ? [] : [{ ourKind: 'inquiry', ourId: inquiryId, foreignKind: 'lead', foreignId: id }]
    }
  },
  isDone: () => false
}

export const mapping: Mapping = { ...hearsNothing, ...calls, inquiries }
