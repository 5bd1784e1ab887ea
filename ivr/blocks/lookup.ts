import { z } from 'zod'
import type {
  Block,
  BlockContext,
  BlockEffect,
  BlockStep,
  DialTarget,
  FoundOperator,
  LookupAnswer
} from '../block.ts'
import { answerFirst, freeOthers, stay, wholeNumber } from './common.ts'

const settings = z.object({
  /** The call's facts go with the question. Where it may lead (no inner networks) the runtime decides. */
  url: z
    .string({ error: 'must be an address such as https://crm.example.com/route' })
    .max(2000, 'takes at most 2000 letters')
    .refine(isWebAddress, { error: 'must be an address such as https://crm.example.com/route' }),
  timeoutMs: wholeNumber(500, 5000, 'milliseconds').default(1500),
  /** Codes that the answer may hold; each has an exit of its own. */
  codes: z
    .array(
      z
        .string()
        .trim()
        .regex(/^[\w.-]{1,40}$/, 'must be one to forty Latin letters, digits, dots, _ or -')
    )
    .max(30, 'takes at most thirty codes')
    .refine((codes) => new Set(codes).size === codes.length, { error: 'each code may stand here only once' })
    .default([]),
  /** How long each of those whom the answer names is rung. */
  ringSeconds: wholeNumber(5, 120, 'seconds').default(20),
  record: z.boolean().default(true)
})

type Settings = z.infer<typeof settings>

type State = {
  phase: 'asking' | 'saying' | 'finding' | 'ringing' | 'dialling'
  /** Whom the answer names and who has not been tried yet. */
  left: readonly DialTarget[]
  /** The exit when what the answer says has been said, and nobody is to be rung. */
  exit: string
  ringing: readonly string[]
  ringbackOn: boolean
}

/** The runtime gives up at `timeoutMs` by itself; this is for the answer that a restart swallowed. */
const graceMs = 1_000

/** An answer with more than this would ring on for an hour. */
const mostTargets = 20
const longestText = 1_000

/**
 * Asks an outside system what to do with the call. What it answers is done in this order: its text is said, the client
 * gets the owner it names, a code leads out by its exit, and those it names are rung one after another.
 */
