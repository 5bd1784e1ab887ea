import { z } from 'zod'

export const clickSettings = z.object({
  /** Of the answers, which some programs show. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type ClickSettings = z.infer<typeof clickSettings>
