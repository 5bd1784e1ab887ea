import { z } from 'zod'
import { portalOf } from '../connectors/portal.ts'

const foreignId = z.string().regex(/^\d{1,10}$/)

export const amocrmSettings = z.object({
  portal: portalOf('company.amocrm.ru'),
  /** The redirect address that stands in the integration there, if it is another than ours. */
  redirectUrl: z.union([z.literal(''), z.url({ protocol: /^https$/ }).max(500)]).default(''),
  /** Users there, by the ids of ours. */
  people: z.record(z.uuid(), foreignId).default({}),
  /** Who gets calls that nobody of them took. */
  defaultPerson: foreignId.nullable().default(null),
  /** Unknown clients go into Unsorted. */
  isCreating: z.boolean().default(true),
  /** The pipeline whose Unsorted that is; the main one if none is named. */
  pipeline: foreignId.nullable().default(null),
  isShowingCard: z.boolean().default(true),
  /** A link to the record, which opens without a login. */
  isSendingRecords: z.boolean().default(true),
  /** For how many days such a link opens. */
  recordDays: z.number().int().min(1).max(3650).default(365),
  /** A note with source, campaign and keyword. */
  isTellingSource: z.boolean().default(true),
  /** A missed call of a known client is a task for whoever looks after it. */
  isMakingTasks: z.boolean().default(true),
  /** Within how many minutes that task is to be done. */
  taskMinutes: z.number().int().min(5).max(10_080).default(30),
  /** Forms of our sites go into Unsorted. */
  isSendingForms: z.boolean().default(true),
  /** Of notes and tasks. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type AmocrmSettings = z.infer<typeof amocrmSettings>
