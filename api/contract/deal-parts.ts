import { z } from 'zod'
import { id, isoTime } from './common.ts'

const named = z.object({ id, name: z.string() })
const day = z.iso.date()
const decimals = (digits: number) => (value: number) => Number(value.toFixed(digits)) === value

/** Money as people count it, exact to the hundredth. */
export const amount = z
  .number()
  .min(0)
  .max(999_999_999_999.99)
  .refine(decimals(2), 'must have at most two decimals')
export const currency = z.string().regex(/^[A-Z]{3}$/)

/** What is sold: pieces × price − discount. */
export const dealLine = z.object({
  name: z.string().trim().min(1).max(300),
  quantity: z
    .number()
    .positive()
    .max(999_999_999)
    .refine(decimals(3), 'must have at most three decimals')
    .default(1),
  price: amount,
  /** In per cent. */
  discount: z.number().min(0).max(100).refine(decimals(2), 'must have at most two decimals').default(0),
  /** Of one piece; null where nobody knows it. */
  cost: amount.nullable().default(null)
})
/** The whole list; with `followsLines` the sum of the deal is theirs from then on. */
export const dealLinesPut = z.object({
  lines: z.array(dealLine).max(200),
  followsLines: z.boolean().default(true)
})
export const dealLineShown = dealLine.extend({ id, total: z.number() })
export type DealLine = z.infer<typeof dealLineShown>

export const dealPaymentCreate = z.object({
  amount: amount.refine((value) => value > 0, 'must be more than nothing'),
  /** Null: today. */
  paidOn: day.nullable().default(null),
  note: z.string().trim().max(300).nullable().default(null)
})
export const dealPayment = z.object({
  id,
  amount: z.number(),
  paidOn: day,
  note: z.string().nullable(),
  by: named.nullable(),
  createdAt: isoTime
})
export type DealPayment = z.infer<typeof dealPayment>

export const dealContactsPut = z.object({ contactIds: z.array(id).max(50) })

/** Deals changed together; the same list with what was before takes it back. */
export const dealsBulk = z.object({
  items: z
    .array(
      z.object({
        id,
        stageId: id.optional(),
        lostReason: z.string().trim().max(300).nullable().optional(),
        responsibleId: id.nullable().optional()
      })
    )
    .min(1)
    .max(500)
    .refine((items) => new Set(items.map((item) => item.id)).size === items.length, 'must not repeat a deal')
})
/** `before`: what takes the change back; deals that are gone, or another's, are left out. */
export const dealsBulkDone = z.object({
  changed: z.number().int(),
  before: dealsBulk.shape.items.or(z.tuple([]))
})
export type DealsBulkDone = z.infer<typeof dealsBulkDone>

export const forecastQuery = z.object({
  pipelineId: id.optional(),
  responsibleId: id.or(z.literal('none')).optional(),
  mine: z.literal('true').optional(),
  /** How many months, this one included. */
  months: z.coerce.number().int().min(1).max(24).default(6)
})
const forecastFigures = {
  deals: z.number().int(),
  /** Sums of open deals … */
  amount: z.number(),
  /** … each times how likely its stage is won … */
  weighted: z.number(),
  /** … and what was won in that month. */
  won: z.number()
}
/** Open deals by the month in which they are expected, and by whose they are; in the company's currency. */
export const forecast = z.object({
  currency: z.string(),
  months: z.array(
    z.object({
      /** `2026-11`; null: no month was named, or it is past. */
      month: z.string().nullable(),
      ...forecastFigures,
      people: z.array(z.object({ person: named.nullable(), ...forecastFigures }))
    })
  ),
  /** Currencies without a rate: their deals are in no sum. */
  missingRates: z.array(z.string())
})
export type Forecast = z.infer<typeof forecast>

/** Why deals are lost, in the company's own words and in the order in which they are offered. */
export const lossReasons = z.object({
  names: z
    .array(z.string().trim().min(1).max(200))
    .max(50)
    .refine(
      (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
      'must not repeat'
    )
})
export type LossReasons = z.infer<typeof lossReasons>
