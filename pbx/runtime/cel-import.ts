import { recordingIdOf } from '../call/recording-id.ts'
import type { Moments, MomentType } from '../call/moments.ts'
import type { TapeRow } from '../call/effects.ts'
import type { Caller, CallerListName, Route } from '../call/types.ts'
import { secondsBetween } from '../call/turn.ts'
import { causeOf, sourceOf, type CelEvent } from './cel.ts'

export interface ImportPorts {
  callIdOf(uniqueId: string): string
  /** The caller as read from the log, and the route of the number dialled at that time (as it is now). */
  describe(
    callerNumber: string,
    dialed: string,
    atMs: number
  ): {
    caller: Caller
    dialed: string
    route: Route | null
    /** Lists of callers that they are on, read now: while nobody was here nobody knew. */
    lists: readonly CallerListName[]
  }
  /** The operator whose phone this PJSIP endpoint is. */
  operatorOf(endpoint: string): { id: string; name: string } | null
}

export interface ImportedCall {
  rows: TapeRow[]
  /** Asterisk named the audio before anybody knew our ids: this is what to look for, and what it becomes. */
  recording: { recordingId: string; leg: string; uniqueId: string } | null
}

/**
 * The tape of a call that only Asterisk saw: it came while the controller was away and the static fallback rang the
 * operators. Pure. One call is all events of one linked id.
 * @returns null when the call has not ended yet, or did not come from a trunk
 */
export function importCall(events: readonly CelEvent[], ports: ImportPorts): ImportedCall | null {
  const first = events.find((event) => event.type === 'CHAN_START' && event.uniqueId === event.linkedId)
  const last = events.find((event) => event.type === 'LINKEDID_END')
  // One whose headers are read begins in `from-trunk-headers`.
  if (!first || !last || !first.context.startsWith('from-trunk')) return null
  const callId = ports.callIdOf(first.uniqueId)
  const { caller, dialed, route, lists } = ports.describe(first.callerNumber, first.extension, first.atMs)
  const rows: TapeRow[] = []
  const add = <T extends MomentType>(atMs: number, type: T, data: Moments[T]): void => {
    rows.push({
      callId,
      seq: rows.length + 1,
      atMs,
      type,
      from: null,
      to: null,
      data: { ...data },
      effects: []
    })
  }

  add(first.atMs, 'call.initiated', {
    pbxUniqueId: first.uniqueId,
    startedAtMs: first.atMs,
    direction: 'in',
    callType: 'tracking_static',
    caller,
    dialed,
    trunkId: null,
    number: route && { id: route.numberId, e164: route.number, label: route.numberLabel },
    source: route?.source ?? null,
    site: route?.siteId ? { id: route.siteId, name: route.siteName ?? '' } : null,
    contact: route?.contact
      ? { id: route.contact.id, name: route.contact.name, company: route.contact.company }
      : null,
    scheme: null,
    ...(lists.length > 0 && { lists })
  })
  const legs = legsOf(events, first.uniqueId, ports)
  const answered = legs.find((leg) => leg.answeredMs !== null)
  for (const leg of legs) {
    add(leg.startedMs, 'leg.started', {
      leg: leg.leg,
      kind: 'operator',
      purpose: 'scheme',
      userId: leg.operator.id,
      name: leg.operator.name,
      ringMs: 45_000,
      handover: null
    })
  }
  const recording = answered
    ? { recordingId: recordingIdOf(callId, answered.leg), leg: answered.leg, uniqueId: first.uniqueId }
    : null
  const endMs = last.atMs
  const hangup = events.find((event) => event.type === 'HANGUP' && event.uniqueId === first.uniqueId)
  const source = hangup ? sourceOf(hangup.extra) : ''
  const hangupBy = source === first.channel ? 'client' : source === '' ? 'system' : 'operator'
  let talkSeconds = 0
  if (answered && answered.answeredMs !== null) {
    const talkEndMs = answered.endMs ?? endMs
    talkSeconds = secondsBetween(answered.answeredMs, talkEndMs)
    add(answered.answeredMs, 'call.answered', {
      leg: answered.leg,
      operator: answered.operator,
      waitSeconds: secondsBetween(first.atMs, answered.answeredMs),
      recordingId: recording?.recordingId ?? null
    })
    add(talkEndMs, 'call.talk_ended', {
      leg: answered.leg,
      operator: answered.operator,
      by: hangupBy,
      talkSeconds,
      heldSeconds: 0,
      isHandover: false
    })
  }
  for (const leg of legs) {
    const result = leg.answeredMs === null ? 'noAnswer' : 'answered'
    const isRecorded = leg === answered && recording !== null
    add(leg.endMs ?? endMs, 'leg.ended', {
      leg: leg.leg,
      userId: leg.operator.id,
      result,
      cause: leg.cause,
      recordingId: isRecorded ? recording.recordingId : null,
      recordedSeconds: isRecorded ? talkSeconds : null
    })
  }
  const outcome = answered ? 'answered' : 'missed'
  const reason = answered
    ? 'fallback_answered'
    : hangupBy === 'client'
      ? 'caller_left_waiting'
      : 'fallback_no_answer'
  if (!answered) add(endMs, 'call.missed', { outcome, reason })
  add(endMs, 'call.ended', {
    outcome,
    reason,
    hangupBy,
    cause: hangup ? causeOf(hangup.extra) : null,
    waitSeconds: secondsBetween(first.atMs, answered?.answeredMs ?? endMs),
    talkSeconds,
    heldSeconds: 0,
    totalSeconds: secondsBetween(first.atMs, endMs)
  })
  return { rows, recording }
}

function legsOf(events: readonly CelEvent[], callerId: string, ports: ImportPorts) {
  const starts = events.filter((event) => event.type === 'CHAN_START' && event.uniqueId !== callerId)
  return starts.flatMap((start, index) => {
    const operator = ports.operatorOf(start.channel.replace(/^PJSIP\//, '').replace(/-[0-9a-f]{8}$/, ''))
    if (!operator) return []
    const of = (type: string) =>
      events.find((event) => event.type === type && event.uniqueId === start.uniqueId)
    const hangup = of('HANGUP')
    return [
      {
        leg: `op${index + 1}`,
        operator,
        startedMs: start.atMs,
        answeredMs: of('ANSWER')?.atMs ?? null,
        endMs: hangup?.atMs ?? null,
        cause: hangup ? causeOf(hangup.extra) : null
      }
    ]
  })
}
