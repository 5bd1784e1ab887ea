import { z } from 'zod'
import { timeZone } from '../../dialling/policy/hours.ts'
import { findingCodes, findingLevels } from '../../upkeep/nat-findings.ts'
import { id, isoTime, locale } from './common.ts'

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

/** A mobile that is called, and led through the scheme of a number as if it had called in. */
export const setupCall = z.object({
  phone: z.string().trim().min(3).max(40),
  numberId: id
})
export const setupCallAnswer = z.object({ callId: id })

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
const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
/** Of this network alone, to many at once, or to nobody. */
const isNobody = (text: string): boolean =>
  isIpv4(text) && (/^(0|127)\./.test(text) || Number(text.split('.')[0]) >= 224)
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const hostName = new RegExp(`^(${label}\\.)+(?!\\d+$)${label}$`)

/** What people may write for the public address: an IPv4 address, or a host name. */
export const publicAddressName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .refine(
    (text) => isIpv4(text) || hostName.test(text),
    'must be an IPv4 address such as 203.0.113.5, or a name such as pbx.example.com'
  )
  .refine((text) => !isNobody(text), 'nobody outside can send to this address')
export const publicAddressChange = z.object({
  /** Null: this machine needs none. */
  name: publicAddressName.nullable()
})
/** The address that carriers and browsers outside are told. */
export const publicAddressState = z.object({
  /** As it was written; null when nobody has. */
  name: z.string().nullable(),
  /** The address that the name stands for; null when none is known. */
  address: z.string().nullable(),
  /** The environment (`EXTERNAL_ADDRESS`) rules the setting. */
  by: z.enum(['environment', 'setting']).nullable(),
  /** Asterisk has it; when not, it is told again every minute, and at its next start. */
  isApplied: z.boolean()
})
/** An address that may be the public one, and how we know it. */
export const addressGuess = z.object({
  address: z.string(),
  /** `carrier`: its answers say that it sees us so; `pages`: this page is open at it. */
  from: z.enum(['carrier', 'pages']),
  /** The trunk, or the host of the pages. */
  about: z.string()
})
export const addressCheck = z.object({ sound: soundMeasured.nullable().default(null) })
export const addressFinding = z.object({
  code: z.enum(findingCodes),
  level: z.enum(findingLevels),
  values: z.record(z.string(), z.union([z.string(), z.number()]))
})
export const addressChecked = z.object({
  /** The public address as it is written; null when it is not set. */
  externalAddress: z.string().nullable(),
  publicAddress: publicAddressState,
  /** What may be written there, the surest first. */
  guesses: z.array(addressGuess),
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
export type PublicAddressState = z.infer<typeof publicAddressState>
export type AddressGuess = z.infer<typeof addressGuess>
export type AddressChecked = z.infer<typeof addressChecked>
