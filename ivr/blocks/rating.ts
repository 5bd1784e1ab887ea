import { z } from 'zod'
import type { Block, BlockStep } from '../block.ts'
import { prompt } from '../sounds.ts'
import { answerFirst, soundList, stay, wholeNumber } from './common.ts'

const settings = z.object({
  question: soundList.default([prompt('rate-talk')]),
  wrongSounds: soundList.default([prompt('wrong-key')]),
  thanks: soundList.default([prompt('thank-you')]),
  /** How long a key is waited for after the question. */
  waitSeconds: wholeNumber(1, 30, 'seconds').default(6)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'asking' | 'waiting' | 'thanking'; hasErred: boolean }

/** Asks for a mark from 1 to 5. One wrong key is forgiven; a second, or silence, leaves the talk unrated. */
export const rating: Block<Settings, State> = {
  type: 'rating',
  settings,
  instantExits: [],
  exits: () => ['next'],

  enter: ({ question }, context) => ({
    state: { phase: 'asking', hasErred: false },
    effects: [...answerFirst(context), { do: 'play', sounds: question }]
  }),

  on: {
    played: (state, _event, { waitSeconds }): BlockStep<State> => {
      if (state.phase === 'thanking') return { state, effects: [], exit: 'next' }
      if (state.phase === 'waiting') return stay(state)
      return { state: { ...state, phase: 'waiting' }, effects: [{ do: 'timer', ms: waitSeconds * 1000 }] }
    },

    digit: (state, { digit }, settings, { lastOperatorId }): BlockStep<State> => {
      if (state.phase === 'thanking') return stay(state)
      const quiet =
        state.phase === 'asking' ? ({ do: 'stopPlaying' } as const) : ({ do: 'cancelTimer' } as const)
      const effects = [quiet, { do: 'note', pressed: digit } as const]
      if (/^[1-5]$/.test(digit)) {
        return {
          state: { ...state, phase: 'thanking' },
          effects: [
            ...effects,
            { do: 'rate', rating: Number(digit), operatorId: lastOperatorId },
            { do: 'play', sounds: settings.thanks }
          ]
        }
      }
      if (state.hasErred) return { state, effects, exit: 'next' }
      return {
        state: { phase: 'asking', hasErred: true },
        effects: [...effects, { do: 'play', sounds: [...settings.wrongSounds, ...settings.question] }]
      }
    },

    timeout: (state): BlockStep<State> =>
      state.phase === 'waiting' ? { state, effects: [], exit: 'next' } : stay(state)
  }
}
