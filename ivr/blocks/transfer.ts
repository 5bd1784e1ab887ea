import { z } from 'zod'
import type { Block, BlockContext, BlockStep } from '../block.ts'
import { stay } from './common.ts'

const settings = z.object({
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('user'), userId: z.string() }),
    z.object({ kind: z.literal('group'), groupId: z.string() }),
    z.object({ kind: z.literal('external'), number: z.string(), trunkId: z.string().nullish() }),
    z.object({ kind: z.literal('scheme'), schemeId: z.string() })
  ]),
  /** Who sent the client on, and gets them back when nobody is there. */
  returnTo: z.string().nullable(),
  /** The target had the client before: a wrap-up does not keep the client from them. */
  isReturn: z.boolean().default(false),
  ringSeconds: z.number().int().default(25),
  record: z.boolean().default(true)
})

type Settings = z.infer<typeof settings>

type State = {
  stage: 'finding' | 'ringing' | 'dialling' | 'leaving'
  /** The client is being given back. */
  isReturning: boolean
  tried: readonly string[]
  ringing: string | null
}

/**
 * A blind transfer: rings whoever the client was sent to and, when nobody there answers, whoever sent them. Made by the
 * call machine for one call; it stands in no editor.
 */
export const transfer: Block<Settings, State> = {
  type: 'transfer',
  settings,
  instantExits: ['noAnswer'],
  exits: () => ['talked', 'noAnswer'],

  enter: (settings, context) => {
    const state: State = { stage: 'finding', isReturning: false, tried: [], ringing: null }
    const step = find(state, settings, context)
    return { ...step, effects: [{ do: 'ringback', on: true }, ...step.effects] }
  },

  on: {
    operatorsFound: (state, { operators }, settings) => {
      if (state.stage !== 'finding') return stay(state)
      const [first, ...others] = operators
      const left = others.map(({ userId }) => userId)
      const back = left.length > 0 ? [{ do: 'stopRinging', userIds: left } as const] : []
      if (!first) return giveBack(state, settings)
      const ringMs = settings.ringSeconds * 1000
      return {
        state: { ...state, stage: 'ringing', ringing: first.userId, tried: [...state.tried, first.userId] },
        effects: [
          ...back,
          { do: 'ring', operators: [first], ringMs, record: settings.record },
          { do: 'timer', ms: ringMs }
        ]
      }
    },

    legFailed: (state, { userId }, settings, context) => {
      if (state.stage !== 'ringing' || state.ringing !== userId) return stay(state)
      return next(state, settings, context, [{ do: 'cancelTimer' }])
    },

    dialFailed: (state, _event, settings) =>
      state.stage === 'dialling' ? giveBack(state, settings, [{ do: 'cancelTimer' }]) : stay(state),

    schemeMissing: (state, _event, settings) =>
      state.stage === 'leaving' ? giveBack(state, settings) : stay(state),

    timeout: (state, _event, settings, context) => {
      if (state.stage === 'dialling') return giveBack(state, settings, [{ do: 'stopDialling' }])
      if (state.stage !== 'ringing' || state.ringing === null) return stay(state)
      return next(state, settings, context, [{ do: 'stopRinging', userIds: [state.ringing] }])
    },

    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

type Effects = BlockStep<State>['effects']

function find(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  const { target, ringSeconds, record } = settings
  const finding: State = { ...state, stage: 'finding', ringing: null }
  const except = [...new Set([...context.declined, ...state.tried])]
  switch (target.kind) {
    case 'user': {
      const isBack = settings.isReturn ? ({ isReturn: true } as const) : {}
      const query = { kind: 'user', userId: target.userId, ...isBack, except } as const
      return { state: finding, effects: [{ do: 'findOperators', query }] }
    }
    case 'group': {
      // Whoever sends a client to their own group does not mean themselves.
      const others = settings.returnTo === null ? except : [...except, settings.returnTo]
      const query = {
        kind: 'group',
        groupId: target.groupId,
        strategy: 'longestIdle',
        except: others
      } as const
      return { state: finding, effects: [{ do: 'findOperators', query }] }
    }
    case 'external': {
      const outside = { kind: 'external', number: target.number, trunkId: target.trunkId ?? null } as const
      const ringMs = ringSeconds * 1000
      return {
        state: { ...state, stage: 'dialling' },
        effects: [
          { do: 'dial', target: outside, ringMs, record },
          { do: 'timer', ms: ringMs }
        ]
      }
    }
    case 'scheme':
      return {
        state: { ...state, stage: 'leaving' },
        effects: [
          { do: 'ringback', on: false },
          { do: 'goToScheme', schemeId: target.schemeId }
        ]
      }
  }
}

/** The next of the group, or back. */
function next(state: State, settings: Settings, context: BlockContext, effects: Effects): BlockStep<State> {
  if (state.isReturning || settings.target.kind !== 'group') return giveBack(state, settings, effects)
  const step = find(state, settings, context)
  return { ...step, effects: [...effects, ...step.effects] }
}

function giveBack(state: State, settings: Settings, effects: Effects = []): BlockStep<State> {
  const { returnTo } = settings
  if (state.isReturning || returnTo === null)
    return { state, effects: [...effects, { do: 'ringback', on: false }], exit: 'noAnswer' }
  // They may have declined in this call before; now they are asked to take back what they gave away.
  return {
    state: { ...state, stage: 'finding', isReturning: true, ringing: null },
    effects: [
      ...effects,
      { do: 'ringback', on: true },
      { do: 'findOperators', query: { kind: 'user', userId: returnTo, isReturn: true, except: [] } }
    ]
  }
}
