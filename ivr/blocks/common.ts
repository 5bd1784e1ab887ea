import { z } from 'zod'
import type { BlockContext, BlockEffect, BlockStep } from '../block.ts'

/**
 * A sound by name, without extension, under the sound folders of the caller's language.
 * Absolute paths and `..` are refused: a scheme must not reach other files of the machine.
 * Tones are not offered: they never end, and a scheme would stand still at them.
 */
const sound = z.object({
  sound: z
    .string()
    .max(200)
    .regex(/^[\w-]+(\/[\w-]+)*$/, 'must be a sound name such as ringtrace/welcome')
})

/** One to twenty sounds, heard one after another. */
export const soundList = z
  .array(sound)
  .min(1, 'needs at least one sound')
  .max(20, 'takes at most twenty sounds')

/** A whole number from `min` to `max` of `unit`, with one message for every way of missing it. */
export function wholeNumber(min: number, max: number, unit: string): z.ZodNumber {
  const error = `must be a whole number of ${unit} from ${min} to ${max}`
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

/** The `answer` that must come before any sound, unless the call is answered already. */
export function answerFirst(context: BlockContext): readonly BlockEffect[] {
  return context.isAnswered ? [] : [{ do: 'answer' }]
}

/** The event changes nothing here: it counts as having no row. */
export function stay<State>(state: State): BlockStep<State> {
  return { state, effects: [] }
}
