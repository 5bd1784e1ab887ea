import { z } from 'zod'

const foreignId = z.string().regex(/^\d{1,12}$/)

export const lptrackerSettings = z.object({
  /** Its number there. */
  project: z
    .string()
    .trim()
    .regex(/^\d{1,12}$/, { error: 'must be the number of a project' }),
  /** Users there, by the ids of ours. */
  people: z.record(z.uuid(), foreignId).default({}),
  defaultPerson: foreignId.nullable().default(null),
  /** Names of stages in which nothing is wanted any more, with commas. A client of such leads gets a new one. */
  closedStages: z.string().max(500).default(''),
  /** A client without an open lead gets one. */
  isCreating: z.boolean().default(true),
  isSendingForms: z.boolean().default(true),
  isSendingRecords: z.boolean().default(true),
  recordDays: z.number().int().min(1).max(3650).default(365),
  /** Of comments. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type LptrackerSettings = z.infer<typeof lptrackerSettings>
