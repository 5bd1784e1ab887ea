import type { Knex } from 'knex'
import { makeOrder } from './orders.ts'
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
  DialRefusal | 'operator_busy' | 'operator_unreachable' | 'operator_away' | 'not_placed'
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
  const asked = keeper.explain({ number: to, byUserId, numberId })
  if (!asked.decision.allowed) return { ok: false, code: asked.decision.reason as DialRefusal }
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
