import type { Moments, MomentType } from '../../pbx/call/moments.ts'
import type { LegResult } from '../../pbx/call/types.ts'

/**
 * How an attempt to bring an operator and a client together went.
 * `noOperator`: no operator answered; `operatorLeft`: they answered and hung up before the client did; `refused`: the
 * dialling policy said no; `lost`: no fault of anybody's, such as a controller that died before the call was on the tape.
 */
export type AttemptResult =
  'talked' | 'noOperator' | 'operatorLeft' | 'clientBusy' | 'clientNoAnswer' | 'failed' | 'refused' | 'lost'

export interface Attempt {
  result: AttemptResult
  /** The policy's code, or the reason that the tape gives. */
  reason: string | null
  /** Who talked, or would have. */
  operatorId: string | null
}

/** A row of a tape, as far as it matters here. */
export interface Told {
  type: string
  data: Record<string, unknown>
}

/** What became of a call that we placed, from its tape alone. */
export function attemptOf(tape: readonly Told[]): Attempt {
  const of = <T extends MomentType>(type: T): Moments[T][] =>
    tape.filter((row) => row.type === type).map((row) => row.data as unknown as Moments[T])
  const started = new Map(of('leg.started').map((leg) => [leg.leg, leg]))
  const kindOf = (leg: string): string => started.get(leg)?.kind ?? ''
  const ended = of('call.ended').at(-1)
  const answered = of('call.answered')[0]
  const reached = [...of('leg.answered'), ...of('leg.ended').filter(({ result }) => result === 'answered')]
  const operator = reached.find(({ leg }) => kindOf(leg) === 'operator')
  const operatorId = answered?.operator.id ?? operator?.userId ?? null
  const attempt = (result: AttemptResult, reason: string | null): Attempt => ({ result, reason, operatorId })

  if (answered) return attempt('talked', null)
  const refusal = of('call.dial_refused').at(-1)
  if (refusal) return attempt('refused', refusal.reason)
  const client = of('leg.ended').findLast(({ leg }) => kindOf(leg) === 'client')
  const byClient = client ? fromLeg(client.result) : null
  if (byClient) return attempt(byClient, ended?.reason ?? null)
  if (ended && brokenReasons.has(ended.reason)) return attempt('failed', ended.reason)
  return attempt(operator ? 'operatorLeft' : 'noOperator', ended?.reason ?? null)
}

/** The machine's own troubles, as opposed to nobody answering. */
const brokenReasons = new Set(['asterisk_lost', 'machine_failed', 'lost', 'no_codec'])

/** A client's leg that was called off says nothing of the client. */
function fromLeg(result: LegResult): AttemptResult | null {
  switch (result) {
    case 'busy':
    case 'declined':
      return 'clientBusy'
    case 'noAnswer':
      return 'clientNoAnswer'
    case 'failed':
    case 'late':
      return 'failed'
    case 'refused':
      return 'refused'
    case 'answered':
    case 'cancelled':
      return null
  }
}
