import { z } from 'zod'
import { id, inquiryChannel, isoTime, outcome, page } from './common.ts'

const named = z.object({ id, name: z.string() })

/** A step of the scheme as the caller went through it. */
export const callStep = z.object({
  step: z.number().int(),
  block: z.string(),
  blockType: z.string(),
  label: z.string().nullable(),
  startedAt: isoTime,
  seconds: z.number().nullable(),
  exit: z.string().nullable(),
  pressed: z.string().nullable(),
  /** Operators, or numbers outside (`userId` null). */
  targets: z.array(z.object({ userId: id.nullable(), name: z.string() })),
  groupName: z.string().nullable()
})

export const callLeg = z.object({
  leg: z.string(),
  kind: z.enum(['operator', 'external', 'client', 'supervisor']),
  /** What it was in the call for: rung by the scheme, first side of a call of ours, consulted, … */
  purpose: z.enum(['scheme', 'order', 'client', 'consult', 'return', 'watch']),
  userId: id.nullable(),
  userName: z.string().nullable(),
  startedAt: isoTime,
  ringingAt: isoTime.nullable(),
  answeredAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  result: z.string().nullable(),
  q850Cause: z.number().int().nullable(),
  recordingId: id.nullable(),
  /** Null while the leg goes on, or where nothing was recorded. Its audio: `/recording?leg=…`. */
  recordingState: z.enum(['recording', 'processing', 'ready', 'missing', 'failed', 'deleted']).nullable(),
  recordingSeconds: z.number().nullable(),
  /** What is wrong with it, when something is: a side is missing, or it is shorter than the talk. */
  recordingError: z.string().nullable()
})

/** The visit to a site behind a call, and how sure that is. */
export const callVisit = z.object({
  /** Null where the number is known to stand for a pool or a source only. */
  visitId: id.nullable(),
  visitorId: id.nullable(),
  poolId: id.nullable(),
  poolName: z.string().nullable(),
  model: z.string().nullable(),
  /** 0…1: how likely this visit is the caller's. */
  confidence: z.number().nullable(),
  /** By which rule the visit was found: it held the number, held it last, the caller phoned again … */
  rule: z.string().nullable(),
  /** Visits that it may have been, the likeliest first, with how likely each is. */
  candidates: z.array(z.object({ visitId: id, visitorId: id, share: z.number() })),
  landingUrl: z.string().nullable(),
  pageUrl: z.string().nullable(),
  referrer: z.string().nullable(),
  utm: z.record(z.string(), z.string()),
  clickIds: z.record(z.string(), z.string()),
  gaClientId: z.string().nullable(),
  ymClientId: z.string().nullable(),
  device: z.string().nullable(),
  /** Of the visit while it is kept. */
  userAgent: z.string().nullable(),
  ip: z.string().nullable()
})

/** What became of a call in the CRM. */
const callDeal = z.object({
  id,
  title: z.string(),
  stage: z.string(),
  stageKind: z.enum(['open', 'won', 'lost']),
  amount: z.number(),
  currency: z.string()
})

