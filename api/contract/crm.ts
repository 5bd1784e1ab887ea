import { z } from 'zod'
import { id, inquiryChannel, isoTime, outcome } from './common.ts'
import { amount, currency, dealLineShown, dealPayment } from './deal-parts.ts'

const named = z.object({ id, name: z.string() })
const text = (longest: number) => z.string().trim().min(1).max(longest)
const note = z.string().max(5000).nullable()
const word = z.string().trim().max(300).nullable()

export const inquiryKinds = ['call', 'form', 'callback', 'mail', 'message', 'manual'] as const
export const inquiryStates = ['new', 'inWork', 'accepted', 'closed', 'spam'] as const
export const stageKinds = ['open', 'won', 'lost'] as const
export const inquiryState = z.enum(inquiryStates)
export const stageKind = z.enum(stageKinds)

/** By what somebody came: filled in from tracking, and people's to change. */
export const crmPath = z.object({
  inquiryChannel: inquiryChannel.nullable(),
  source: word,
  medium: word,
  campaign: word,
  keyword: word
})
export type CrmPath = z.infer<typeof crmPath>
const newPath = z.object({
  inquiryChannel: inquiryChannel.nullable().default(null),
  source: word.default(null),
  medium: word.default(null),
  campaign: word.default(null),
  keyword: word.default(null)
})

/** A call as lists of the CRM show it; the rest is in the journal. */
const callBrief = z.object({
  id,
  direction: z.enum(['in', 'out', 'internal']),
  outcome: outcome.nullable(),
  startedAt: isoTime,
  talkSeconds: z.number().int().nullable(),
  operatorName: z.string().nullable(),
  hasRecording: z.boolean()
})

/** One call, form or callback of a client. */
export const activity = z.object({
  subject: z.enum(['call', 'form', 'callback', 'message']),
  subjectId: id,
  at: isoTime,
  call: callBrief.nullable(),
  form: z.object({ name: z.string().nullable(), message: z.string().nullable() }).nullable(),
  callback: z.object({ state: z.string(), at: isoTime.nullable() }).nullable()
})
export type Activity = z.infer<typeof activity>

