import type { Group, Source, TrackingNumber, User } from '../../../api/contract/config.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Scenario, SimulatedOperator } from '../../../ivr/simulate.ts'

/** Whoever is free, in whichever group is asked. */
export const anybody = 'anybody'

/** How the operators meet an imagined call, as the panel asks it. */
export interface Meeting {
  reaction: SimulatedOperator['reaction']
  who: string
  afterSeconds: number
}

/** Who calls as long as nobody says otherwise. */
export const firstCaller = '+79161234567'

/** A call to begin with: in office hours of the next working day, and nobody answers it. */
export function firstScenario(nowMs: number): Scenario {
  const at = new Date(nowMs)
  at.setHours(12, 0, 0, 0)
  if (at.getTime() < nowMs) at.setDate(at.getDate() + 1)
  while (at.getDay() === 0 || at.getDay() === 6) at.setDate(at.getDate() + 1)
  return {
    atMs: at.getTime(),
    facts: { callerNumber: firstCaller, contactId: null },
    presses: '',
    operators: [],
    ownerId: null
  }
}

/** The same call with something else known of it. */
export function withFacts(scenario: Scenario, facts: NonNullable<Scenario['facts']>): Scenario {
  return { ...scenario, facts: { ...scenario.facts, ...facts } }
}

/** The call came to this number: the source and the site behind the number come along. */
export function atNumber(
  scenario: Scenario,
  number: TrackingNumber | undefined,
  sources: readonly Source[]
): Scenario {
  const source = sources.find(({ id }) => id === number?.sourceId)
  return withFacts(scenario, {
    dialed: number?.e164 ?? '',
    numberId: number?.id ?? null,
    sourceId: source?.id ?? null,
    inquiryChannel: source?.inquiryChannel ?? null,
    siteId: number?.siteId ?? null
  })
}

export function meetingOf({ operators = [], ownerId }: Scenario): Meeting {
  const group = operators.find(({ userId }) => userId !== ownerId) ?? operators[0]
  if (!group) return { reaction: 'busy', who: anybody, afterSeconds: 5 }
  return {
    reaction: group.reaction === 'declines' ? 'silent' : group.reaction,
    who: group.userId,
    afterSeconds: group.afterSeconds ?? 0
  }
}

/** One operator, or whoever is free; the client's own manager meets the call in the same way. */
export function withMeeting(
  scenario: Scenario,
  { reaction, who, afterSeconds }: Meeting,
  users: readonly User[],
  groups: readonly Group[]
): Scenario {
  const { ownerId } = scenario
  const ids = [...new Set([...(ownerId ? [ownerId] : []), who])]
  const operators = ids.map((userId): SimulatedOperator => {
    const user = users.find(({ id }) => id === userId)
    return {
      userId,
      name: user?.name ?? '',
      reaction,
      ...(reaction === 'answers' && { afterSeconds }),
      ...(user && {
        groupIds: groups.filter(({ memberIds }) => memberIds.includes(userId)).map(({ id }) => id)
      })
    }
  })
  return { ...scenario, operators }
}

/** What only some schemes ask for: the panel shows no more than the scheme looks at. */
export interface Wanted {
  hasQueue: boolean
  hasOutside: boolean
  codes: readonly string[]
  hasLookup: boolean
  /** Facts that conditions look at and that no other field gives. */
  facts: readonly ('campaign' | 'keyword' | 'region' | 'country')[]
}

const textFacts = ['campaign', 'keyword', 'region', 'country'] as const

export function wantedOf(scheme: Scheme): Wanted {
  const blocks = Object.values(scheme.blocks)
  const lookups = blocks.filter(({ type }) => type === 'lookup')
  const rules = JSON.stringify(
    blocks.filter(({ type }) => type === 'condition').map(({ settings }) => settings)
  )
  return {
    hasQueue: blocks.some(({ type }) => type === 'queue'),
    hasOutside: blocks.some(
      ({ type, settings }) => type === 'external' || typeof settings['externalNumber'] === 'string'
    ),
    hasLookup: lookups.length > 0,
    codes: lookups.flatMap(({ settings }) => {
      const codes = settings['codes']
      return Array.isArray(codes) ? codes.filter((code) => typeof code === 'string') : []
    }),
    facts: textFacts.filter((fact) => rules.includes(`"fact":"${fact}"`))
  }
}

/** For an input of date and time: in the time of this computer. */
export function localTime(atMs: number): string {
  const at = new Date(atMs)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}
