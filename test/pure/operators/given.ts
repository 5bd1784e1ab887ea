import type { OperatorQuery } from '../../../ivr/block.ts'
import type { CallEvent } from '../../../pbx/call/events.ts'
import { emptyDirectory, usualRules, type Directory, type UserEntry } from '../../../pbx/routing/directory.ts'
import type { OperatorState, QueueState } from '../../../pbx/runtime/feed.ts'
import { createOperators, type Operators } from '../../../pbx/runtime/operators.ts'
import type { PresenceChange } from '../../../pbx/runtime/presence-store.ts'
import { createWrapUpTimes } from '../../../pbx/runtime/wrap-up-times.ts'
import { createQueues, type Queues } from '../../../pbx/runtime/queues.ts'

/** Operators of a small company with telephones that always ring, and no database behind them. */
export interface Desk {
  operators: Operators
  queues: Queues
  saved: PresenceChange[]
  shown: OperatorState[]
  queueStates: QueueState[]
  delivered: { callId: string; event: CallEvent }[]
  /** Stretches of work after a talk. */
  wrapUps: { callId: string; operatorId: string; seconds: number }[]
  state(userId: string): OperatorState | undefined
  load(change?: Partial<Directory>): void
  close(): void
}

export const person = (id: string, change: Partial<UserEntry> = {}): UserEntry => ({
  id,
  name: id,
  extension: null,
  skills: [],
  presence: 'available',
  presenceReason: null,
  presenceUntilMs: null,
  presenceAtMs: 1,
  devices: [{ id: `d-${id}`, name: 'Phone', kind: 'sip', sipUser: `op-${id}`, isFixed: true }],
  ...change
})

export function company(users: readonly UserEntry[], change: Partial<Directory> = {}): Directory {
  const memberIds = users.map(({ id }) => id)
  return {
    ...emptyDirectory,
    users: new Map(users.map((user) => [user.id, user])),
    groups: new Map([['sales', { name: 'Sales', memberIds, wrapUpSeconds: null }]]),
    rules: { ...usualRules, wrapUpSeconds: 0, autoPauseAfter: 0 },
    ...change
  }
}

export function sitDown(users: readonly UserEntry[], change: Partial<Directory> = {}): Desk {
  const desk = {
    saved: [] as PresenceChange[],
    shown: [] as OperatorState[],
    queueStates: [] as QueueState[],
    delivered: [] as Desk['delivered'],
    wrapUps: [] as Desk['wrapUps']
  }
  const times = createWrapUpTimes((callId, data) => void desk.wrapUps.push({ callId, ...data }))
  const operators = createOperators({
    announce(state) {
      desk.shown.push(state)
      times.look(state)
    },
    save: (one) => void desk.saved.push(one)
  })
  const queues = createQueues({
    operators,
    deliver: (callId, event) => void desk.delivered.push({ callId, event }),
    announce: (state) => void desk.queueStates.push(state),
    nameOf: (queueId) => (queueId === 'sales' ? 'Sales' : null),
    now: () => Date.now(),
    onError: (error) => {
      throw error
    }
  })
  const load = (more: Partial<Directory> = {}): void => operators.load(company(users, { ...change, ...more }))
  load()
  return {
    ...desk,
    operators,
    queues,
    load,
    state: (userId) => operators.list().find((one) => one.userId === userId),
    close() {
      queues.close()
      operators.close()
    }
  }
}

export const anyone = (
  change: Partial<Extract<OperatorQuery, { kind: 'group' }>> = {}
): Extract<OperatorQuery, { kind: 'group' }> => ({
  kind: 'group',
  groupId: 'sales',
  strategy: 'longestIdle',
  except: [],
  ...change
})
