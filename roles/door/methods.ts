import type { MemoryChange } from '../../tracking/attribution/telling.ts'
import { repeat } from '../../tracking/attribution/telling.ts'
import type { Tracking } from '../../tracking/store/tracking.ts'
import type { OperatorState, QueueState } from '../../pbx/runtime/feed.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Exchange } from '../exchange.ts'

/** A function of something, whatever it stands on. */
const through = <T extends object, Name extends keyof T>(of: T, name: Name): T[Name] =>
  ((...given: unknown[]) => (of[name] as (...given: unknown[]) => unknown).call(of, ...given)) as T[Name]

/** What other processes may ask of the exchange: a name for each, arguments and answers that can be copied. */
export function methodsOf({ pbx, dialling, sipTrace, sipGuard, metrics }: Exchange, tracking: Tracking) {
  return {
    setPresence: through(pbx, 'setPresence'),
    endWrapUp: through(pbx, 'endWrapUp'),
    extendWrapUp: through(pbx, 'extendWrapUp'),
    scores: through(pbx, 'scores'),
    hangup: through(pbx, 'hangup'),
    wish: through(pbx, 'wish'),
    place: through(pbx, 'place'),
    devicesOf: through(pbx, 'devicesOf'),
    trunkFacts: through(pbx, 'trunkFacts'),
    hasTls: through(pbx, 'hasTls'),
    appendMoment: through(pbx, 'appendMoment'),
    checks: through(pbx, 'checks'),
    dictationStart: through(pbx.dictations, 'start'),
    dictationGet: through(pbx.dictations, 'get'),
    dictationFile: through(pbx.dictations, 'fileOf'),
    dictationCancel: through(pbx.dictations, 'cancel'),
    dial: through(dialling, 'call'),
    dialPreview: through(dialling, 'preview'),
    dialNow: through(dialling, 'callNow'),
    dialWake: through(dialling, 'wake'),
    dialPolicyReload: () => dialling.policy.reload(),
    traceRegistration: through(sipTrace, 'registration'),
    traceTest: through(sipTrace, 'test'),
    traceStartTest: through(sipTrace, 'startTest'),
    traceOfCall: through(sipTrace, 'ofCall'),
    traceReload: through(sipTrace, 'reload'),
    whySpared: through(sipGuard, 'whySpared'),
    metrics: () => metrics.registry.metrics(),
    lostRecording: through(metrics, 'lostRecording'),
    visits(changes: readonly MemoryChange[]): void {
      for (const change of changes) repeat(tracking.memory, change)
    }
  }
}

export type Methods = ReturnType<typeof methodsOf>

/** How the exchange stands at one moment. */
export interface Standing {
  operators: OperatorState[]
  queues: QueueState[]
  rows: TapeRow[]
  trunks: [id: string, state: string][]
  isTraceListening: boolean
}

/** What the exchange says. */
export type Said =
  | { is: 'standing'; standing: Standing }
  | { is: 'row'; row: TapeRow }
  | { is: 'operator'; operator: OperatorState }
  | { is: 'queue'; queue: QueueState }
  | { is: 'journal'; callId: string }
  | { is: 'trunks'; trunks: Standing['trunks'] }
  | { is: 'answer'; id: number; value: unknown }
  | { is: 'failed'; id: number; name: string; message: string }

/** What it is asked. */
export interface Asked {
  id: number
  method: string
  given: unknown[]
}
