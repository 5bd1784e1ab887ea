import { randomUUID } from 'node:crypto'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import { initiated, rung, tapeOf } from './calls.ts'

/** A row of a tape, and how long after the call's beginning it is written. */
export interface TimedRow {
  afterMs: number
  row: TapeRow
}

export interface Colleague {
  userId: string
  name: string
}

export interface OrdinaryCall {
  id: string
  rows: TimedRow[]
  /** Who answered it; null when nobody did. */
  answeredBy: Colleague | null
}

/** How long things last; the rest of a call is in between. */
const ringMs = 1500
const talkMs = 6000

/**
 * A call as most are: tracked, greeted, put into a queue, rung at three operators, answered by one of them and recorded;
 * every fifth one is held for a moment, and every seventh one is given up while it rings.
 * @param n which call of a row of calls; the same number makes the same call, but for its ids
 */
export function ordinaryCall(n: number, operators: readonly Colleague[]): OrdinaryCall {
  const id = randomUUID()
  const row = tapeOf(id, Date.now())
  const rows: TimedRow[] = []
  const at = (afterMs: number, made: TapeRow): void => void rows.push({ afterMs, row: made })
  const isMissed = n % 7 === 6
  const asked = [0, 1, 2].map((place) => operators[(n * 3 + place) % operators.length])
  const rungAt = asked.flatMap((who, place) => (who ? [{ ...who, leg: String(place + 1) }] : []))
  const step = {
    ...{ label: null, pressed: null, seconds: null, exit: null },
    ...{ targets: [], groupName: null }
  }
  const caller = { number: `+7916${String(1_000_000 + n)}`, name: null, country: 'RU', region: 'Москва' }
  at(0, row('call.initiated', initiated({ caller, pbxUniqueId: id }), 'arriving'))
  const greeting = { ...step, step: 1, block: 'hello', blockType: 'greeting' }
  at(5, row('call.forwarding_step', { ...greeting, state: 'started' }, 'inScheme'))
  at(400, row('call.forwarding_step', { ...greeting, state: 'ended', exit: 'next', seconds: 1 }))
  const queue = { ...step, step: 2, block: 'sales', blockType: 'queue', groupName: 'Sales' }
  at(400, row('call.forwarding_step', { ...queue, state: 'started' }))
  at(401, row('call.queued', { queueId: 'sales', priority: 0 }))
  for (const { leg, ...who } of rungAt) at(410, row('leg.started', rung(leg, who)))
  for (const { leg, userId } of rungAt) at(450, row('leg.ringing', { leg, userId }))
  const [owner, ...others] = rungAt
  const wait = { waitSeconds: 2, heldSeconds: 0 }
  const end = { hangupBy: 'client', cause: 16 } as const
  const gone = { cause: null, recordingId: null, recordedSeconds: null }
  const answeredMs = 410 + ringMs
  const endedMs = answeredMs + talkMs
  if (isMissed || !owner) {
    for (const { leg, userId } of rungAt)
      at(answeredMs, row('leg.ended', { leg, userId, result: 'cancelled', ...gone }))
    const missed = { outcome: 'abandoned', reason: 'caller_left_waiting' } as const
    at(
      answeredMs + 1,
      row('call.ended', { ...missed, ...end, ...wait, talkSeconds: 0, totalSeconds: 2 }, 'ended')
    )
    at(answeredMs + 1, row('call.missed', missed))
    return { id, rows, answeredBy: null }
  }
  const operator = { id: owner.userId, name: owner.name }
  const recordingId = randomUUID()
  at(answeredMs, row('call.answered', { leg: owner.leg, operator, waitSeconds: 2, recordingId }, 'talking'))
  for (const { leg, userId } of others)
    at(answeredMs + 2, row('leg.ended', { leg, userId, result: 'cancelled', ...gone }))
  if (n % 5 === 4) {
    at(answeredMs + 2000, row('call.held', { leg: owner.leg, on: true, by: 'operator' }))
    at(answeredMs + 3500, row('call.held', { leg: owner.leg, on: false, by: 'operator' }))
  }
  const talk = { leg: owner.leg, operator, by: 'client', talkSeconds: 6, heldSeconds: 0 } as const
  at(endedMs, row('call.talk_ended', { ...talk, isHandover: false }))
  at(
    endedMs,
    row('leg.ended', {
      ...{ leg: owner.leg, userId: owner.userId, result: 'answered', cause: 16 },
      ...{ recordingId, recordedSeconds: 6 }
    })
  )
  const answered = { outcome: 'answered', reason: 'caller_hung_up' } as const
  at(
    endedMs + 1,
    row('call.ended', { ...answered, ...end, ...wait, talkSeconds: 6, totalSeconds: 8 }, 'ended')
  )
  return { id, rows, answeredBy: { userId: owner.userId, name: owner.name } }
}
