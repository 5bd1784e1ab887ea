import { z } from 'zod'
import type { Block } from '../block.ts'

const settings = z.object({ on: z.boolean({ error: 'must be true or false' }).default(false) })

type Settings = z.infer<typeof settings>

/** Talks from here on are recorded, or not, whatever the blocks after it say. */
export const recording: Block<Settings, null> = {
  type: 'recording',
  settings,
  instantExits: ['next'],
  exits: () => ['next'],
  enter: ({ on }) => ({ state: null, effects: [{ do: 'setRecording', on }], exit: 'next' }),
  on: {}
}
