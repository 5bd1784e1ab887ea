import { z } from 'zod'
import type { Block, BlockContext, BlockEffect, BlockStep, FoundOperator } from '../block.ts'
import { stay, wholeNumber } from './common.ts'

const settings = z.object({
  /** The client's owner is rung first, alone. */
  assignedFirst: z.boolean().default(true),
  assignedRingSeconds: wholeNumber(5, 120, 'seconds').default(15),
  groupId: z.string({ error: 'must name a group' }).min(1, 'must name a group').max(64),
  strategy: z.enum(['longestIdle', 'roundRobin', 'ringAll']).default('longestIdle'),
  ringSeconds: wholeNumber(5, 120, 'seconds').default(20),
  /** How many times the group is gone through. */
  rounds: wholeNumber(1, 10, 'rounds').default(2),
  record: z.boolean().default(true)
})

type Settings = z.infer<typeof settings>

type State = {
  phase: 'askingOwner' | 'askingGroup' | 'ringing'
  /** Of those that were given, from 1. */
  round: number
  /** Rung in this round, the owner before it included: not rung twice in a round. */
  tried: readonly string[]
  ringing: readonly string[]
  ringbackOn: boolean
}

/**
 * Rings operators until one talks: the owner, then the group by its strategy, round after round.
 * Who declined is not rung again in this call. When an operator answers, the machine bridges, cancels the other
 * legs, the timer and the ringback; the block hears of it when the talk has ended.
 */
export const ring: Block<Settings, State> = {
  type: 'ring',
  settings,
  // With nobody free, `noAnswer` comes at once.
  instantExits: ['noAnswer'],
  exits: () => ['talked', 'noAnswer'],

  enter: (settings, context) => {
    const state: State = { phase: 'askingGroup', round: 1, tried: [], ringing: [], ringbackOn: false }
    const { ownerId, declined } = context
    if (!settings.assignedFirst || ownerId === null || declined.includes(ownerId)) {
      return askGroup(state, settings, context)
    }
    return {
      state: { ...state, phase: 'askingOwner' },
      effects: [{ do: 'findOperators', query: { kind: 'user', userId: ownerId, except: declined } }]
    }
  },

  on: {
    operatorsFound: (state, { operators }, settings, context) => {
      if (state.phase === 'ringing') return free(state, operators, state.ringing)
      const willing = operators.filter(({ userId }) => !context.declined.includes(userId))
      const isForAll = state.phase === 'askingGroup' && settings.strategy === 'ringAll'
      const chosen = isForAll ? willing : willing.slice(0, 1)
      const left = free(
        state,
        operators,
        chosen.map(({ userId }) => userId)
      ).effects
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

    timeout: (state, _event, settings, context) => {
      if (state.phase !== 'ringing') return stay(state)
      const next = askGroup({ ...state, ringing: [] }, settings, context)
      return { ...next, effects: [{ do: 'stopRinging', userIds: state.ringing }, ...next.effects] }
    },

    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

function askGroup(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  const { groupId, strategy } = settings
  const except = [...new Set([...context.declined, ...state.tried])]
  return {
    state: { ...state, phase: 'askingGroup' },
    effects: [{ do: 'findOperators', query: { kind: 'group', groupId, strategy, except } }]
  }
}

function ringThese(state: State, operators: readonly FoundOperator[], settings: Settings): BlockStep<State> {
  const userIds = operators.map(({ userId }) => userId)
  const seconds = state.phase === 'askingOwner' ? settings.assignedRingSeconds : settings.ringSeconds
  const ringMs = seconds * 1000
  const ringback: readonly BlockEffect[] = state.ringbackOn ? [] : [{ do: 'ringback', on: true }]
  return {
    state: {
      ...state,
      phase: 'ringing',
      tried: [...state.tried, ...userIds],
      ringing: userIds,
      ringbackOn: true
    },
    effects: [
      ...ringback,
      { do: 'ring', operators, ringMs, record: settings.record },
      { do: 'timer', ms: ringMs }
    ]
  }
}

/** Nobody was found: the group after the owner, the next round after this one, or the end. */
function goOn(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  if (state.phase === 'askingOwner') return askGroup(state, settings, context)
  // A round that rang nobody took no time: the next would find nobody either.
  const mayGoRound = state.tried.length > 0 && state.round < settings.rounds
  if (mayGoRound) return askGroup({ ...state, round: state.round + 1, tried: [] }, settings, context)
  return { state, effects: state.ringbackOn ? [{ do: 'ringback', on: false }] : [], exit: 'noAnswer' }
}

/** Operators reserved for this call whom it does not ring go back to the others. */
function free(state: State, operators: readonly FoundOperator[], kept: readonly string[]): BlockStep<State> {
  const userIds = operators.map(({ userId }) => userId).filter((id) => !kept.includes(id))
  return userIds.length === 0 ? stay(state) : { state, effects: [{ do: 'stopRinging', userIds }] }
}
