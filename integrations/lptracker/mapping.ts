import { talkerOf, type CallFacts } from '../connectors/facts.ts'
import { hearsNothing, type Mapping, type Next, type Step, type World } from '../connectors/kind.ts'
import { theirUsers } from '../connectors/read.ts'
import { mainRecord, recordsDueMs } from '../connectors/records.ts'
import { contactStep, deeds, tookCommon, viewOf, type Known } from './deeds.ts'
import { inquiries } from './inquiries.ts'
import type { LptrackerSettings } from './settings.ts'
import { callText, markOf, wordsOf } from './words.ts'

const settingsOf = ({ settings }: World): LptrackerSettings => settings as LptrackerSettings

/** Contact, lead, comment; what comes later is another comment. */
export const mapping: Mapping = {
  ...hearsNothing,
  next(call, memory, world) {
    const known = memory as Known
    if (call.isTest || call.isSpam || call.direction === 'internal' || call.client === null) return null
    if (!call.ended || call.ended.outcome === 'blocked') return null
    const { isSendingRecords } = settingsOf(world)
    const dueMs = isSendingRecords && !known.isTold ? recordsDueMs(call, world.nowMs) : null
    if (dueMs !== null) return { untilMs: dueMs }
    if (known.contact === undefined) return contactStep(call.clientName ?? call.client, call.client, null)
    if (known.lead === undefined) return leadStep(call, known.contact, world)
    if (known.lead === '') return null
    return told(call, known, known.lead, world)
  },
  took(step, answer, memory, call) {
    const ours = { contactId: call.contactId, kind: 'call', id: call.callId } as const
    const common = tookCommon(step, answer, memory, ours)
    if (common) return common
    const change: Known =
      step.key === 'told'
        ? { isTold: true, rating: call.rating }
        : step.key === 'rating'
          ? { rating: call.rating }
          : {}
    const record = step.recordingId === undefined ? {} : { recordId: step.recordingId }
    return { memory: { ...memory, ...change, ...record }, links: [] }
  },
  isDone: () => false,
  inquiries
}

function leadStep(call: CallFacts, contact: string, world: World): Step {
  const { isCreating, project, defaultPerson } = settingsOf(world)
  const [person] = theirUsers(
    [talkerOf(call), call.orderedBy, world.ownerId, ...call.rung.toReversed()],
    world.people
  )
  const owner = person ?? defaultPerson
  return {
    key: 'lead',
    method: deeds.lead,
    params: {
      contact,
      // A call that we made to a stranger is no wish of a client.
      isCreating: isCreating && call.direction === 'in',
      lead: {
        contact_id: Number(contact),
        name: `${call.client ?? ''}${call.source === null ? '' : ` · ${call.source.name}`}`,
        view: viewOf({ ...call.path, source: call.path.source ?? call.source?.name ?? null }, project),
        ...(owner !== null && { owner: Number(owner) })
      }
    }
  }
}

function told(call: CallFacts, known: Known, lead: string, world: World): Next {
  const { isSendingRecords, locale } = settingsOf(world)
  const words = wordsOf(locale)
  const record = isSendingRecords && known.recordId === undefined ? mainRecord(call) : null
  const say = (key: string, text: string): Step => ({
    key,
    method: deeds.comment,
    params: { lead, text, ...(record !== null && { linkLabel: words.record }) },
    ...(record !== null && { recordingId: record })
  })
  if (!known.isTold) return say('told', callText(call, locale))
  if (call.rating !== null && call.rating !== known.rating)
    return say('rating', `${markOf(call.callId)}\n${words.rating}: ${call.rating}`)
  return record === null ? null : say('record', markOf(call.callId))
}
