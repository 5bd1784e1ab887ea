import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Moments, MomentType } from '../../../pbx/call/moments.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import type { Phase } from '../../../pbx/call/types.ts'

export const callId = (): string => randomUUID()

/** Rows of one call's tape, numbered as they are made. */
export function tapeOf(id: string, startMs = Date.parse('2026-11-20T10:00:00Z')) {
  let seq = 0
  return function row<T extends MomentType>(type: T, data: Moments[T], to: Phase | null = null): TapeRow {
    seq += 1
    return {
      callId: id,
      seq,
      atMs: startMs + seq * 1000,
      type,
      from: null,
      to,
      data: data,
      effects: []
    }
  }
}

export const anna = { userId: '11111111-1111-4111-8111-111111111111', name: 'Anna' }
export const boris = { userId: '22222222-2222-4222-8222-222222222222', name: 'Boris' }

/** A telephone of somebody begins to ring. */
export const rung = (
  leg: string,
  who: { userId: string | null; name: string },
  change: Partial<Moments['leg.started']> = {}
): Moments['leg.started'] => ({
  leg,
  kind: 'operator',
  purpose: 'scheme',
  ...who,
  ringMs: 20_000,
  handover: null,
  ...change
})

/** The first moment of a tracked call. */
export const initiated = (change: Partial<Moments['call.initiated']> = {}): Moments['call.initiated'] => ({
  pbxUniqueId: '1700000000.1',
  direction: 'in',
  callType: 'tracking_static',
  caller: { number: '+79161112233', name: '<b>Ivan</b>', country: 'RU', region: 'Москва' },
  dialed: '+74951112233',
  trunkId: null,
  number: { id: '33333333-3333-4333-8333-333333333333', e164: '+74951112233', label: 'Site' },
  source: {
    id: '44444444-4444-4444-8444-444444444444',
    name: 'Яндекс.Директ',
    inquiryChannel: 'paid',
    medium: 'cpc',
    campaign: 'Autumn',
    keyword: 'windows'
  },
  site: null,
  contact: null,
  scheme: { id: '55555555-5555-4555-8555-555555555555', name: 'Office', version: 3 },
  ...change
})

/** A row of the journal, as the tape writer would leave it. */
export async function insertCall(db: Knex, change: Record<string, unknown> = {}): Promise<string> {
  const id = callId()
  await db('calls').insert({
    id,
    pbx_unique_id: id,
    direction: 'in',
    call_type: 'tracking_static',
    started_at: '2026-11-20T10:00:00.123Z',
    ended_at: '2026-11-20T10:02:00Z',
    outcome: 'answered',
    reason: 'completed',
    ...change
  })
  return id
}
