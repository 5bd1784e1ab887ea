import type { Moments } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Direction, Outcome, Source } from '../../pbx/call/types.ts'
import { pathOfTape, type PathFacts } from './path.ts'

/** Somebody of ours in a talk with the client. */
export interface Talk {
  leg: string
  userId: string | null
  name: string
  fromMs: number
  /** Null while it goes on. */
  toMs: number | null
  seconds: number
}

/** A call as foreign systems want to know it. Folded out of the tape, so that it can be had again at any time. */
export interface CallFacts {
  callId: string
  /** The last row that is in it. */
  seq: number
  direction: Direction
  isTest: boolean
  isSpam: boolean
  /** A callback, or a call that somebody clicked for. */
  isOrdered: boolean
  isCallback: boolean
  startedMs: number
  /** E.164; null when hidden. */
  client: string | null
  clientName: string | null
  /** The number of ours that was called. */
  line: string | null
  source: Source | null
  site: string | null
  utm: Readonly<Record<string, string>>
  landingUrl: string | null
  /** The whole way of the visitor behind it; the worker adds what only the visit knows. */
  path: PathFacts
  /** The number was lent to one visitor. */
  isDynamic: boolean
  /** Whether the client has never called before; null while that is not known. */
  isFirst: boolean | null
  contactId: string | null
  /** Who asked for a call that we placed. */
  orderedBy: string | null
  /** Whose telephones ring now, by user id. */
  ringing: readonly string[]
  /** Everybody who was rung, in order. */
  rung: readonly string[]
  talks: readonly Talk[]
  isTransferred: boolean
  /** Null: not asked, or not answered. */
  rating: number | null
  /** When the last talk ended, and nobody has talked or rung since. */
  quietSinceMs: number | null
  ended: {
    atMs: number
    outcome: Outcome
    reason: string
    talkSeconds: number
    totalSeconds: number
    cause: number | null
  } | null
  /** Recordings that were begun; `state` null until their files are done. */
  recordings: readonly {
    id: string
    state: Moments['call.recording_ready']['state'] | null
    seconds: number | null
  }[]
}

/** Moments that change what a foreign system shall know. */
export const toldMoments: ReadonlySet<string> = new Set([
  'call.initiated',
  'leg.started',
  'leg.ended',
  'call.answered',
  'call.transfer',
  'call.talk_ended',
  'call.voicemail',
  'call.rated',
  'call.ended',
  'call.recording_ready'
])

/** Folds a tape, in order of `seq`. Pure. @returns null while its beginning is not there */
export function factsOf(rows: readonly TapeRow[]): CallFacts | null {
  const [first] = rows
  if (first?.type !== 'call.initiated') return null
  const facts = begin(first)
  const legs = new Map<string, string>()
  for (const row of rows) {
    fold(facts, legs, row)
    facts.seq = row.seq
  }
  facts.ringing = [...new Set(legs.values())]
  if (facts.ringing.length > 0 || facts.talks.some(({ toMs }) => toMs === null)) facts.quietSinceMs = null
  return facts
}

type Draft = { -readonly [K in keyof CallFacts]: CallFacts[K] } & {
  talks: Talk[]
  rung: string[]
  recordings: { id: string; state: Moments['call.recording_ready']['state'] | null; seconds: number | null }[]
}

