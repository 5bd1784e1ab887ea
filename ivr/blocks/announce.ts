import { z } from 'zod'
import type { Block, BlockStep, Sound } from '../block.ts'
import { prompt } from '../sounds.ts'
import { answerFirst, phoneKey, speechList, stay, wholeNumber } from './common.ts'

const settings = z.object({
  say: speechList.default([prompt('please-wait')]),
  /** How many times it is said in all. */
  times: wholeNumber(1, 5, 'times').default(1),
  /** A key that cuts it short. */
  skipKey: phoneKey.nullable().default(null)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'playing'; time: number }

/** Says sounds and texts to the caller, several times if wanted, and goes on when all has been said. */
export const announce: Block<Settings, State> = {
  type: 'announce',
  settings,
  instantExits: [],
  exits: () => ['next'],

  enter: ({ say }, context) => ({
    state: { phase: 'playing', time: 1 },
    effects: [...answerFirst(context), { do: 'play', sounds: say satisfies Sound[] }]
  }),

  on: {
    played: (state, _event, { say, times }): BlockStep<State> =>
      state.time >= times
        ? { state, effects: [], exit: 'next' }
        : { state: { ...state, time: state.time + 1 }, effects: [{ do: 'play', sounds: say }] },

    digit: (state, { digit }, { skipKey }): BlockStep<State> =>
      digit === skipKey
        ? { state, effects: [{ do: 'stopPlaying' }, { do: 'note', pressed: digit }], exit: 'next' }
        : stay(state)
  }
}
