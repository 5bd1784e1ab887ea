import { z } from 'zod'
import type { Block } from '../block.ts'
import { prompt } from '../sounds.ts'
import { answerFirst, soundList } from './common.ts'

const settings = z.object({
  sounds: soundList.default([prompt('welcome')])
})

type Settings = z.infer<typeof settings>
type State = { phase: 'playing' }

/** Says something to the caller, and goes on when it has been said. Any announcement is a greeting. */
export const greeting: Block<Settings, State> = {
  type: 'greeting',
  settings,
  instantExits: [],
  exits: () => ['next'],

  enter: ({ sounds }, context) => ({
    state: { phase: 'playing' },
    effects: [...answerFirst(context), { do: 'play', sounds }]
  }),

  on: {
    played: (state) => ({ state, effects: [], exit: 'next' })
  }
}