export const lookup: Block<Settings, State> = {
  type: 'lookup',
  settings,
  // Outside systems answer in no time, so a circle would ask them as fast as they can answer.
  instantExits: (settings) => exitsOf(settings).filter((exit) => exit !== 'talked'),
  exits: exitsOf,

  enter: ({ url, timeoutMs }) => ({
    state: { phase: 'asking', left: [], exit: 'next', ringing: [], ringbackOn: false },
    effects: [
      { do: 'lookup', url, timeoutMs },
      { do: 'timer', ms: timeoutMs + graceMs }
    ]
  }),

  on: {
    lookedUp: (state, { answer }, settings, context) => {
      if (state.phase !== 'asking') return stay(state)
      if (answer === null) return { state, effects: [{ do: 'cancelTimer' }], exit: 'failed' }
      const effects: readonly BlockEffect[] = [{ do: 'cancelTimer' }, ...assignment(answer)]
      const isBranch = answer.code !== null && settings.codes.includes(answer.code)
      const next: State = {
        ...state,
        left: isBranch ? [] : answer.targets.slice(0, mostTargets),
        exit: isBranch ? codeExit(answer.code ?? '') : 'next'
      }
      const text = answer.text?.trim().slice(0, longestText) ?? ''
      if (text === '') return after(effects, act(next, settings, context))
      return {
        state: { ...next, phase: 'saying' },
        effects: [...effects, ...answerFirst(context), { do: 'play', sounds: [{ text }] }]
      }
    },

    played: (state, _event, settings, context) =>
      state.phase === 'saying' ? act(state, settings, context) : stay(state),

    operatorsFound: (state, { operators }, settings, context) => {
      if (state.phase !== 'finding') {
        const effects = freeOthers(operators, state.ringing)
        return effects.length === 0 ? stay(state) : { state, effects }
      }
      const chosen = operators.filter(({ userId }) => !context.declined.includes(userId)).slice(0, 1)
      const freed = freeOthers(
        operators,
        chosen.map(({ userId }) => userId)
      )
      return after(
        freed,
        chosen.length > 0 ? ringThese(state, chosen, settings) : tryNext(state, settings, context)
      )
    },

    legFailed: (state, { userId }, settings, context) =>
      state.ringing.includes(userId)
        ? after([{ do: 'cancelTimer' }], tryNext({ ...state, ringing: [] }, settings, context))
        : stay(state),

    dialFailed: (state, _event, settings, context) =>
      state.phase === 'dialling'
        ? after([{ do: 'cancelTimer' }], tryNext(state, settings, context))
        : stay(state),

    timeout: (state, _event, settings, context) => {
      switch (state.phase) {
        case 'asking':
          return { state, effects: [], exit: 'failed' }
        case 'ringing': {
          const stop: BlockEffect = { do: 'stopRinging', userIds: state.ringing }
          return after([stop], tryNext({ ...state, ringing: [] }, settings, context))
        }
        case 'dialling':
          return after([{ do: 'stopDialling' }], tryNext(state, settings, context))
        case 'saying':
        case 'finding':
          return stay(state)
      }
    },

    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

function exitsOf({ codes }: Settings): readonly string[] {
  return ['next', 'talked', 'noAnswer', 'failed', ...codes.map(codeExit)]
}

function codeExit(code: string): string {
  return `code:${code}`
}

function assignment({ ownerId, contactName }: LookupAnswer): readonly BlockEffect[] {
  return ownerId === null && contactName === null ? [] : [{ do: 'assign', ownerId, contactName }]
}

/** What is to be done once everything has been said. */
function act(state: State, settings: Settings, context: BlockContext): BlockStep<State> {
  return state.left.length === 0
    ? { state, effects: [], exit: state.exit }
    : tryNext(state, settings, context)
}

/** Looks for the next of those named; one who declined, or cannot be reached, is passed over. */
function tryNext(state: State, settings: Settings, { declined }: BlockContext): BlockStep<State> {
  const [target, ...left] = state.left.filter(
    (each) => each.kind === 'external' || !declined.includes(each.userId)
  )
  if (target === undefined) {
    return { state, effects: state.ringbackOn ? [{ do: 'ringback', on: false }] : [], exit: 'noAnswer' }
  }
  if (target.kind === 'user') {
    return {
      state: { ...state, phase: 'finding', left },
      effects: [{ do: 'findOperators', query: { kind: 'user', userId: target.userId, except: declined } }]
    }
  }
  const ringMs = settings.ringSeconds * 1000
  return {
    state: { ...state, phase: 'dialling', left, ringbackOn: true },
    effects: [
      ...ringbackOn(state),
      { do: 'dial', target, ringMs, record: settings.record },
      { do: 'timer', ms: ringMs }
    ]
  }
}

function ringThese(state: State, operators: readonly FoundOperator[], settings: Settings): BlockStep<State> {
  const ringMs = settings.ringSeconds * 1000
  return {
    state: {
      ...state,
      phase: 'ringing',
      ringing: operators.map(({ userId }) => userId),
      ringbackOn: true
    },
    effects: [
      ...ringbackOn(state),
      { do: 'ring', operators, ringMs, record: settings.record },
      { do: 'timer', ms: ringMs }
    ]
  }
}

function ringbackOn(state: State): readonly BlockEffect[] {
  return state.ringbackOn ? [] : [{ do: 'ringback', on: true }]
}

function after(effects: readonly BlockEffect[], step: BlockStep<State>): BlockStep<State> {
  return { ...step, effects: [...effects, ...step.effects] }
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  // A password in an address would be shown to everybody who sees the scheme.
  return /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === ''
}
