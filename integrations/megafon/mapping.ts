import type { CallFacts } from '../connectors/facts.ts'
import { hearsNothing, type Mapping, type Memory, type Next, type Step } from '../connectors/kind.ts'
import { mainRecord, recordsDueMs } from '../connectors/records.ts'
import type { MegafonSettings } from './settings.ts'
import { digitsOf, stampOf, statusOf } from './words.ts'

/** What the CRM knows of a call. `told`: how each of our people stands in it, by user id. */
interface Known {
  told?: Readonly<Record<string, 'rings' | 'talks'>>
  isInHistory?: boolean
  /** The rating that was told, or was in the history. */
  rating?: number
}

type EventType = 'INCOMING' | 'OUTGOING' | 'ACCEPTED' | 'COMPLETED' | 'CANCELLED' | 'TRANSFERRED'

/** Calls with clients: events while they last, then one line of history, with the rating in it or after it. */
export const mapping: Mapping = {
  ...hearsNothing,
  next(call, memory, { nowMs, settings }) {
    const known = memory as Known
    const { isTellingEvents, isSendingRecords } = settings as MegafonSettings
    if (call.isTest || call.isSpam || call.client === null || call.direction === 'internal') return null
    const event = isTellingEvents ? eventStep(call, known) : null
    if (event) return event
    if (!call.ended || call.ended.outcome === 'blocked') return null
    return historyStep(call, known, nowMs, isSendingRecords) ?? ratingStep(call, known)
  },
  took(step, _answer, memory) {
    const known = memory as Known
    return { memory: { ...known, ...learnt(step, known) }, links: [] }
  },
  isDone: () => false
}

function eventStep(call: CallFacts, { told = {} }: Known): Step | null {
  const talker = call.ended ? null : (call.talks.find(({ toMs }) => toMs === null)?.userId ?? null)
  const rings = call.ended ? [] : call.ringing
  // Whoever is out of it goes first: a card must not hang while the next one opens.
  for (const [userId, stands] of Object.entries(told)) {
    if (userId === talker || rings.includes(userId)) continue
    if (stands === 'rings') return eventOf('CANCELLED', userId, call)
    return eventOf(talker !== null && call.isTransferred ? 'TRANSFERRED' : 'COMPLETED', userId, call)
  }
  for (const userId of rings)
    if (!told[userId]) return eventOf(call.direction === 'in' ? 'INCOMING' : 'OUTGOING', userId, call)
  if (talker !== null && told[talker] !== 'talks') return eventOf('ACCEPTED', talker, call)
  return null
}

const eventOf = (type: EventType, userId: string, call: CallFacts): Step => ({
  key: `event ${type} ${userId}`,
  method: 'event',
  params: { ...aboutOf(call), type, userId, direction: call.direction }
})

function historyStep(
  call: CallFacts,
  { isInHistory }: Known,
  nowMs: number,
  isSendingRecords: boolean
): Next {
  const { ended, rating } = call
  if (isInHistory || !ended) return null
  const dueMs = isSendingRecords ? recordsDueMs(call, nowMs) : null
  if (dueMs !== null) return { untilMs: dueMs }
  const record = isSendingRecords ? mainRecord(call) : null
  const isAnswered = call.talks.length > 0
  return {
    key: 'history',
    method: 'history',
    params: {
      ...aboutOf(call),
      ...{ type: call.direction, userId: personOf(call), start: stampOf(call.startedMs) },
      duration: String(isAnswered ? Math.max(1, Math.round(ended.talkSeconds)) : 0),
      status: statusOf(call.direction, ended.outcome, isAnswered),
      ...(rating !== null && { rating: String(rating) })
    },
    ...(record !== null && { recordingId: record })
  }
}

/** A rating that came after the history. */
function ratingStep(call: CallFacts, { isInHistory, rating: told }: Known): Step | null {
  const { rating } = call
  if (!isInHistory || rating === null || rating === told) return null
  return {
    key: `rating ${rating}`,
    method: 'rating',
    params: {
      ...{ callid: call.callId, rating: String(rating) },
      ...{ phone: digitsOf(call.client ?? ''), userId: personOf(call) }
    }
  }
}

const aboutOf = ({ callId, client, line }: CallFacts): Record<string, string> => ({
  callid: callId,
  phone: digitsOf(client ?? ''),
  ...(line !== null && { diversion: digitsOf(line) })
})

/** Whose call it was: who talked last, else who ordered it, else who was rung last. */
const personOf = ({ talks, orderedBy, rung }: CallFacts): string | null =>
  talks.findLast(({ userId }) => userId !== null)?.userId ?? orderedBy ?? rung.at(-1) ?? null

function learnt({ key, params }: Step, { told = {} }: Known): Memory {
  const [what, type] = key.split(' ')
  const rating = Number(params['rating'])
  if (what === 'history') return { isInHistory: true, ...(rating > 0 && { rating }) }
  if (what === 'rating') return { rating }
  const userId = String(params['userId'])
  const { [userId]: _gone, ...others } = told
  if (type === 'INCOMING' || type === 'OUTGOING') return { told: { ...others, [userId]: 'rings' } }
  return { told: type === 'ACCEPTED' ? { ...others, [userId]: 'talks' } : others }
}
