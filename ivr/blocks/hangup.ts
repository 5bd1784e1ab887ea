import { z } from 'zod'
import type { Block } from '../block.ts'

const settings = z.object({
  /** Shown in the journal. */
  reason: z
    .string()
    .regex(/^[a-z0-9_]{1,40}$/, 'must be one to forty small Latin letters, digits or underscores')
    .default('scheme_end')
})

type Settings = z.infer<typeof settings>

/** Ends the call, giving a reason. */
export const hangup: Block<Settings, null> = {
  type: 'hangup',
  settings,
  instantExits: [],
  exits: () => [],
  enter: ({ reason }) => ({ state: null, effects: [{ do: 'hangup', reason }] }),
  on: {}
}
