import { z } from 'zod'
import type { Block } from '../block.ts'
import { idOf } from './common.ts'

const settings = z.object({ schemeId: idOf('a scheme') })

type Settings = z.infer<typeof settings>
type State = { phase: 'going' }

/** Goes on in another scheme, in the version published by then; `missing` when that cannot be. */
export const goto: Block<Settings, State> = {
  type: 'goto',
  settings,
  instantExits: ['missing'],
  exits: () => ['missing'],
  enter: ({ schemeId }) => ({ state: { phase: 'going' }, effects: [{ do: 'goToScheme', schemeId }] }),
  on: {
    schemeMissing: (state) => ({ state, effects: [], exit: 'missing' })
  }
}