/** One row of the journal. */
export const call = z.object({
  id,
  pbxUniqueId: z.string(),
  externalId: z.string().nullable(),
  direction: z.enum(['in', 'out', 'internal']),
  callType: z.string(),
  startedAt: isoTime,
  answeredAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  /** Null while the call is in progress. */
  outcome: outcome.nullable(),
  reason: z.string().nullable(),
  hangupBy: z.enum(['client', 'operator', 'system']).nullable(),
  sipCode: z.number().int().nullable(),
  q850Cause: z.number().int().nullable(),
  waitSeconds: z.number().int().nullable(),
  talkSeconds: z.number().int().nullable(),
  cleanTalkSeconds: z.number().int().nullable(),
  totalSeconds: z.number().int().nullable(),
  holdSeconds: z.number().int(),
  wrapupSeconds: z.number().int().nullable(),
  callerNumber: z.string().nullable(),
  callerName: z.string().nullable(),
  callerRegion: z.string().nullable(),
  callerCountry: z.string().nullable(),
  dialedNumber: z.string().nullable(),
  destinationNumber: z.string().nullable(),
  number: z.object({ id, e164: z.string(), label: z.string().nullable() }).nullable(),
  /** `id` null: a source that only the visit tells of. */
  source: z.object({ id: id.nullable(), name: z.string() }).nullable(),
  inquiryChannel: inquiryChannel.nullable(),
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  keyword: z.string().nullable(),
  siteId: id.nullable(),
  trunkId: id.nullable(),
  operator: named.nullable(),
  firstOperatorId: id.nullable(),
  groupName: z.string().nullable(),
  scheme: z.object({ id, name: z.string(), version: z.number().int() }).nullable(),
  steps: z.array(callStep),
  visit: callVisit.nullable(),
  /** Of a call that we placed: the callback or list entry it fulfils, who asked for it, and the call that it answers. */
  orderId: z.string().nullable(),
  orderedBy: id.nullable(),
  parentCallId: id.nullable(),
  isTransferred: z.boolean(),
  pressed: z.string().nullable(),
  contact: named.nullable(),
  rating: z.number().int().nullable(),
  wrapUpCode: z.string().nullable(),
  tags: z.array(z.string()),
  note: z.string().nullable(),
  isSpam: z.boolean(),
  /** The caller stood on the list of VIPs when the call came. */
  isVip: z.boolean(),
  isFirstCall: z.boolean().nullable(),
  callNumber: z.number().int().nullable(),
  /** By the rules of the project; null until worked out, a few seconds after the call. */
  isUnique: z.boolean().nullable(),
  isRepeat: z.boolean().nullable(),
  isTarget: z.boolean().nullable(),
  /** Of a call that nobody answered: when somebody talked with the client after it, and in which call. */
  returnedAt: isoTime.nullable(),
  returnedCallId: id.nullable(),
  inquiry: z.object({ id, state: z.string() }).nullable(),
  /** The newest deal of that inquiry. */
  deal: callDeal.nullable(),
  recording: z
    .object({
      id,
      /** `missing` and `failed` are shown as such: a lost recording is a visible state. */
      state: z.enum(['recording', 'processing', 'ready', 'missing', 'failed', 'deleted']),
      seconds: z.number().nullable(),
      url: z.string().nullable()
    })
    .nullable()
})

/** Who wrote the note last. `by` null: a machine, or somebody who is gone. */
export const noteChange = z.object({ by: named.nullable(), at: isoTime })
/** The text that stood there before, which its writer had not seen. */
export const overwrittenNote = noteChange.extend({ note: z.string() })

export const callWithLegs = call.extend({ legs: z.array(callLeg), noteChange: noteChange.nullable() })
/** `overwritten`: somebody else's note that this change replaced unseen; only where `noteSeen` was given. */
export const callChanged = callWithLegs.extend({ overwritten: overwrittenNote.nullable() })

export const tagList = page(z.object({ name: z.string(), calls: z.number().int() }))

export const callPage = page(call)

export const callPatch = z
  .object({
    tags: z.array(z.string().min(1).max(50)).max(20),
    note: z.string().max(5000).nullable(),
    /** The note as the writer last saw it: then the answer tells whether another one was replaced. */
    noteSeen: z.string().max(5000).nullable(),
    wrapUpCode: z.string().max(50).nullable(),
    isSpam: z.boolean()
  })
  .partial()

export const tapeRow = z.object({
  seq: z.number().int(),
  at: isoTime,
  type: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  effects: z.array(z.record(z.string(), z.unknown()))
})
export const tape = z.object({ items: z.array(tapeRow) })

export type JournalCall = z.infer<typeof call>
export type JournalCallWithLegs = z.infer<typeof callWithLegs>
export type CallChanged = z.infer<typeof callChanged>
export type CallStep = z.infer<typeof callStep>
export type CallDeal = z.infer<typeof callDeal>
export type CallLeg = z.infer<typeof callLeg>
export type TapeEntry = z.infer<typeof tapeRow>
