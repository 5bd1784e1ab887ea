import type { Knex } from 'knex'
import { normalise } from '../tracking/phones.ts'
import { knownOf, makeOrder } from './orders.ts'
import type { DialRefusal } from './policy/decide.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import type { DiallingPorts } from './ports.ts'

export interface WantedCall {
  /** As somebody wrote it. */
  to: string
  /** Whose telephones ring first. */
  userId: string
  /** On whose account it goes. */
  byUserId: string
  numberId: string | null
  contactId: string | null
  /** A machine asked for it. */
  isApi: boolean
}

export type ClickRefusal =
  DialRefusal | 'own_number' | 'operator_busy' | 'operator_unreachable' | 'operator_away' | 'not_placed'
export type Clicked =
  { ok: true; callId: string; warnings: 'do_not_call'[] } | { ok: false; code: ClickRefusal; detail?: string }

/** How long a telephone rings in a call that somebody clicked for. */
const ringSeconds = 45

/**
 * Calls a client for an operator: the operator's telephones first, then the client. Refused before anything rings when
 * the operator cannot answer or the policy forbids the number; the policy is asked again at the dial itself.
 */
export async function clickToCall(
  options: { db: Knex; ports: DiallingPorts; keeper: PolicyKeeper },
  wanted: WantedCall
): Promise<Clicked> {
  const { db, ports, keeper } = options
  const { to, userId, byUserId, numberId } = wanted
  const colleague = await colleagueOf(db, keeper, to)
  if (colleague) return callColleague(options, wanted, colleague.id)
  const asked = keeper.explain({ number: to, byUserId, numberId })
  if (!asked.decision.allowed) {
    keeper.refused({ number: asked.number ?? to, byUserId, reason: asked.decision.reason })
    return { ok: false, code: asked.decision.reason as DialRefusal }
  }
  const unable = whyUnable(ports, userId, byUserId)
  if (unable) return { ok: false, code: unable }
  const order = await makeOrder(
    db,
    { phone: asked.number ?? to, numberId, contactId: wanted.contactId },
    {
      callType: wanted.isApi ? 'api' : 'click_to_call',
      orderId: null,
      operators: { kind: 'user', userId, except: [] },
      byUserId,
      parentCallId: null,
      ringSeconds,
      record: keeper.settings.isRecorded
    }
  )
  const placed = await ports.place(order)
  if ('refused' in placed) return notPlaced(placed.refused)
  return { ok: true, callId: placed.callId, warnings: asked.isDoNotCall ? ['do_not_call'] : [] }
}

/** A call inside the company: no trunk, no policy, no number shown. */
async function callColleague(
  { ports, keeper }: { ports: DiallingPorts; keeper: PolicyKeeper },
  { userId, byUserId, isApi }: WantedCall,
  colleagueId: string
): Promise<Clicked> {
  if (colleagueId === userId) return { ok: false, code: 'own_number' }
  const unable = whyUnable(ports, userId, byUserId)
  if (unable) return { ok: false, code: unable }
  const placed = await ports.place({
    callType: isApi ? 'api' : 'click_to_call',
    orderId: null,
    target: { kind: 'user', userId: colleagueId },
    operators: { kind: 'user', userId, except: [] },
    phone: null,
    byUserId,
    numberId: null,
    source: null,
    site: null,
    contact: null,
    parentCallId: null,
    ringSeconds,
    record: keeper.settings.isRecorded
  })
  return 'refused' in placed ? notPlaced(placed.refused) : { ok: true, callId: placed.callId, warnings: [] }
}

/** Whose extension was dialled, as at a telephone on the desk; emergency numbers are never a colleague. */
async function colleagueOf(
  db: Knex,
  keeper: PolicyKeeper,
  to: string
): Promise<{ id: string; name: string } | null> {
  const extension = to.trim()
  if (!/^\d{2,5}$/.test(extension)) return null
  if (keeper.explain({ number: extension, byUserId: null }).isEmergency) return null
  const found = await db('users')
    .where({ extension, is_active: true })
    .first<{ id: string; name: string } | undefined>('id', 'name')
  return found ?? null
}

export interface CallPreview {
  allowed: boolean
  reason: string | null
  number: string | null
  country: string | null
  region: string | null
  isEmergency: boolean
  isDoNotCall: boolean
  colleague: { id: string; name: string } | null
  contact: { id: string; name: string; company: string | null } | null
  /** The number of ours that the client will see; null where the carrier decides. */
  callerId: string | null
}

/** What `clickToCall` would do with a number; dials and counts nothing. */
export async function previewCall(
  options: { db: Knex; keeper: PolicyKeeper },
  to: string,
  byUserId: string
): Promise<CallPreview> {
  const { db, keeper } = options
  const nothing = { country: null, region: null, isEmergency: false, isDoNotCall: false }
  const colleague = await colleagueOf(db, keeper, to)
  if (colleague)
    return {
      ...nothing,
      ...{ allowed: true, reason: null, number: to.trim(), colleague, contact: null, callerId: null }
    }
  const first = keeper.explain({ number: to, byUserId })
  const { contact, numberId } =
    first.number === null ? { contact: null, numberId: null } : await knownOf(db, { phone: first.number })
  const asked = numberId === null ? first : keeper.explain({ number: to, byUserId, numberId })
  const { decision } = asked
  return {
    allowed: decision.allowed,
    reason: decision.allowed ? null : decision.reason,
    number: asked.number,
    country: asked.country,
    region: (asked.number && normalise(asked.number, keeper.policy.rules.homeCountry)?.region) ?? null,
    isEmergency: asked.isEmergency,
    isDoNotCall: asked.isDoNotCall,
    colleague: null,
    contact: contact && { id: contact.id, name: contact.name, company: contact.company },
    callerId: decision.allowed ? decision.callerId : null
  }
}

/**
 * Why an operator's telephones cannot ring now. Whoever calls for themselves has done with their notes; an operator who
 * is away is left in peace.
 */
export function whyUnable(
  ports: Pick<DiallingPorts, 'operators' | 'endWrapUp'>,
  userId: string,
  byUserId: string
): 'operator_unreachable' | 'operator_busy' | 'operator_away' | null {
  const operator = ports.operators().find((state) => state.userId === userId)
  if (!operator?.isReachable) return 'operator_unreachable'
  if (operator.callId !== null || operator.presence === 'busy') return 'operator_busy'
  if (operator.presence === 'wrapUp')
    return userId === byUserId && ports.endWrapUp(userId) ? null : 'operator_busy'
  return operator.presence === 'available' ? null : 'operator_away'
}

export const notPlaced = (refused: string): Clicked => ({
  ok: false,
  code: /busy/i.test(refused) ? 'operator_busy' : 'not_placed',
  detail: refused
})
