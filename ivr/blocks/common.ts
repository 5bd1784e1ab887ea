import { z } from 'zod'
import type { BlockContext, BlockEffect, BlockStep, FoundOperator } from '../block.ts'

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

/** As `soundList`, with texts among them that a synthetic voice speaks. */
export const speechList = z
  .array(
    z.union([
      sound,
      z.object({
        text: z
          .string()
          .trim()
          .min(1, 'needs some words')
          .max(1000, 'takes at most 1000 letters')
          .regex(/^[^\p{Cc}]*$/u, 'must be a single line')
      })
    ])
  )
  .min(1, 'needs at least one sound or text')
  .max(20, 'takes at most twenty sounds')

/** A telephone number as people dial it, without spaces. Whether it may be dialled is for the policy to say. */
export const phoneNumber = z
  .string()
  .regex(/^\+?\d{2,20}$/, 'must be a telephone number such as +74951234567')

/** One key of a telephone. */
export const phoneKey = z.string().regex(/^[0-9*#]$/, 'must be one key: 0 to 9, * or #')

/** Id of something that stands outside the scheme: a group, a trunk, another scheme. */
export function idOf(thing: string): z.ZodString {
  const error = `must name ${thing}`
  return z.string({ error }).min(1, error).max(64, error)
}

/** Tags as people write them. */
export const tagList = z
  .array(z.string().trim().min(1, 'must not be empty').max(50, 'takes at most 50 letters'))
  .max(20, 'takes at most twenty tags')

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

/** Operators reserved for this call whom it does not ring go back to the others. */
export function freeOthers(
  operators: readonly FoundOperator[],
  kept: readonly string[]
): readonly BlockEffect[] {
  const userIds = operators.map(({ userId }) => userId).filter((id) => !kept.includes(id))
  return userIds.length === 0 ? [] : [{ do: 'stopRinging', userIds }]
}
