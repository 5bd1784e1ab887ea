import type { FoundOperator, OperatorQuery } from '../../ivr/block.ts'
import { playerId } from '../call/test-call.ts'
import type { Call } from '../call/types.ts'
import type { EffectPorts } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'

/** A draft is tried out, and nobody else is to be called. */
export const isImagined = ({ order, phase }: Call): boolean =>
  order?.test !== undefined && !order.test.isReal && phase !== 'dialling'

/** Whoever tests plays every operator; they have no telephone that could ring beside. */
function player({ except }: OperatorQuery): FoundOperator[] {
  return except.includes(playerId) ? [] : [{ userId: playerId, name: '', devices: [] }]
}

/** Finds operators of an imagined call. @returns false for a call whose operators are real */
export function findImagined(
  live: LiveCall,
  query: OperatorQuery,
  atMs: number,
  { deliver }: EffectPorts
): boolean {
  if (!isImagined(live.call)) return false
  deliver(live, { type: 'operatorsFound', atMs, operators: player(query) })
  return true
}

/** An imagined call stands in no real line: it is the first, and its turn comes at once. */
export function joinImagined(
  live: LiveCall,
  query: OperatorQuery,
  atMs: number,
  { deliver }: EffectPorts
): boolean {
  if (!isImagined(live.call)) return false
  deliver(live, { type: 'queuePlace', atMs, position: 1, waiting: 1, estimateSeconds: null })
  deliver(live, { type: 'operatorsFound', atMs, operators: player(query) })
  return true
}
