import { z } from 'zod'

/** A goal as conversions name it: the identifier of a JavaScript event. */
const goal = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,64}$/)
  .nullable()
  .default(null)

export const metricaSettings = z.object({
  counterId: z.coerce.string().regex(/^[1-9]\d{3,14}$/, { error: 'must be the number of a counter' }),
  isSendingCalls: z.boolean().default(true),
  isSendingDeals: z.boolean().default(true),
  /** What a won deal, and a new inquiry that is no call, count as; null: not sent. */
  wonGoal: goal,
  inquiryGoal: goal,
  locale: z.enum(['ru', 'en']).default('ru')
})

export type MetricaSettings = z.infer<typeof metricaSettings>
