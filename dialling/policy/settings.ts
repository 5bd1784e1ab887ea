import { z } from 'zod'
import { hoursSettings, timeZone } from './hours.ts'

const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country such as RU')
const prefix = z.string().regex(/^\+[1-9]\d{0,13}$/, 'must be the beginning of a number, such as +7800')
const cap = z.number().int().min(0).max(1_000_000).nullable()

/**
 * Numbers that look like home or harmless but cost like neither: premium codes, satellites, international networks, and
 * the codes of +7 that are billed as abroad.
 */
export const usuallyBlocked: readonly string[] = [
  ...['+7803', '+7809', '+7840', '+7940'],
  ...['+1900', '+1976', '+449', '+338', '+49900', '+34803', '+34806', '+34807'],
  ...['+808', '+870', '+878', '+881', '+882', '+883', '+979']
]

/** How numbers that begin so are written: the plus is left out, then so many digits, and these come before. */
export const rewrite = z.object({
  prefix,
  strip: z.number().int().min(0).max(15).default(0),
  prepend: z
    .string()
    .regex(/^[+*#0-9]{0,20}$/, 'must be digits, *, # or +')
    .default('')
})

/**
 * Which trunk carries what. The order of the rules is the order in which trunks are tried: the next one when a trunk
 * has no room, cannot be reached or breaks the call, never when the other side is busy or declines.
 * A more exact rule comes before: a longer prefix, then a country, then the rest.
 */
export const trunkRule = z.object({
  trunkId: z.uuid(),
  /** Carries calls out at all; emergency calls leave through any trunk. */
  isUsed: z.boolean().default(true),
  /** Both lists empty: any number. */
  countries: z.array(country).max(250).default([]),
  prefixes: z.array(prefix).max(200).default([]),
  /** Calls out through it at once; null leaves it to the carrier. */
  maxConcurrent: z.number().int().min(1).max(10_000).nullable().default(null),
  /** The number of ours to show when the call brings none of this trunk's own. */
  callerNumberId: z.uuid().nullable().default(null),
  /** The only numbers of ours that may be shown; null: those of this trunk and those of none. */
  callerNumberIds: z.array(z.uuid()).max(1000).nullable().default(null),
  /** How the carrier wants numbers: `+7495…`, `7495…`, or as people dial at home (`8495…`, `0…`). */
  format: z.enum(['e164', 'digits', 'national']).default('e164'),
  /** Numbers that are written in a way of their own; the first that fits counts, and `format` does not. */
  rewrites: z.array(rewrite).max(50).default([])
})

/** What the company allows to be dialled. The defaults spend no money abroad. */
export const dialPolicySettings = z.object({
  homeCountry: country.default('RU'),
  /** Countries that may be called, home included only if it stands here. */
  countries: z.array(country).max(250).default(['RU']),
  blockedPrefixes: z
    .array(prefix)
    .max(500)
    .default([...usuallyBlocked]),
  /** Exceptions: numbers that begin so may be called whatever country and blocked prefixes say. */
  allowedPrefixes: z.array(prefix).max(500).default([]),
  /** Null: no limit. Minutes are those of answered calls. Days are those of `timeZone`. */
  caps: z
    .object({
      userCallsPerDay: cap.default(300),
      userMinutesPerDay: cap.default(600),
      companyCallsPerDay: cap.default(5000),
      companyMinutesPerDay: cap.default(10_000),
      userConcurrent: cap.default(3),
      allConcurrent: cap.default(60),
      userCallsPerMinute: cap.default(30),
      userCostlyMinutesPerDay: cap.default(60),
      companyCostlyMinutesPerDay: cap.default(600)
    })
    .prefault({}),
  /** Numbers that begin so are costly, beside all numbers abroad: minutes to them have caps of their own. */
  costlyPrefixes: z.array(prefix).max(500).default([]),
  /**
   * So many dials of one person refused within ten minutes look like a stolen account: their dialling is stopped until
   * an admin lifts it. Null: only the caps per minute and of costly minutes stop anybody.
   */
  stopAfterRefusals: z.number().int().min(1).max(1000).nullable().default(10),
  /** Who gets a letter of each alarm, beside the admins who wish letters. */
  alarmMails: z.array(z.email().max(200)).max(20).default([]),
  timeZone: timeZone.default('Europe/Moscow'),
  /** Calls go out in these hours only; null: at any time. Emergency numbers always. */
  hours: hoursSettings.nullable().default(null),
  trunks: z.array(trunkRule).max(200).default([])
})

export type DialPolicySettings = z.output<typeof dialPolicySettings>
export type TrunkRule = z.output<typeof trunkRule>

export const defaultDialPolicy: DialPolicySettings = dialPolicySettings.parse({})
