import { bagAt, type Bag } from './payload.ts'

/** Which calls a webhook wants. A condition that is absent or empty lets everything pass; all of them must hold. */
export interface Filter {
  directions?: readonly string[] | undefined
  operatorIds?: readonly string[] | undefined
  sourceIds?: readonly string[] | undefined
  outcomes?: readonly string[] | undefined
  /** Of the talk; `minTalkSeconds: 1` leaves out whoever talked with nobody. */
  minTalkSeconds?: number | undefined
  maxTalkSeconds?: number | undefined
}

/** A moment as it is written: its own data, and the journal row beside it (absent where the call just begins). */
export interface Moment {
  type: string
  data: Bag
  call?: Bag | undefined
}

type Condition = keyof Filter

const started = [
  'call.initiated',
  'call.forwarding_step',
  'call.answered',
  'call.rated',
  'call.ended',
  'call.missed',
  'call.recording_ready',
  'call.modified'
]
const withOperator = ['call.answered', 'call.rated', 'call.ended', 'call.recording_ready', 'call.modified']
const over = ['call.ended', 'call.missed', 'call.recording_ready', 'call.modified']

/** The events that know what a condition looks at. */
const knownBy: Record<Condition, readonly string[]> = {
  directions: started,
  sourceIds: started,
  operatorIds: withOperator,
  outcomes: over,
  minTalkSeconds: over,
  maxTalkSeconds: over
}

export const conditions = Object.keys(knownBy) as Condition[]

/** The conditions that are set. */
export function conditionsOf(filter: Filter | null | undefined): Condition[] {
  return conditions.filter((name) => {
    const value = filter?.[name]
    return typeof value === 'number' || (value !== undefined && value.length > 0)
  })
}

/**
 * Conditions that an event can never meet, because it comes before they are known or is of no call. They are refused
 * when a webhook is saved, so that nobody waits for messages that cannot come.
 */
export function neverKnown(filter: Filter | null | undefined, event: string): Condition[] {
  return conditionsOf(filter).filter((name) => !knownBy[name].includes(event))
}

/** Whether a webhook with this filter wants the moment. What is not known is not wanted. */
export function matches(filter: Filter | null | undefined, moment: Moment): boolean {
  return conditionsOf(filter).every((name) => holds(filter ?? {}, name, moment))
}

function holds(filter: Filter, name: Condition, { type, data, call = {} }: Moment): boolean {
  if (!knownBy[name].includes(type)) return false
  const talked = Number(call['talkSeconds'] ?? data['talkSeconds'] ?? 0)
  switch (name) {
    case 'directions':
      return isIn(filter.directions, call['direction'] ?? data['direction'])
    case 'sourceIds':
      return isIn(filter.sourceIds, call['sourceId'] ?? bagAt(data, 'source')['id'])
    case 'operatorIds':
      // Of a talk that was handed over, the moment itself knows best whose it is.
      return isIn(
        filter.operatorIds,
        bagAt(data, 'operator')['id'] ?? data['operatorId'] ?? call['operatorId']
      )
    case 'outcomes':
      return isIn(filter.outcomes, call['outcome'] ?? data['outcome'])
    case 'minTalkSeconds':
      return talked >= (filter.minTalkSeconds ?? 0)
    case 'maxTalkSeconds':
      return talked <= (filter.maxTalkSeconds ?? Infinity)
  }
}

const isIn = (list: readonly string[] | undefined, value: unknown): boolean =>
  typeof value === 'string' && (list ?? []).includes(value)
