import { z } from 'zod'
import { id } from './common.ts'

/** Whom a call can be moved to. A number outside passes the dialling policy before it is dialled. */
export const transferTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), userId: id }),
  z.object({ kind: z.literal('group'), groupId: id }),
  z.object({ kind: z.literal('scheme'), schemeId: id }),
  z.object({
    kind: z.literal('external'),
    number: z
      .string()
      .trim()
      .regex(/^\+?[\d\s().-]{2,30}$/, 'Write a telephone number')
  })
])

export const holdBody = z.object({ on: z.boolean() })
export const transferBody = z.object({
  /** `blind`: they are rung instead of you. `warm`: you speak with them first while the client hears music. */
  mode: z.enum(['blind', 'warm']),
  target: transferTarget,
  /** Shown to whoever is rung, before they answer. */
  note: z.string().trim().max(1000).nullish()
})
export const parkBody = z.object({
  /** After that the call comes back to whoever parked it. */
  seconds: z.number().int().min(10).max(3600).default(180)
})
export const prioritiseBody = z.object({
  /** The highest goes first; whoever has the same goes by waiting time. */
  priority: z.number().int().min(0).max(100)
})
export const pauseRecordingBody = z.object({ on: z.boolean() })
export const silence = z.object({
  /** The operator is not shown that somebody listens. Always written to the audit. */
  isSilent: z.boolean().default(false)
})
export const watchBody = silence.extend({ mode: z.enum(['listen', 'whisper', 'join']) })

export const wishAnswer = z.object({
  result: z.literal('done'),
  /** Where the call was parked. */
  slot: z.number().int().optional()
})

export type TransferTargetBody = z.infer<typeof transferTarget>