function begin(row: TapeRow): Draft {
  const data = row.data as unknown as Moments['call.initiated']
  const { direction, callType, caller, number, visit, order, source, site } = data
  return {
    callId: row.callId,
    seq: row.seq,
    direction,
    isTest: callType === 'test',
    isSpam: data.lists?.some(({ kind }) => kind === 'spam') ?? false,
    isOrdered: order !== undefined,
    isCallback: callType === 'callback_form' || callType === 'callback_missed',
    startedMs: data.startedAtMs ?? row.atMs,
    client: caller.number,
    clientName: data.contact?.name ?? caller.name,
    line: number?.e164 ?? (direction === 'in' ? data.dialed : null),
    source,
    site: site?.name ?? null,
    utm: visit?.utm ?? {},
    landingUrl: visit?.landingUrl ?? null,
    path: {
      ...pathOfTape(visit),
      ...{
        channel: source?.inquiryChannel ?? null,
        source: source?.name ?? null,
        medium: source?.medium ?? null
      },
      ...{ campaign: source?.campaign ?? null, term: source?.keyword ?? null, siteId: site?.id ?? null }
    },
    isDynamic: callType === 'tracking_dynamic',
    isFirst: null,
    contactId: data.contact?.id ?? null,
    orderedBy: order?.byUserId ?? null,
    ringing: [],
    rung: [],
    talks: [],
    isTransferred: false,
    rating: null,
    quietSinceMs: null,
    ended: null,
    recordings: []
  }
}

function fold(facts: Draft, legs: Map<string, string>, { type, data: raw, atMs }: TapeRow): void {
  switch (type) {
    case 'leg.started': {
      const { leg, userId, kind } = raw as unknown as Moments['leg.started']
      if (kind !== 'operator' || userId === null) return
      legs.set(leg, userId)
      if (!facts.rung.includes(userId)) facts.rung.push(userId)
      return
    }
    case 'leg.answered':
      legs.delete((raw as unknown as Moments['leg.answered']).leg)
      return
    case 'leg.ended': {
      const { leg, recordingId } = raw as unknown as Moments['leg.ended']
      legs.delete(leg)
      if (recordingId !== null) recordingOf(facts, recordingId)
      return
    }
    case 'call.voicemail':
      recordingOf(facts, (raw as unknown as Moments['call.voicemail']).recordingId)
      return
    case 'call.answered': {
      const { leg, operator } = raw as unknown as Moments['call.answered']
      legs.delete(leg)
      closeTalks(facts, atMs)
      facts.talks.push({
        ...{ leg, userId: operator.id, name: operator.name },
        ...{ fromMs: atMs, toMs: null, seconds: 0 }
      })
      return
    }
    case 'call.transfer': {
      const { state } = raw as unknown as Moments['call.transfer']
      if (state === 'completed') facts.isTransferred = true
      return
    }
    case 'call.talk_ended': {
      const { leg } = raw as unknown as Moments['call.talk_ended']
      // After a transfer the next talk may have begun already.
      if (facts.talks.at(-1)?.leg === leg) closeTalks(facts, atMs)
      facts.quietSinceMs = atMs
      return
    }
    case 'call.rated':
      facts.rating = (raw as unknown as Moments['call.rated']).rating
      return
    case 'call.ended': {
      const { outcome, reason, talkSeconds, totalSeconds, cause } = raw as unknown as Moments['call.ended']
      closeTalks(facts, atMs)
      legs.clear()
      facts.ended = { atMs, outcome, reason, talkSeconds, totalSeconds, cause }
      return
    }
    case 'call.recording_ready': {
      const { recordingId, state, seconds } = raw as unknown as Moments['call.recording_ready']
      Object.assign(recordingOf(facts, recordingId), { state, seconds })
    }
  }
}

function closeTalks(facts: Draft, atMs: number): void {
  const last = facts.talks.at(-1)
  if (last?.toMs !== null) return
  last.toMs = atMs
  last.seconds = Math.round((atMs - last.fromMs) / 1000)
}

function recordingOf(facts: Draft, id: string): Draft['recordings'][number] {
  const found = facts.recordings.find((one) => one.id === id)
  if (found) return found
  const made = { id, state: null, seconds: null }
  facts.recordings.push(made)
  return made
}

/** Who has, or had last, the client; null when nobody of ours did. */
export function talkerOf({ talks }: CallFacts): string | null {
  return talks.findLast(({ userId }) => userId !== null)?.userId ?? null
}
