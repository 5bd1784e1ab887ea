import { z } from 'zod'
import type { Block, BlockStep } from '../block.ts'
import { prompt } from '../sounds.ts'
import { answerFirst, soundList, stay, wholeNumber } from './common.ts'

const option = z.object({
  digit: z.string().regex(/^[0-9*#]$/, 'must be one key: 0 to 9, * or #'),
  /** What the option is for, in the editor and reports. */
  label: z.string().trim().max(100).default('')
})

const settings = z.object({
  prompt: soundList.default([prompt('menu-hint')]),
  options: z
    .array(option)
    .min(1, 'needs at least one option')
    .max(12)
    .refine((options) => new Set(options.map(({ digit }) => digit)).size === options.length, {
      error: 'each key may stand in one option only'
    }),
  wrongSounds: soundList.default([prompt('wrong-key')]),
  /** How long a key is waited for after the prompt has ended. */
  waitSeconds: wholeNumber(1, 60, 'seconds').default(5),
  /** How many times the prompt is given in all. */
  attempts: wholeNumber(1, 10, 'attempts').default(3)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'prompting' | 'waiting'; attempt: number }

/** Asks for one key. A key stops the prompt; silence and wrong keys are met by asking again, up to `attempts`. */
export const menu: Block<Settings, State> = {
  type: 'menu',
  settings,
  instantExits: [],
  exits: ({ options }) => [...options.map(({ digit }) => digit), 'noInput', 'wrongInput'],

  enter: (settings, context) => ({
    state: { phase: 'prompting', attempt: 1 },
    effects: [...answerFirst(context), { do: 'play', sounds: settings.prompt }]
  }),

  on: {
    played: (state, _event, { waitSeconds }) =>
      state.phase === 'prompting'
        ? { state: { ...state, phase: 'waiting' }, effects: [{ do: 'timer', ms: waitSeconds * 1000 }] }
        : stay(state),

    digit: (state, { digit }, settings): BlockStep<State> => {
      const quiet =
        state.phase === 'prompting' ? ({ do: 'stopPlaying' } as const) : ({ do: 'cancelTimer' } as const)
      const effects = [quiet, { do: 'note', pressed: digit } as const]
      if (settings.options.some((option) => option.digit === digit)) return { state, effects, exit: digit }
      if (state.attempt >= settings.attempts) return { state, effects, exit: 'wrongInput' }
      return {
        state: { phase: 'prompting', attempt: state.attempt + 1 },
        effects: [...effects, { do: 'play', sounds: [...settings.wrongSounds, ...settings.prompt] }]
      }
    },

    timeout: (state, _event, settings) => {
      if (state.phase !== 'waiting') return stay(state)
      if (state.attempt >= settings.attempts) return { state, effects: [], exit: 'noInput' }
      return {
        state: { phase: 'prompting', attempt: state.attempt + 1 },
        effects: [{ do: 'play', sounds: settings.prompt }]
      }
    }
  }
}
