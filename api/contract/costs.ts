import { z } from 'zod'
import { costDialects, costFields, costProblems, decimalSigns } from '../../integrations/costs/core/words.ts'
import { id, inquiryChannel, isoTime, page, pageQuery, patchOf } from './common.ts'
import { day } from './reports.ts'

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency such as RUB')
/** Money with at most two decimals. */
const amount = z
  .number()
  .min(0)
  .max(999_999_999_999.99)
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-4, 'has more than two decimals')
const text = z.string().trim().max(300)
const count = z.number().int().min(0).max(2_147_483_647)

/** What was paid on a day for one path of sources. */
export const cost = z.object({
  id,
  day,
  siteId: id.nullable(),
  inquiryChannel,
  source: z.string(),
  medium: z.string(),
  campaign: z.string(),
  keyword: z.string(),
  amount: z.number(),
  currency: z.string(),
  /** In the company's currency, by the last rate known on that day; null: not counted until somebody enters a rate. */
  companyAmount: z.number().nullable(),
  clicks: z.number().int().nullable(),
  impressions: z.number().int().nullable(),
  note: z.string().nullable(),
  /** The import or the entry of several days that it belongs to. */
  importId: id.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
const fields = z.object({
  siteId: id.nullable().default(null),
  inquiryChannel: inquiryChannel.default('paid'),
  source: text.min(1),
  medium: text.default(''),
  campaign: text.default(''),
  keyword: text.default(''),
  amount,
  /** By default the company's. */
  currency: currency.optional(),
  clicks: count.nullable().default(null),
  impressions: count.nullable().default(null),
  note: text.nullable().default(null)
})
/** An amount for a period is spread over its days, exactly to the hundredth; so are clicks and impressions. */
export const costCreate = fields
  .extend({
    day,
    /** The last day of a period that begins with `day`; at most two years. */
    toDay: day.optional(),
    /** Of a cost of one day that comes back after it was deleted: where it belonged. */
    importId: id.nullable().default(null)
  })
  .refine(({ day: from, toDay }) => toDay === undefined || toDay >= from, {
    path: ['toDay'],
    message: 'must not be before the first day'
  })
export const costPatch = patchOf(fields).extend({ day: day.optional() })
/** `importId`: of several days, to be undone as one. */
export const costCreated = z.object({ importId: id.nullable(), items: z.array(cost) })

export const costFilters = z.object({
  from: day.optional(),
  to: day.optional(),
  source: z.string().max(300).optional(),
  campaign: z.string().max(300).optional(),
  siteId: id.optional(),
  importId: id.optional(),
  inquiryChannel: inquiryChannel.optional()
})
/** Money by source and month, in the company's currency. */
export const costTotals = z.object({
  currency: z.string(),
  /** `2026-11`, oldest first. */
  months: z.array(z.string()),
  rows: z.array(
    z.object({
      source: z.string(),
      medium: z.string(),
      /** As many as `months`. */
      amounts: z.array(z.number()),
      total: z.number(),
      /** Costs without a rate, which are not in the sums. */
      uncounted: z.number().int()
    })
  ),
  amounts: z.array(z.number()),
  total: z.number()
})
export const uncountedCosts = z.object({
  companyCurrency: z.string(),
  /** Costs before the first rate of their currency. */
  items: z.array(
    z.object({ currency: z.string(), amount: z.number(), costs: z.number().int(), from: day, to: day })
  )
})

export const currencyRate = z.object({
  id,
  day,
  currency: z.string(),
  /** How much of the company's currency one unit is worth, from that day on until the next rate. */
  rate: z.number(),
  updatedAt: isoTime
})
const rate = z.number().positive().max(1e9)
export const currencyRateCreate = z.object({ day, currency, rate })
export const currencyRatePatch = patchOf(currencyRateCreate)
/** Lines of day, currency, rate, in this order or under headings. One faulty line, and nothing is taken. */
export const currencyRateImport = z.object({ csv: z.string().min(1).max(900_000) })
export const currencyRatesImported = z.object({ added: z.number().int(), changed: z.number().int() })

const field = z.enum(costFields)
const anyField = [...costFields, '-'].join('|')
const flag = z.enum(['true', 'false'])
/**
 * A file of costs and how to read it. What is left out is found by the headings. Flat, so that it fits beside a file
 * in a form as well.
 */
export const costImportBody = z.object({
  /** The file itself, where it is not sent as one. */
  text: z.string().min(1).max(900_000).optional(),
  fileName: z.string().trim().max(200).optional(),
  separator: z.enum(['comma', 'semicolon', 'tab']).optional(),
  /** What each column holds, from the left: fields with commas between, `-` for a column to leave out. */
  columns: z
    .string()
    .max(2000)
    .regex(new RegExp(`^(${anyField})(,(${anyField}))*$`), 'must be fields or - with commas between')
    .optional(),
  decimal: z.enum(decimalSigns).default('auto'),
  inquiryChannel: inquiryChannel.default('paid'),
  siteId: z.union([id, z.literal('')]).optional(),
  source: text.optional(),
  medium: text.optional(),
  campaign: text.optional(),
  currency: currency.optional(),
  /** Puts aside what is there of the same sources in the days of the file. */
  replace: flag.default('false'),
  /** Takes a file that was imported before. */
  repeat: flag.default('false')
})
export type CostImportBody = z.output<typeof costImportBody>

const money = z.object({ currency: z.string(), amount: z.number() })
export const costImport = z.object({
  id,
  /** `csv`, `hand` (an amount for several days), or a connector's name. */
  origin: z.string(),
  fileName: z.string().nullable(),
  label: z.string().nullable(),
  rows: z.number().int(),
  totals: z.array(money),
  fromDay: day.nullable(),
  toDay: day.nullable(),
  /** How many costs of before it put aside; undoing brings them back. */
  replaced: z.number().int(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  createdAt: isoTime,
  undoneAt: isoTime.nullable()
})
/** An advertising system that is asked for costs each night; `lastError` is that of the last time, null when it went well. */
export const costConnector = z.object({
  name: z.string(),
  label: z.string(),
  lastRunAt: isoTime.nullable(),
  lastSuccessAt: isoTime.nullable(),
  lastError: z.string().nullable()
})
export type CostConnectorItem = z.output<typeof costConnector>
export const costImportPage = page(costImport)
export const costImportQuery = pageQuery

export const costProblemCode = z.enum(Object.keys(costProblems) as (keyof typeof costProblems)[])
export const costPreviewRow = cost
  .pick({
    day: true,
    source: true,
    medium: true,
    campaign: true,
    keyword: true,
    amount: true,
    currency: true
  })
  .extend({ line: z.number().int(), clicks: count.nullable(), impressions: count.nullable() })
export const costPreview = z.object({
  fileName: z.string().nullable(),
  encoding: z.enum(['utf-8', 'utf-16le', 'windows-1251']),
  separator: z.enum(['comma', 'semicolon', 'tab']),
  /** Empty where the file has none. */
  headings: z.array(z.string()),
  columns: z.array(field.nullable()),
  /** Whose export it is, by its headings. */
  dialect: z.enum(costDialects).nullable(),
  defaults: z.object({ source: z.string(), medium: z.string(), campaign: z.string(), currency: z.string() }),
  /** The first rows as they stand in the file. */
  samples: z.array(z.array(z.string())),
  /** The first rows as they would be stored. */
  rows: z.array(costPreviewRow),
  rowCount: z.number().int(),
  totals: z.array(money),
  sources: z.array(z.object({ source: z.string(), medium: z.string(), rows: z.number().int() })),
  from: day.nullable(),
  to: day.nullable(),
  /** The first of them; `problemCount` counts all. */
  problems: z.array(
    z.object({
      line: z.number().int(),
      field: field.nullable(),
      code: costProblemCode,
      message: z.string(),
      value: z.string().nullable()
    })
  ),
  problemCount: z.number().int(),
  /** Lines with sums, left out. */
  sumLines: z.array(z.number().int()),
  /** The same file was imported before. */
  sameFile: z.object({ id, createdAt: isoTime }).nullable(),
  /** What is there already of the same sources in the days of the file. */
  overlap: z.object({ costs: z.number().int(), totals: z.array(money) }).nullable()
})

export type Cost = z.infer<typeof cost>
export type CostTotals = z.infer<typeof costTotals>
export type UncountedCosts = z.infer<typeof uncountedCosts>
export type CurrencyRate = z.infer<typeof currencyRate>
export type CostImport = z.infer<typeof costImport>
export type CostPreview = z.infer<typeof costPreview>
