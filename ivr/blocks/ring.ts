import { z } from 'zod'
import type { Block, BlockContext, BlockEffect, BlockStep, FoundOperator } from '../block.ts'
import { freeOthers, idOf, phoneNumber, stay, wholeNumber } from './common.ts'
import { groupQuery, wantedFields } from './wanted.ts'

const settings = z.object({
  /** The client's owner, or whoever stands in for them, is rung first, alone. */
  assignedFirst: z.boolean().default(true),
  assignedRingSeconds: wholeNumber(5, 120, 'seconds').default(15),
  ...wantedFields,
  /** Rung one after another, by the same strategy, when nobody of the first group answers. */
  furtherGroupIds: z.array(idOf('a group')).max(10, 'takes at most ten groups').default([]),
  ringSeconds: wholeNumber(5, 120, 'seconds').default(20),
  /** How many times the groups are gone through. */
  rounds: wholeNumber(1, 10, 'rounds').default(2),
  /** The last resort, through a trunk. */
  externalNumber: phoneNumber.nullable().default(null),
  externalTrunkId: idOf('a trunk').nullable().default(null),
  externalRingSeconds: wholeNumber(5, 120, 'seconds').default(30),
  record: z.boolean().default(true)
})

type Settings = z.infer<typeof settings>

type State = {
  phase: 'askingOwner' | 'askingGroup' | 'ringing' | 'dialling'
  /** Of those that were given, from 1. */
  round: number
  /** Which of the groups is asked, or was asked last, from 0. */
  group: number
  /** Rung in this round, the owner before it included: not rung twice in a round. */
  tried: readonly string[]
  ringing: readonly string[]
  ringbackOn: boolean
}

/**
 * Rings operators until one talks: the owner, then group after group by the strategy, round after round, and at last
 * a number outside. Who declined is not rung again in this call. When somebody answers, the machine bridges, cancels
 * the other legs, the timer and the ringback; the block hears of it when the talk has ended.
 */
export const ring: Block<Settings, State> = {
  type: 'ring',
  settings,
  // With nobody free, `noAnswer` comes at once.
  instantExits: ['noAnswer'],
  exits: () => ['talked', 'noAnswer'],

  enter: (settings, context) => {
    const state: State = {
      phase: 'askingGroup',
      round: 1,
      group: 0,
      tried: [],
      ringing: [],
      ringbackOn: false
    }
    const { ownerId, declined } = context
    if (!settings.assignedFirst || ownerId === null || declined.includes(ownerId)) {
      return askGroup(state, settings, context)
    }
    return {
      state: { ...state, phase: 'askingOwner' },
      effects: [{ do: 'findOperators', query: { kind: 'owner', userId: ownerId, except: declined } }]
    }
  },

  on: {
    operatorsFound: (state, { operators }, settings, context) => {
      if (state.phase === 'ringing' || state.phase === 'dialling') {
        const effects = freeOthers(operators, state.ringing)
        return effects.length === 0 ? stay(state) : { state, effects }
      }
      const willing = operators.filter(({ userId }) => !context.declined.includes(userId))
      const isForAll = state.phase === 'askingGroup' && settings.strategy === 'ringAll'
      const chosen = isForAll ? willing : willing.slice(0, 1)
      const left = freeOthers(
        operators,
        chosen.map(({ userId }) => userId)
      )
      const next = chosen.length > 0 ? ringThese(state, chosen, settings) : goOn(state, settings, context)
      return { ...next, effects: [...left, ...next.effects] }
    },

    legFailed: (state, { userId }, settings, context) => {
      if (!state.ringing.includes(userId)) return stay(state)
      const rest = { ...state, ringing: state.ringing.filter((id) => id !== userId) }
      if (rest.ringing.length > 0) return { state: rest, effects: [] }
      const next = askGroup(rest, settings, context)
      return { ...next, effects: [{ do: 'cancelTimer' }, ...next.effects] }
    },

    dialFailed: (state) => {
      if (state.phase !== 'dialling') return stay(state)
      return giveUp(state, [{ do: 'cancelTimer' }])
    },

    timeout: (state, _event, settings, context) => {
      if (state.phase === 'dialling') return giveUp(state, [{ do: 'stopDialling' }])
      if (state.phase !== 'ringing') return stay(state)
      const next = askGroup({ ...state, ringing: [] }, settings, context)
      return { ...next, effects: [{ do: 'stopRinging', userIds: state.ringing }, ...next.effects] }
    },

    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

function askGroup(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  const except = [...new Set([...context.declined, ...state.tried])]
  const groupId = groupsOf(settings)[state.group] ?? settings.groupId
  return {
    state: { ...state, phase: 'askingGroup' },
    effects: [{ do: 'findOperators', query: groupQuery(settings, groupId, except) }]
  }
}

function groupsOf({ groupId, furtherGroupIds }: Settings): readonly string[] {
  return [groupId, ...furtherGroupIds]
}

function ringThese(state: State, operators: readonly FoundOperator[], settings: Settings): BlockStep<State> {
  const userIds = operators.map(({ userId }) => userId)
  const seconds = state.phase === 'askingOwner' ? settings.assignedRingSeconds : settings.ringSeconds
  const ringMs = seconds * 1000
  return {
    state: {
      ...state,
      phase: 'ringing',
      tried: [...state.tried, ...userIds],
      ringing: userIds,
      ringbackOn: true
    },
    effects: [
      ...ringbackOn(state),
      { do: 'ring', operators, ringMs, record: settings.record },
      { do: 'timer', ms: ringMs }
    ]
  }
}

/** Nobody was found: the group after the owner, the next group, the next round, the number outside, or the end. */
function goOn(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  if (state.phase === 'askingOwner') return askGroup(state, settings, context)
  if (state.group + 1 < groupsOf(settings).length) {
    return askGroup({ ...state, group: state.group + 1 }, settings, context)
  }
  // A round that rang nobody took no time: the next would find nobody either.
  const mayGoRound = state.tried.length > 0 && state.round < settings.rounds
  if (mayGoRound) {
    return askGroup({ ...state, round: state.round + 1, group: 0, tried: [] }, settings, context)
  }
  return settings.externalNumber === null
    ? giveUp(state, [])
    : dialOut(state, settings, settings.externalNumber)
}

function dialOut(state: State, settings: Settings, number: string): BlockStep<State> {
  const ringMs = settings.externalRingSeconds * 1000
  return {
    state: { ...state, phase: 'dialling', ringbackOn: true },
    effects: [
      ...ringbackOn(state),
      {
        do: 'dial',
        target: { kind: 'external', number, trunkId: settings.externalTrunkId },
        ringMs,
        record: settings.record
      },
      { do: 'timer', ms: ringMs }
    ]
  }
}

function giveUp(state: State, effects: readonly BlockEffect[]): BlockStep<State> {
  return {
    state,
    effects: state.ringbackOn ? [...effects, { do: 'ringback', on: false }] : effects,
    exit: 'noAnswer'
  }
}

function ringbackOn(state: State): readonly BlockEffect[] {
  return state.ringbackOn ? [] : [{ do: 'ringback', on: true }]
}
