import { z } from 'zod'
import type { Block, BlockStep } from '../block.ts'
import { prompt } from '../sounds.ts'
import { stay } from './common.ts'

const settings = z.object({})
type Settings = z.infer<typeof settings>

/** Longer than the message in any language: a sound whose end is not told must not hold the call. */
const longestMs = 20_000
const over = { do: 'hangup', reason: 'overloaded' } as const

/**
 * Tells the caller that too many people are calling, and ends the call as busy. It is not answered, so it costs nobody
 * anything. Made by the exchange when it is overloaded; it stands in no editor.
 */
export const turnAway: Block<Settings, 'saying'> = {
  type: 'turnAway',
  settings,
  instantExits: [],
  exits: () => [],
  enter: () => ({
    state: 'saying',
    effects: [
      { do: 'play', sounds: [prompt('queue-full')] },
      { do: 'timer', ms: longestMs }
    ]
  }),
  on: {
    played: (state): BlockStep<'saying'> => ({ state, effects: [{ do: 'cancelTimer' }, over] }),
    timeout: (state): BlockStep<'saying'> => ({ state, effects: [{ do: 'stopPlaying' }, over] }),
    digit: (state): BlockStep<'saying'> => stay(state)
  }
}
