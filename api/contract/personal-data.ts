import { z } from 'zod'

export const erasureBody = z.object({
  /** The name of the contact as it stands, typed once more. */
  confirm: z.string().max(200),
  notes: z.boolean().default(true),
  messages: z.boolean().default(true),
  recordings: z.boolean().default(true)
})
