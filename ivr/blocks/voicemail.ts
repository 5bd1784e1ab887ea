import { z } from 'zod'
import type { Block, BlockStep } from '../block.ts'
import { beep, prompt } from '../sounds.ts'
import { answerFirst, idOf, soundList, stay, wholeNumber } from './common.ts'

const settings = z.object({
  greeting: soundList.default([prompt('leave-message')]),
  maxSeconds: wholeNumber(5, 600, 'seconds').default(120),
  /** Silence that ends the message. */
  silenceSeconds: wholeNumber(1, 30, 'seconds').default(5),
  /** Somebody gets a task to listen and call back: the client's owner, else somebody of this group. */
  createTask: z.boolean().default(true),
  taskGroupId: idOf('a group').nullable().default(null)
})

type Settings = z.infer<typeof settings>
type State = { phase: 'greeting' | 'beep' | 'recording' }

/** A recording may start late; it may not hold the call for ever if its end is never heard of. */
const graceMs = 10_000

/** Takes a message after the tone. `#` skips the greeting; `#`, silence or the longest time ends the message. */
export const voicemail: Block<Settings, State> = {
  type: 'voicemail',
  settings,
  instantExits: [],
  exits: () => ['next'],

  enter: ({ greeting }, context) => ({
    state: { phase: 'greeting' },
    effects: [...answerFirst(context), { do: 'play', sounds: [...greeting, beep] }]
  }),

  on: {
    digit: (state, { digit }): BlockStep<State> =>
      state.phase === 'greeting' && digit === '#'
        ? { state: { phase: 'beep' }, effects: [{ do: 'stopPlaying' }, { do: 'play', sounds: [beep] }] }
        : stay(state),

    played: (state, _event, { maxSeconds, silenceSeconds, createTask, taskGroupId }): BlockStep<State> => {
      if (state.phase === 'recording') return stay(state)
      const task = createTask ? { groupId: taskGroupId } : null
      return {
        state: { phase: 'recording' },
        effects: [
          { do: 'recordVoicemail', maxSeconds, silenceSeconds, task },
          { do: 'timer', ms: maxSeconds * 1000 + graceMs }
        ]
      }
    },

    recorded: (state): BlockStep<State> =>
      state.phase === 'recording' ? { state, effects: [{ do: 'cancelTimer' }], exit: 'next' } : stay(state),

    timeout: (state): BlockStep<State> =>
      state.phase === 'recording' ? { state, effects: [], exit: 'next' } : stay(state)
  }
}
