import { z } from 'zod'
import type { Block, BlockContext, BlockEffect, BlockStep } from '../block.ts'
import { digitSounds, prompt } from '../sounds.ts'
import { answerFirst, idOf, soundList, stay, wholeNumber } from './common.ts'
import { hoursOf, nextOpenMs, scheduleFields } from './schedule.ts'

const settings = z.object({
  /** At once, or when these hours begin. */
  when: z.enum(['now', 'open']).default('now'),
  ...scheduleFields,
  /** Who calls back: the client's owner, else somebody of this group. */
  groupId: idOf('a group').nullable().default(null),
  thanks: soundList.default([prompt('callback-promised')]),
  /** The number is read out after the thanks. */
  sayNumber: z.boolean().default(true),
  /** A caller without a number keys one in. */
  askNumber: z.boolean().default(true),
  question: soundList.default([prompt('enter-number')]),
  wrongSounds: soundList.default([prompt('wrong-number')]),
  /** How long the next key is waited for; after it, what was keyed in counts. */
  waitSeconds: wholeNumber(2, 30, 'seconds').default(6),
  attempts: wholeNumber(1, 5, 'attempts').default(2)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'asking' | 'keying' | 'thanking'; attempt: number; keyed: string }

const shortestNumber = 5
const longestNumber = 15

/**
 * Promises a callback and says so. A caller who hides their number is asked for one: `#` or a pause ends it, `*` clears
 * what was keyed in.
 */
export const callback: Block<Settings, State> = {
  type: 'callback',
  settings,
  instantExits: ['noNumber'],
  exits: () => ['next', 'noNumber'],

  enter: (settings, context) => {
    const { callerNumber } = context.facts
    const state: State = { phase: 'asking', attempt: 1, keyed: '' }
    if (callerNumber !== null) {
      return promise(state, null, callerNumber, settings, context, answerFirst(context))
    }
    if (!settings.askNumber) return { state, effects: [], exit: 'noNumber' }
    return { state, effects: [...answerFirst(context), { do: 'play', sounds: settings.question }] }
  },

  on: {
    played: (state, _event, settings): BlockStep<State> => {
      if (state.phase === 'thanking') return { state, effects: [], exit: 'next' }
      if (state.phase === 'keying') return stay(state)
      return { state: { ...state, phase: 'keying' }, effects: [nextKey(settings)] }
    },

    digit: (state, { digit }, settings, context) => {
      if (state.phase === 'thanking') return stay(state)
      const quiet =
        state.phase === 'asking' ? ({ do: 'stopPlaying' } as const) : ({ do: 'cancelTimer' } as const)
      const effects: readonly BlockEffect[] = [quiet, { do: 'note', pressed: digit }]
      if (digit === '#') return keyedIn(state, settings, context, effects)
      const keyed = digit === '*' ? '' : state.keyed + digit
      const next: State = { ...state, phase: 'keying', keyed }
      if (keyed.length >= longestNumber) return keyedIn(next, settings, context, effects)
      return { state: next, effects: [...effects, nextKey(settings)] }
    },

    timeout: (state, _event, settings, context) =>
      state.phase === 'keying' ? keyedIn(state, settings, context, []) : stay(state)
  }
}

function nextKey({ waitSeconds }: Settings): BlockEffect {
  return { do: 'timer', ms: waitSeconds * 1000 }
}

function keyedIn(
  state: State,
  settings: Settings,
  context: BlockContext,
  effects: readonly BlockEffect[]
): BlockStep<State> {
  if (state.keyed.length >= shortestNumber) {
    return promise(state, state.keyed, state.keyed, settings, context, effects)
  }
  if (state.attempt >= settings.attempts) return { state, effects, exit: 'noNumber' }
  return {
    state: { phase: 'asking', attempt: state.attempt + 1, keyed: '' },
    effects: [...effects, { do: 'play', sounds: [...settings.wrongSounds, ...settings.question] }]
  }
}

/** The promise comes before the thanks: who hangs up meanwhile is called back all the same. */
function promise(
  state: State,
  number: string | null,
  spoken: string,
  settings: Settings,
  { nowMs }: BlockContext,
  effects: readonly BlockEffect[]
): BlockStep<State> {
  const atMs = settings.when === 'now' ? null : nextOpenMs(hoursOf(settings), nowMs)
  const said = settings.sayNumber ? [prompt('callback-number'), ...digitSounds(spoken)] : []
  return {
    state: { ...state, phase: 'thanking' },
    effects: [
      ...effects,
      { do: 'promiseCallback', number, atMs, groupId: settings.groupId, queue: null },
      { do: 'play', sounds: [...settings.thanks, ...said] }
    ]
  }
}
