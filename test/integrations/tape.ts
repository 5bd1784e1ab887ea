import { randomUUID } from 'node:crypto'
import type { Moments, MomentType } from '../../pbx/call/moments.ts'
import type { CallType, CallVisit, Outcome, Source } from '../../pbx/call/types.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'

export interface Start {
  callId?: string
  client?: string | null
  direction?: 'in' | 'out'
  callType?: CallType
  orderedBy?: string
  source?: Source | null
  contactId?: string
  visit?: Partial<CallVisit>
  isSpam?: boolean
}

/** A call told in words; `rows` is its tape. */
export interface CallTape {
  callId: string
  rows: TapeRow[]
  rings(userId: string): CallTape
  declines(userId: string): CallTape
  answers(userId: string): CallTape
  /** The talk ends; `isHandover`: somebody else has the client now. */
  talkEnds(seconds: number, isHandover?: boolean): CallTape
  rates(rating: number | null): CallTape
  ends(outcome: Outcome): CallTape
  recorded(seconds?: number, state?: 'ready' | 'missing'): CallTape
  /** Writes what was told since, and lets the connectors work. */
  done(): Promise<void>
}

export const direct: Source = {
  ...{ id: null, name: 'Яндекс.Директ', inquiryChannel: 'cpc', medium: 'cpc' },
  ...{ campaign: 'Окна', keyword: 'купить окна' }
}

/** The tape of a call as the machine writes it; each row at the moment of `clock`. */
export function callTape(
  clock: { nowMs: number },
  write: (rows: readonly TapeRow[]) => Promise<void>,
  start: Start = {}
): CallTape {
  const callId = start.callId ?? randomUUID()
  const { direction = 'in', client = '+79161112233' } = start
  const rows: TapeRow[] = []
  const legs = new Map<string, string>()
  const recordings: string[] = []
  const startedMs = clock.nowMs
  let talkMs = 0
  let written = 0
  let talking: { leg: string; userId: string; recordingId: string } | null = null

  function add<T extends MomentType>(type: T, data: Partial<Moments[T]>): CallTape {
    rows.push({
      ...{ callId, seq: rows.length + 1, atMs: clock.nowMs, type },
      ...{ from: null, to: null, data: { ...data }, effects: [] }
    })
    return tape
  }

  const tape: CallTape = {
    callId,
    rows,
    done() {
      const added = rows.slice(written)
      written = rows.length
      return write(added)
    },
    rings(userId) {
      const leg = `op${legs.size + 1}`
      legs.set(userId, leg)
      const rest = { purpose: 'scheme' as const, name: 'operator', ringMs: 20_000, handover: null }
      return add('leg.started', { leg, kind: 'operator', userId, ...rest })
    },
    declines(userId) {
      const leg = legs.get(userId) ?? ''
      legs.delete(userId)
      return add('leg.ended', {
        leg,
        userId,
        result: 'declined',
        cause: 21,
        recordingId: null,
        recordedSeconds: null
      })
    },
    answers(userId) {
      const leg = legs.get(userId) ?? `op${legs.size + 1}`
      const recordingId = randomUUID()
      talking = { leg, userId, recordingId }
      talkMs = clock.nowMs
      const waitSeconds = Math.round((clock.nowMs - startedMs) / 1000)
      return add('call.answered', {
        leg,
        operator: { id: userId, name: 'operator' },
        waitSeconds,
        recordingId
      })
    },
    talkEnds(seconds, isHandover = false) {
      if (!talking) throw new Error('Nobody talks')
      clock.nowMs = Math.max(clock.nowMs, talkMs + seconds * 1000)
      const { leg, userId, recordingId } = talking
      talking = null
      recordings.push(recordingId)
      const operator = { id: userId, name: 'operator' }
      add('call.talk_ended', {
        leg,
        operator,
        by: 'operator',
        talkSeconds: seconds,
        heldSeconds: 0,
        isHandover
      })
      return add('leg.ended', {
        leg,
        userId,
        result: 'answered',
        cause: 16,
        recordingId,
        recordedSeconds: seconds
      })
    },
    rates: (rating) => add('call.rated', { rating, operatorId: null, operatorName: null }),
    ends(outcome) {
      const totalSeconds = Math.round((clock.nowMs - startedMs) / 1000)
      const talkSeconds = recordings.length > 0 ? totalSeconds : 0
      return add('call.ended', {
        ...{ outcome, reason: 'done', hangupBy: 'client', cause: 16 },
        ...{ waitSeconds: 0, talkSeconds, heldSeconds: 0, totalSeconds }
      })
    },
    recorded(seconds = 30, state = 'ready') {
      recordings.splice(0).forEach((recordingId, number) => {
        add('call.recording_ready', {
          recordingId,
          leg: 'op1',
          state,
          seconds: seconds + number,
          channels: 2
        })
      })
      return tape
    }
  }
  return add('call.initiated', {
    ...{ pbxUniqueId: callId, direction, callType: start.callType ?? 'tracking_static', trunkId: null },
    caller: { number: client, name: null, country: 'RU', region: null },
    dialed: direction === 'in' ? '+74951234567' : (client ?? ''),
    number: { id: randomUUID(), e164: '+74951234567', label: null },
    source: start.source === undefined ? direct : start.source,
    site: null,
    contact: start.contactId === undefined ? null : { id: start.contactId, name: 'Иван', company: null },
    scheme: null,
    ...(start.visit && {
      visit: {
        ...{ visitId: null, visitorId: null, poolId: null, poolName: null, rule: 'holder', model: 'who/1' },
        ...{ confidence: 1, candidates: [], landingUrl: null, pageUrl: null, referrer: null, utm: {} },
        ...{ clickIds: {}, gaClientId: null, ymClientId: null, device: null },
        ...start.visit
      }
    }),
    ...(start.isSpam && { lists: [{ id: randomUUID(), name: 'Спам', kind: 'spam' as const }] }),
    ...(start.orderedBy !== undefined && {
      order: { orderId: null, byUserId: start.orderedBy, parentCallId: null }
    })
  })
}
