import { z } from 'zod'

const event = z
  .string()
  .trim()
  // Names of Google's own are not to be sent by others.
  .regex(/^(?!ga_|google_|firebase_)[a-zA-Z]\w{0,39}$/, {
    error: 'must be the name of an event, such as phone_call'
  })

export const ga4Settings = z.object({
  measurementId: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^G-[A-Z0-9]{4,20}$/, { error: 'must be a measurement id, such as G-ABC123' }),
  isSendingCalls: z.boolean().default(true),
  isSendingInquiries: z.boolean().default(true),
  isSendingDeals: z.boolean().default(true),
  callEvent: event.default('phone_call'),
  missedEvent: event.default('missed_call'),
  inquiryEvent: event.default('generate_lead'),
  /** What the visitors have agreed to; `unset`: Google goes by what the page has said. */
  consent: z.enum(['unset', 'granted', 'denied']).default('unset'),
  locale: z.enum(['ru', 'en']).default('ru')
})

export type Ga4Settings = z.infer<typeof ga4Settings>
