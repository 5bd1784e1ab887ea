import { z } from 'zod'
import { timeZone } from '../../dialling/policy/hours.ts'
import { findingCodes, findingLevels } from '../../upkeep/nat-findings.ts'
import { isoTime, locale } from './common.ts'

/** Steps of the first hour, in the order in which they are shown. */
export const setupSteps = ['company', 'address', 'trunk', 'number', 'scheme', 'people', 'tryout'] as const
export const stepState = z.enum(['open', 'done', 'skipped'])

const steps = z.object({
  company: stepState,
  address: stepState,
  trunk: stepState,
  number: stepState,
  scheme: stepState,
  people: stepState,
  tryout: stepState
})

const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country such as RU')

export const setupState = z.object({
  /** Nothing is set up, and nobody has begun to: the first admin is led into the wizard. */
  isNew: z.boolean(),
  /** Nobody is to be reminded any more. */
  isFinished: z.boolean(),
  finishedAt: isoTime.nullable(),
  steps,
  country,
  timeZone: z.string(),
  /** Whoever signed in with the password of the first start chooses one without typing it again. */
  mayChoosePassword: z.boolean()
})
export const setupChange = z.object({
  steps: steps.partial().optional(),
  isFinished: z.literal(true).optional()
})
export const setupCompany = z.object({
  name: z.string().trim().min(1).max(200),
  login: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9._-]{2,64}$/, 'two to 64 Latin letters, digits, dots or dashes'),
  /** Left out, it stays as it is. */
  password: z.string().min(8).max(200).optional(),
  locale,
  country,
  timeZone
})

/** What a browser measured in a call to the echo number. */
export const soundMeasured = z.object({
  result: z.enum(['heard', 'noServer', 'refused', 'noPath', 'nothingBack', 'insecure', 'noMicrophone']),
  sent: z.number().int().min(0),
  received: z.number().int().min(0),
  rttMs: z.number().min(0).nullable(),
  jitterMs: z.number().min(0).nullable(),
  /** Share of the packets towards the browser, 0 … 1. */
  loss: z.number().min(0).max(1),
  pair: z
    .object({
      protocol: z.string().max(20),
      localKind: z.string().max(20),
      remoteAddress: z.string().max(100),
      remoteKind: z.string().max(20)
    })
    .nullable()
})
export const addressCheck = z.object({ sound: soundMeasured.nullable().default(null) })
export const addressFinding = z.object({
  code: z.enum(findingCodes),
  level: z.enum(findingLevels),
  values: z.record(z.string(), z.union([z.string(), z.number()]))
})
export const addressChecked = z.object({
  /** `EXTERNAL_ADDRESS`; null when it is not set. */
  externalAddress: z.string().nullable(),
  /** `PUBLIC_URL`; null when it is not set. */
  publicUrl: z.string().nullable(),
  localAddresses: z.array(z.string()),
  sipPort: z.number().int(),
  rtp: z.object({ start: z.number().int(), end: z.number().int() }).nullable(),
  /** The gravest first. */
  findings: z.array(addressFinding)
})

export type SetupStep = (typeof setupSteps)[number]
export type SetupState = z.infer<typeof setupState>
export type SetupChange = z.infer<typeof setupChange>
export type SoundMeasured = z.infer<typeof soundMeasured>
export type AddressChecked = z.infer<typeof addressChecked>
