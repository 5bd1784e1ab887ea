import { z } from 'zod'
import { day, model } from './reports.ts'
import { id, isoTime, locale, page } from './common.ts'
import {
  boundName,
  callColumns,
  callFilters,
  callSorts,
  journalPeriods,
  type CallFilter
} from './journal-fields.ts'

const several = z.union([z.string().max(4000), z.array(z.string().max(500)).max(100)]).optional()

function schemaOf(filter: CallFilter): z.ZodType {
  switch (filter.kind) {
    case 'flag':
      return z.enum(['true', 'false']).optional()
    case 'contains':
      return z.string().max(300).optional()
    case 'range': {
      const number = z.coerce.number().min(0).max(filter.max)
      return (filter.isFraction ? number : number.int()).optional()
    }
    case 'words':
    case 'ids':
    case 'numbers':
    case 'texts':
      return several
  }
}

const fields = Object.fromEntries(
  Object.entries<CallFilter>(callFilters).flatMap(([name, filter]) =>
    filter.kind === 'range'
      ? [
          [boundName('min', name), schemaOf(filter)],
          [boundName('max', name), schemaOf(filter)]
        ]
      : [[name, schemaOf(filter)]]
  )
)

/** A moment, or a day in the company's time zone. */
const border = z.union([isoTime, day])

const sortNames = callSorts.flatMap((name) => [name, `-${name}`] as const)

/** The filters of the journal, all of them optional; every one may stand in the address of the page. */
export const callSelection = z
  .object({
    sort: z.enum(sortNames).default('-startedAt'),
    /** Days until today in the company's time zone; instead of `from` and `to`. */
    period: z.enum(journalPeriods).optional(),
    from: border.optional(),
    /** A moment is left out itself, a day is counted. */
    to: border.optional(),
    /** Part of a telephone number or of a client's name. */
    search: z.string().max(100).optional(),
    /**
     * With it inquiryChannel, source, medium, campaign and keyword mean: calls of which this model gives a share to such
     * a visit.
     */
    model: model.optional(),
    ...(fields as Record<string, z.ZodType<unknown>>)
  })
  .strict()

export const callsQuery = callSelection
  .extend({
    cursor: z.string().max(700).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** `csv` and `xlsx` answer with a file of up to 10 000 calls; `POST /api/calls/export` has no such limit. */
    format: z.enum(['json', 'csv', 'xlsx']).default('json'),
    /** Of a file: which columns, comma-separated; all of them when it is left out. */
    columns: z.string().max(2000).optional(),
    locale: locale.optional()
  })
  .strict()

/** Orders a file of every call that the filters let through. */
export const exportOrder = z.object({
  query: z.record(z.string().max(50), z.union([z.string().max(4000), z.array(z.string().max(500)).max(100)])),
  columns: z.array(z.enum(callColumns)).min(1).max(callColumns.length).optional(),
  format: z.enum(['csv', 'xlsx']),
  locale: locale.default('ru')
})

export const callComment = z.object({
  id,
  /** Null: of the call as a whole; else in which leg's recording, and where. */
  leg: z.string().nullable(),
  atSeconds: z.number().nullable(),
  text: z.string(),
  user: z.object({ id, name: z.string() }).nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const callComments = z.object({ items: z.array(callComment) })
const commentText = z.string().trim().min(1).max(5000)
export const commentCreate = z.object({
  text: commentText,
  leg: z
    .string()
    .regex(/^[a-z]{1,10}\d{0,4}$/)
    .nullable()
    .default(null),
  atSeconds: z.number().min(0).max(86_400).nullable().default(null)
})
export const commentPatch = z.object({ text: commentText })

export const savedView = z.object({
  id,
  page: z.string(),
  name: z.string(),
  query: z.string(),
  isShared: z.boolean(),
  /** Whose it is: others may open a shared one and not change it. */
  isOwn: z.boolean(),
  userName: z.string(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const savedViewPage = page(savedView)
export const savedViewCreate = z.object({
  page: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9/-]*$/),
  name: z.string().trim().min(1).max(100),
  query: z.string().max(8000),
  isShared: z.boolean().default(false)
})
export const savedViewPatch = z
  .object({
    name: z.string().trim().min(1).max(100),
    query: z.string().max(8000),
    isShared: z.boolean()
  })
  .partial()

/** A visit to a site, with what was done there. */
export const visit = z.object({
  id,
  visitorId: id,
  siteId: id,
  startedAt: isoTime,
  seenAt: isoTime,
  leftAt: isoTime.nullable(),
  landingUrl: z.string(),
  pageCount: z.number().int(),
  /** The first fifty. */
  pages: z.array(z.object({ at: isoTime, url: z.string() })),
  referrer: z.string().nullable(),
  rule: z.string(),
  inquiryChannel: z.string(),
  source: z.string(),
  medium: z.string(),
  campaign: z.string().nullable(),
  keyword: z.string().nullable(),
  device: z.string().nullable(),
  language: z.string().nullable(),
  zone: z.string().nullable(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  events: z.array(z.object({ at: isoTime, name: z.string() })),
  forms: z.array(
    z.object({ id, at: isoTime, formName: z.string().nullable(), pageUrl: z.string().nullable() })
  ),
  calls: z.array(z.object({ id, at: isoTime, outcome: z.string().nullable() }))
})

export type CallComment = z.infer<typeof callComment>
export type SavedView = z.infer<typeof savedView>
export type Visit = z.infer<typeof visit>
export type CallSelection = z.output<typeof callSelection>
export type ExportOrder = z.output<typeof exportOrder>
