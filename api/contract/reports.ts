import { z } from 'zod'
import { id, inquiryChannel, isoTime, patchOf } from './common.ts'

export const model = z.enum(['first', 'last', 'lastNonDirect', 'linear', 'position', 'timeDecay'])
/** A day in the company's time zone. */
export const day = z.iso.date()

/**
 * What a report counts. With a model that shares a call among visits, calls and the like are fractions.
 * Calls: those that came in and have ended, spam left out. Missed: nobody talked with the client (outcomes missed,
 * abandoned, busy, failed, voicemail). Deals, won and revenue: of deals that were made in the period.
 * Rates are null where there is nothing to divide by, and money where nobody has entered any.
 */
export const measures = z.object({
  visits: z.number().nullable(),
  calls: z.number(),
  firstCalls: z.number(),
  uniqueCalls: z.number(),
  repeatCalls: z.number(),
  answered: z.number(),
  missed: z.number(),
  /** Of the missed: those whose client was talked with later. */
  returned: z.number(),
  /** Mean from the miss to that talk. */
  returnSeconds: z.number().nullable(),
  target: z.number(),
  /** Means. */
  waitSeconds: z.number().nullable(),
  talkSeconds: z.number().nullable(),
  totalTalkSeconds: z.number(),
  rating: z.number().nullable(),
  /** Share of calls tied to a visit, and the mean confidence of those. */
  attributedShare: z.number().nullable(),
  confidence: z.number().nullable(),
  inquiries: z.number(),
  deals: z.number(),
  won: z.number(),
  revenue: z.number(),
  cost: z.number().nullable(),
  /** Cost per inquiry, cost per target call, cost per won deal. */
  cpl: z.number().nullable(),
  costPerTarget: z.number().nullable(),
  cac: z.number().nullable(),
  /** (revenue − cost) / cost. */
  roi: z.number().nullable(),
  /** Share of visits that became calls. */
  conversion: z.number().nullable()
})
export type Measures = z.infer<typeof measures>

export const reportNames = [
  'sources',
  'missed',
  'hours',
  'operators',
  'pools',
  'landing-pages',
  'regions'
] as const
export const reportName = z.enum(reportNames)

/** Levels of the tree of sources, from the trunk to the leaves; `day` is for charts. */
export const sourceLevels = ['inquiryChannel', 'source', 'medium', 'campaign', 'keyword', 'day'] as const

/** Common to all reports. `from` and `to` are days, both counted. At most two years. */
export const reportQuery = z.object({
  from: day,
  to: day,
  siteId: z.string().max(2000).optional(),
  model: model.default('lastNonDirect'),
  /** `previous`: as many days just before. */
  compare: z.enum(['none', 'previous']).default('none'),
  format: z.enum(['json', 'csv', 'xlsx']).default('json')
})
export const sourcesQuery = reportQuery.extend({
  /** What rows stand for. */
  by: z.enum(sourceLevels).default('source'),
  /** What the rows shall lie below; an empty value means "not given". */
  inquiryChannel: inquiryChannel.optional(),
  source: z.string().max(300).optional(),
  medium: z.string().max(300).optional(),
  campaign: z.string().max(300).optional(),
  keyword: z.string().max(300).optional()
})
/** `by: day` gives the series of a chart. */
export const plainQuery = reportQuery.extend({ by: z.enum(['key', 'day']).default('key') })
/** Missed calls and how soon they were returned, by day, by where they came from, by the hour or by operator. */
export const missedLevels = ['day', 'source', 'hour', 'operator'] as const
export const missedQuery = reportQuery.extend({ by: z.enum(missedLevels).default('day') })

/** One row. `before` is the same of the period compared with; null where that is not asked or was nothing. */
export const reportRow = z.object({
  /** Stable within the report: '' means "not given". Of hours `weekday-hour` (1 = Monday), of operators an id … */
  key: z.string(),
  /** For people: an operator's name, a pool's; null where the key says it all or the screen translates it. */
  name: z.string().nullable(),
  values: measures,
  before: measures.nullable()
})
export const report = z.object({
  from: day,
  to: day,
  model,
  timeZone: z.string(),
  currency: z.string(),
  /** Until when everything is counted: sums follow calls by a few seconds. */
  countedAt: isoTime,
  total: measures,
  totalBefore: measures.nullable(),
  rows: z.array(reportRow),
  /** There are more rows than an answer in JSON holds: the smallest are left out, the total has them. Files have all. */
  isCut: z.boolean(),
  /** Currencies of costs and won deals that had no rate yet: that money is left out. */
  missingRates: z.array(z.string())
})
export type Report = z.infer<typeof report>
export type ReportRow = z.infer<typeof reportRow>

