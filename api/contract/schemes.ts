import { z } from 'zod'
import type { SimulatedOutcome } from '../../ivr/simulate.ts'
import { id, inquiryChannel, isoTime, patchOf } from './common.ts'
import { schemeBody } from './config.ts'

const name = z.string().trim().min(1).max(200)
const short = z.string().max(200)
const seconds = z.number().min(0).max(3600)

const facts = z.strictObject({
  callId: short,
  callerNumber: short.nullable(),
  callerName: short.nullable(),
  country: short.nullable(),
  region: short.nullable(),
  dialed: short,
  numberId: short.nullable(),
  sourceId: short.nullable(),
  inquiryChannel: inquiryChannel.nullable(),
  campaign: short.nullable(),
  keyword: short.nullable(),
  siteId: short.nullable(),
  contactId: short.nullable(),
  tags: z.array(short).max(50),
  pressed: short,
  lists: z.array(short).max(50).optional()
})

/** An imagined call: who calls when, and what everybody does. Whatever is left out is not known or does not happen. */
export const scenario = z.strictObject({
  atMs: z.number().int().min(0).max(4_102_444_800_000),
  ownerId: short.nullish(),
  facts: facts.partial().optional(),
  presses: z
    .string()
    .max(100)
    .regex(/^[0-9*#-]*$/, 'takes keys of a telephone, and - for silence')
    .optional(),
  operators: z
    .array(
      z.strictObject({
        userId: short,
        name: short,
        reaction: z.enum(['answers', 'declines', 'silent', 'busy']),
        afterSeconds: seconds.optional(),
        groupIds: z.array(short).max(100).optional()
      })
    )
    .max(100)
    .optional(),
  queue: z
    .strictObject({ ahead: z.number().int().min(0).max(1000), turnAfterSeconds: seconds.nullable() })
    .optional(),
  lookups: z
    .array(
      z
        .strictObject({
          targets: z
            .array(
              z.discriminatedUnion('kind', [
                z.strictObject({ kind: z.literal('user'), userId: short }),
                z.strictObject({ kind: z.literal('external'), number: short })
              ])
            )
            .max(20),
          code: short.nullable(),
          text: z.string().max(1000).nullable(),
          contactName: short.nullable(),
          ownerId: short.nullable()
        })
        .nullable()
    )
    .max(20)
    .optional(),
  dials: z.record(short, z.enum(['answers', 'busy', 'noAnswer', 'refused', 'failed'])).optional(),
  dialSeconds: seconds.optional()
})

const simulatedOutcome = z.enum([
  'talked',
  'callback',
  'message',
  'hungUp',
  'broken',
  'endless'
] as const satisfies readonly SimulatedOutcome[])

/** What an imagined call must come to: its outcome, and blocks that it goes through in this order. */
export const checkExpectation = z.strictObject({
  outcome: simulatedOutcome,
  through: z.array(z.string().max(64)).max(200).default([])
})

/** A saved imagined call, which a scheme must pass before it is published. */
export const schemeCheck = z.object({
  id,
  schemeId: id,
  name,
  scenario,
  expected: checkExpectation,
  createdAt: isoTime,
  updatedAt: isoTime
})
export const schemeCheckCreate = z.object({ schemeId: id, name, scenario, expected: checkExpectation })
export const schemeCheckPatch = patchOf(schemeCheckCreate.omit({ schemeId: true }))

export const schemePublish = z.object({
  /** Publishes only the draft that was seen: `draft_changed` when it has been saved since. */
  revision: z.number().int().min(1).optional()
})
export const schemeRollback = z.object({ version: z.number().int().min(1) })

const side = z.union([z.literal('draft'), z.coerce.number().int().min(1)])
/** Each side is a version, or `draft`. */
export const schemeDiffQuery = z.object({ from: side, to: side.default('draft') })
export const schemeDiff = z.object({
  changes: z.array(
    z.object({
      kind: z.string(),
      /** Id of the block; null where the scheme as a whole changed. */
      block: z.string().nullable(),
      /** The change in English. */
      message: z.string()
    })
  )
})

/** A scheme as a file: everything that another installation needs, but for the groups and sounds that it names. */
export const schemeFile = z.object({
  format: z.literal('ringtrace-scheme', { error: 'this is not a file of a scheme' }),
  formatVersion: z.literal(1, { error: 'the file was made by another version of the program' }),
  name,
  scheme: schemeBody,
  checks: z
    .array(z.object({ name, scenario, expected: checkExpectation }))
    .max(200)
    .default([])
})

export type SchemeCheckRecord = z.infer<typeof schemeCheck>
export type SchemeFile = z.infer<typeof schemeFile>

/** A draft tried out by telephone: yours rings, and you walk through it as this client. */
export const schemeTestCall = z.object({
  /** As the client's number; null for one that is hidden. */
  callerNumber: z
    .string()
    .regex(/^\+[1-9]\d{4,14}$/, 'Write the number as +74951234567')
    .nullable()
    .default(null),
  /** Which number of yours was called; its source and site come along. */
  numberId: id.nullable().default(null),
  /** Instead of the number's own source. */
  sourceId: id.nullable().default(null),
  /** What the clock shows when the call begins; absent for now. */
  at: isoTime.optional(),
  /** Operators and numbers outside are really called; else you say yourself whether they answer. */
  isReal: z.boolean().default(false)
})
export const schemeTestCallAnswer = z.object({ callId: id })
/** What somebody does who would be rung now. */
export const playOtherBody = z.object({ does: z.enum(['answers', 'declines']) })

/** Calls of today by block; blocks that none went through are left out. */
export const schemePassed = z.object({ blocks: z.record(z.string(), z.number().int()) })
