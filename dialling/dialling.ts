import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Fence } from './attempts.ts'
import {
  clickToCall,
  notPlaced,
  previewCall,
  whyUnable,
  type CallPreview,
  type Clicked,
  type WantedCall
} from './click-to-call.ts'
import type { DialRefusal } from './policy/decide.ts'
import { createPolicyKeeper, type PolicyKeeper } from './policy-keeper.ts'
import type { DiallingPorts } from './ports.ts'
import { startRunner, type Runner } from './runner.ts'

/** Calls that we start, as the rest of the product sees them. */
export interface Dialling {
  readonly policy: PolicyKeeper
  call(wanted: WantedCall): Promise<Clicked>
  /** What `call` would do with a number; dials nothing. */
  preview(to: string, byUserId: string): Promise<CallPreview>
  /** Places an open callback at once for an operator. */
  callNow(callback: { id: string; phone: string }, userId: string, byUserId: string): Promise<Clicked>
  /** Looks at what is due now. */
  wake(): void
  /** Reads the policy: before the first call can come. */
  prepare(): Promise<void>
  /** Reads what was dialled today, which the caps count. Call it when the spool is replayed, before calls can come. */
  recall(): Promise<void>
  /** Places what is due from now on. Call it when the exchange is up and its spool is replayed. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createDialling(options: {
  db: Knex
  databaseUrl: string
  /** Of this controller, as the exchange holds it: who was overtaken places nothing. */
  fence: Fence
  ports: DiallingPorts
  registry: Registry
  log: Logger
}): Dialling {
  const { db, databaseUrl, fence, ports, registry, log } = options
  const keeper = createPolicyKeeper({
    ...{ db, databaseUrl, registry, log },
    feed: ports.feed,
    trunkState: (trunkId) => ports.trunkState(trunkId),
    callsIn: (trunkId) => ports.callsIn?.(trunkId) ?? 0,
    endCall: (callId) => ports.endCall?.(callId)
  })
  let runner: Runner | undefined
  let recalling: Promise<void> | undefined
  const recall = (): Promise<void> => (recalling ??= keeper.start())
  return {
    policy: keeper,
    call: (wanted) => clickToCall({ db, ports, keeper }, wanted),
    preview: (to, byUserId) => previewCall({ db, keeper }, to, byUserId),
    async callNow({ id, phone }, userId, byUserId) {
      const asked = keeper.explain({ number: phone, byUserId: userId, isUnsolicited: true })
      if (!asked.decision.allowed) return { ok: false, code: asked.decision.reason as DialRefusal }
      const unable = whyUnable(ports, userId, byUserId)
      if (unable) return { ok: false, code: unable }
      const placed = runner ? await runner.callNow(id, userId) : { refused: 'starting' }
      if (placed === null) return { ok: false, code: 'not_placed', detail: 'It is not open any more.' }
      return 'refused' in placed
        ? notPlaced(placed.refused)
        : { ok: true, callId: placed.callId, warnings: [] }
    },
    wake: () => runner?.wake(),
    prepare: () => keeper.reload(),
    recall,
    async start() {
      await recall()
      runner = startRunner({
        ...{ db, databaseUrl, fence, ports, log },
        settings: () => keeper.settings,
        policy: () => keeper.policy
      })
    },
    async stop() {
      await runner?.stop()
      await keeper.stop()
    }
  }
}