/** Pools of numbers, measured. */
export const poolRow = reportRow.extend({
  leases: z.number().int(),
  overflowed: z.number().int(),
  stolen: z.number().int(),
  /** Share of visits that got a number of their own; null when nobody came. */
  coverage: z.number().nullable()
})
export const poolsReport = report.extend({ rows: z.array(poolRow) })

/** Missed calls. Those still not returned are `missed` less `returned`. */
export const missedRow = reportRow.extend({
  /** Half of the returned were returned sooner; null where none was, and by anything but the day. */
  medianReturnSeconds: z.number().nullable()
})
export const missedReport = report.extend({
  rows: z.array(missedRow),
  medianReturnSeconds: z.number().nullable(),
  medianReturnSecondsBefore: z.number().nullable()
})

/** How an operator's time went, all sites together. Talking counts as busy, whatever the presence said. */
export const operatorLoad = z.object({
  availableSeconds: z.number(),
  busySeconds: z.number(),
  wrapUpSeconds: z.number(),
  awaySeconds: z.number(),
  /** Share of the time on duty (available, busy, wrap-up) in which there was work; null when not on duty. */
  occupancy: z.number().nullable(),
  /** How often their telephone rang for a client's call, and how often they did not take it. */
  rings: z.number().int(),
  missedRings: z.number().int(),
  /** Calls out that were talked. */
  outCalls: z.number().int()
})
/** Operators. Deals, won and revenue are those for which they are responsible. */
export const operatorRow = reportRow.extend({ load: operatorLoad.nullable() })
export const operatorsReport = report.extend({ rows: z.array(operatorRow) })

/** How a client came to us: every visit, call, form, inquiry and deal in order, with the credit of each model. */
export const pathStep = z.object({
  at: isoTime,
  kind: z.enum(['visit', 'call', 'form', 'callback', 'inquiry', 'deal', 'won', 'lost']),
  id,
  inquiryChannel: inquiryChannel.nullable(),
  source: z.string().nullable(),
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  keyword: z.string().nullable(),
  landingUrl: z.string().nullable(),
  /** What it was: the outcome of a call, a deal's title, a form's name. */
  label: z.string().nullable(),
  amount: z.number().nullable(),
  /** Of a visit: its share of the call asked about, by model. */
  credits: z.record(model, z.number()).nullable()
})
export const conversionPath = z.object({ steps: z.array(pathStep), isCut: z.boolean() })
/** Exactly one of them. With `callId` visits tell their share of that call. */
export const pathQuery = z.object({
  contactId: id.optional(),
  visitorId: id.optional(),
  callId: id.optional()
})
export type PathStep = z.infer<typeof pathStep>

export { reportRules, type ReportRules } from '../../reports/core/rules.ts'

export const mailing = z.object({
  id,
  /** Becomes the subject of the letter: one line. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must be one line of text'),
  report: reportName,
  /** Of the report's address: site, model, by …; no days, see `days`. */
  query: z.record(z.string().max(50), z.string().max(2000)).default({}),
  format: z.enum(['csv', 'xlsx']).default('xlsx'),
  /** The days that it tells of end with yesterday. */
  days: z.number().int().min(1).max(366).default(7),
  schedule: z.enum(['daily', 'weekly', 'monthly']),
  onDay: z.number().int().min(1).max(28).nullable().default(null),
  atHour: z.number().int().min(0).max(23).default(9),
  recipients: z.array(z.email()).min(1).max(20),
  locale: z.enum(['ru', 'en']).default('ru'),
  isActive: z.boolean().default(true),
  nextAt: isoTime.nullable(),
  lastSentAt: isoTime.nullable(),
  lastError: z.string().nullable(),
  createdBy: id.nullable()
})
const mailingFields = mailing.omit({
  id: true,
  nextAt: true,
  lastSentAt: true,
  lastError: true,
  createdBy: true
})
export const mailingCreate = mailingFields
export const mailingPatch = patchOf(mailingFields)
/** What became of a mailing that was sent at once; `error` in plain words. */
export const mailingSent = z.object({ ok: z.boolean(), error: z.string().nullable() })

/** Links that open the calls behind a figure carry these to the journal. */
export const creditFilters = z.object({
  /** With it, the five of the path mean: calls of which this model gives a share to such a visit. */
  model: model.optional()
})
