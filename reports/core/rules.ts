import { z } from 'zod'

/** Rules of the project by which calls get their flags. A change counts for history too, once it is recomputed. */
export const reportRules = z.object({
  /** A target call: talk of at least so many seconds, spam and repeats left out. */
  targetSeconds: z.number().int().min(1).max(3600).default(30),
  /** A repeat: the client had a target call within so many days before. */
  saleCycleDays: z.number().int().min(1).max(730).default(30),
  /** Unique: the client's first call within so many days. */
  uniqueDays: z.number().int().min(1).max(730).default(30),
  /** Counted within one site, or over all. */
  isPerSite: z.boolean().default(false),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('RUB')
})
export type ReportRules = z.infer<typeof reportRules>
