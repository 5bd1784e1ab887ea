import { z } from 'zod'

export const roistatSettings = z.object({
  /** The number of the project. */
  project: z
    .string()
    .trim()
    .regex(/^\d{1,12}$/, { error: 'must be the number of the project, such as 12345' }),
  /** By this name and a password Roistat asks for our deals; empty: it may not. */
  user: z
    .string()
    .trim()
    .regex(/^[\w.@-]{0,60}$/, { error: 'may have Latin letters, digits and . _ @ -' })
    .default(''),
  /** A call that has ended is written there. */
  isSendingCalls: z.boolean().default(true),
  /** Forms and callbacks of our sites are written there as leads. */
  isSendingForms: z.boolean().default(false),
  /** Where Roistat knows no visit, our source goes as its marker. */
  isMarking: z.boolean().default(true),
  /** Only deals in the project's currency have a sum there. */
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, { error: 'must be a code such as RUB' })
    .default('RUB'),
  /** Of what people read there: comments, names of statuses and fields. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type RoistatSettings = z.infer<typeof roistatSettings>