export const inquiry = crmPath.extend({
  id,
  kind: z.enum(inquiryKinds),
  state: inquiryState,
  title: z.string(),
  callId: id.nullable(),
  formId: id.nullable(),
  callbackId: id.nullable(),
  visitId: id.nullable(),
  siteId: id.nullable(),
  contact: named.nullable(),
  phone: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  responsible: named.nullable(),
  /** Its call was missed. */
  isMissed: z.boolean(),
  /** The first talk with the client since; null while nobody has talked with them. */
  firstResponseAt: isoTime.nullable(),
  /**
   * How long the client waited for it, or has waited until now, in the hours that count for the desk. `runningSince`: the
   * clock runs, and shows the time since then; null: it stands.
   */
  response: z.object({ seconds: z.number().int(), runningSince: isoTime.nullable() }),
  note: z.string().nullable(),
  /** What it became, or joined, when it was accepted. */
  deal: z.object({ id, title: z.string() }).nullable(),
  /** What it came from. */
  call: callBrief.nullable(),
  /** How many calls, forms and callbacks it stands for. */
  events: z.number().int(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime,
  closedAt: isoTime.nullable()
})
export type Inquiry = z.infer<typeof inquiry>
/** `openDeal`: the client's, which an acceptance joins. */
export const inquiryWithEvents = inquiry.extend({
  activities: z.array(activity),
  openDeal: z.object({ id, title: z.string() }).nullable()
})
export type InquiryWithEvents = z.infer<typeof inquiryWithEvents>

export const inquiryFilters = {
  /** One or several, comma-separated; without it everything but spam. */
  state: z.string().max(60).optional(),
  kind: z.enum(inquiryKinds).optional(),
  /** An id, or `none`. */
  responsibleId: id.or(z.literal('none')).optional(),
  mine: z.literal('true').optional(),
  contactId: id.optional(),
  /** Of this call: the inquiry made of it, or joined by it. */
  callId: id.optional(),
  inquiryChannel: inquiryChannel.optional(),
  source: z.string().max(300).optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
  /** Missed, and nobody has talked with the client since. */
  waiting: z.literal('true').optional(),
  search: z.string().max(100).optional()
}
export const inquiryCountsQuery = z.object(inquiryFilters).omit({ state: true })
export const inquiryCounts = z.object({
  new: z.number().int(),
  inWork: z.number().int(),
  accepted: z.number().int(),
  closed: z.number().int(),
  spam: z.number().int()
})
export type InquiryCounts = z.infer<typeof inquiryCounts>

export const inquiryCreate = newPath.extend({
  title: text(300).nullable().default(null),
  phone: z.string().trim().min(2).max(60).nullable().default(null),
  name: text(200).nullable().default(null),
  email: z.email().max(200).nullable().default(null),
  note: note.default(null),
  responsibleId: id.nullable().default(null)
})
/** `accepted` is what `accept` does, and cannot be chosen here. */
export const inquiryPatch = crmPath
  .extend({
    state: z.enum(['new', 'inWork', 'closed', 'spam']),
    /** Why it is spam: remembered with its number and mail. */
    spamReason: z.string().trim().max(300).nullable(),
    title: text(300),
    responsibleId: id.nullable(),
    note
  })
  .partial()
export const inquiryAccept = z.object({
  title: text(300).nullable().default(null),
  amount: amount.default(0),
  /** Null: the company's. */
  currency: currency.nullable().default(null),
  pipelineId: id.nullable().default(null),
  stageId: id.nullable().default(null),
  /** A new deal even though one is open with the client. */
  isNewDeal: z.boolean().default(false)
})

export const pipelineStage = z.object({
  id,
  name: z.string(),
  kind: stageKind,
  position: z.number().int(),
  /** How likely a deal there is won, in per cent; null: by its place among the open stages. */
  probability: z.number().int().nullable()
})
export type PipelineStage = z.infer<typeof pipelineStage>
export const pipeline = z.object({
  id,
  name: z.string(),
  position: z.number().int(),
  /** In order; the last two are won and lost. */
  stages: z.array(pipelineStage),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export type Pipeline = z.infer<typeof pipeline>
/** Stages with an id stay, the others are new; those left out go. */
const wantedStages = z
  .array(
    z.object({
      id: id.optional(),
      name: text(200),
      kind: stageKind.default('open'),
      /** Left out, it stays as it is. */
      probability: z.number().int().min(0).max(100).nullable().optional()
    })
  )
  .min(3)
  .max(30)
  .refine((stages) => only(stages, 'won') && only(stages, 'lost'), 'must have one won and one lost stage')
  .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, 'must differ by name')
  .refine((stages) => {
    const ids = stages.flatMap((stage) => stage.id ?? [])
    return new Set(ids).size === ids.length
  }, 'must not repeat a stage')
const only = (stages: { kind: string }[], kind: string): boolean =>
  stages.filter((stage) => stage.kind === kind).length === 1
export const pipelineCreate = z.object({ name: text(200), stages: wantedStages })
export const pipelinePatch = z
  .object({ name: text(200), position: z.number().int().min(0).max(10_000), stages: wantedStages })
  .partial()

export const deal = crmPath.extend({
  id,
  title: z.string(),
  pipelineId: id,
  stageId: id,
  stage: z.object({ name: z.string(), kind: stageKind }),
  amount: z.number(),
  currency: z.string(),
  contact: named.nullable(),
  /** The first telephone number of the contact. */
  phone: z.string().nullable(),
  inquiryId: id.nullable(),
  responsible: named.nullable(),
  lostReason: z.string().nullable(),
  note: z.string().nullable(),
  /** What it costs the company; null while nobody knows. */
  cost: z.number().nullable(),
  /** The sum is that of the lines. */
  followsLines: z.boolean(),
  /** How much of it was paid. */
  paid: z.number(),
  /** The day by which it should be won. */
  expectedAt: z.iso.date().nullable(),
  /** What is to be done next with it, or with its client. */
  nextTask: z.object({ id, title: z.string(), dueAt: isoTime.nullable() }).nullable(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime,
  closedAt: isoTime.nullable()
})
export type Deal = z.infer<typeof deal>
export const stageChange = z.object({
  at: isoTime,
  from: z.string().nullable(),
  to: z.string(),
  kind: stageKind.nullable(),
  by: named.nullable(),
  /** How long it stayed in that stage; of the last one, until now. */
  seconds: z.number().int()
})
export const dealWithHistory = deal.extend({
  /** What tracking says, whatever people have written into the deal; null where nothing was tracked. */
  tracked: crmPath.nullable(),
  history: z.array(stageChange),
  lines: z.array(dealLineShown),
  payments: z.array(dealPayment),
  /** Beside its own contact. */
  contacts: z.array(named.extend({ phone: z.string().nullable() })),
  activities: z.array(activity)
})
export type DealWithHistory = z.infer<typeof dealWithHistory>

export const dealFilters = {
  pipelineId: id.optional(),
  stageId: id.optional(),
  kind: stageKind.optional(),
  responsibleId: id.or(z.literal('none')).optional(),
  mine: z.literal('true').optional(),
  contactId: id.optional(),
  /** Deals that this call belongs to. */
  callId: id.optional(),
  inquiryChannel: inquiryChannel.optional(),
  source: z.string().max(300).optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
  amountFrom: z.coerce.number().min(0).optional(),
  amountTo: z.coerce.number().min(0).optional(),
  /** Open, and nothing is planned, or what was planned is overdue. */
  needsCare: z.literal('true').optional(),
  search: z.string().max(100).optional()
}
export const dealsSummaryQuery = z.object(dealFilters)
/** Of each stage: how many deals, and their sums by currency. */
export const dealsSummary = z.object({
  /** The company's, which new deals get. */
  currency: z.string(),
  stages: z.array(
    z.object({
      stageId: id,
      deals: z.number().int(),
      sums: z.array(z.object({ currency: z.string(), amount: z.number() }))
    })
  )
})
export type DealsSummary = z.infer<typeof dealsSummary>

export const dealCreate = newPath.extend({
  title: text(300).nullable().default(null),
  pipelineId: id.nullable().default(null),
  stageId: id.nullable().default(null),
  amount: amount.default(0),
  currency: currency.nullable().default(null),
  contactId: id.nullable().default(null),
  /** A client who is no contact yet becomes one. */
  phone: z.string().trim().min(2).max(60).nullable().default(null),
  /** The call that it comes of: its inquiry is accepted, its source and client are taken over. */
  callId: id.nullable().default(null),
  responsibleId: id.nullable().default(null),
  lostReason: word.default(null),
  note: note.default(null)
})
export const dealPatch = crmPath
  .extend({
    title: text(300),
    stageId: id,
    amount,
    currency,
    cost: amount.nullable(),
    /** True: the sum is that of the lines again. A typed sum makes it false. */
    followsLines: z.boolean(),
    expectedAt: z.iso.date().nullable(),
    contactId: id.nullable(),
    responsibleId: id.nullable(),
    lostReason: word,
    note
  })
  .partial()
