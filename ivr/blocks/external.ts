import { z } from 'zod'
import type { Block, BlockEffect, BlockStep } from '../block.ts'
import { idOf, phoneNumber, wholeNumber } from './common.ts'

const settings = z.object({
  number: phoneNumber,
  /** Null lets the dialling policy choose. */
  trunkId: idOf('a trunk').nullable().default(null),
  ringSeconds: wholeNumber(5, 180, 'seconds').default(40),
  /** The caller hears ringing, even if the other side sends none. */
  ringback: z.boolean().default(true),
  record: z.boolean().default(true)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'dialling' }

/** Calls somebody outside through a trunk, under the dialling policy, and connects the caller with them. */
export const external: Block<Settings, State> = {
  type: 'external',
  settings,
  // A carrier may turn a call down at once; a circle of tries would keep hammering it.
  instantExits: ['noAnswer', 'busy', 'refused'],
  exits: () => ['talked', 'noAnswer', 'busy', 'refused'],

  enter: ({ number, trunkId, ringSeconds, ringback, record }) => ({
    state: { phase: 'dialling' },
    effects: [
      ...(ringback ? [{ do: 'ringback', on: true } as const] : []),
      {
        do: 'dial',
        target: { kind: 'external', number, trunkId },
        ringMs: ringSeconds * 1000,
        record
      },
      { do: 'timer', ms: ringSeconds * 1000 }
    ]
  }),

  on: {
    dialFailed: (state, { result }, settings) => {
      const exit =
        result === 'refused' ? 'refused' : result === 'busy' || result === 'declined' ? 'busy' : 'noAnswer'
      return leave(state, settings, { do: 'cancelTimer' }, exit)
    },
    timeout: (state, _event, settings) => leave(state, settings, { do: 'stopDialling' }, 'noAnswer'),
    talkEnded: (state) => ({ state, effects: [], exit: 'talked' })
  }
}

function leave(state: State, { ringback }: Settings, first: BlockEffect, exit: string): BlockStep<State> {
  return {
    state,
    effects: ringback ? [first, { do: 'ringback', on: false }] : [first],
    exit
  }
}
