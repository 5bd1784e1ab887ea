import { z } from 'zod'
import type { Block, BlockContext, CallFacts } from '../block.ts'
import { hoursOf, isOpen, scheduleFields } from './schedule.ts'

const values = z
  .array(z.string().trim().min(1, 'must not be empty').max(200, 'takes at most 200 letters'))
  .min(1, 'needs at least one value')
  .max(500, 'takes at most 500 values')

/** Sources, sites, numbers and lists of callers go by their ids; a number also by the digits that were dialled. */
const textFacts = [
  'source',
  'inquiryChannel',
  'campaign',
  'keyword',
  'number',
  'site',
  'region',
  'country'
] as const

const condition = z.discriminatedUnion('fact', [
  z.object({ fact: z.enum(textFacts), test: z.enum(['in', 'notIn', 'contains']).default('in'), values }),
  z.object({ fact: z.literal('callerNumber'), test: z.enum(['in', 'notIn', 'startsWith']), values }),
  z.object({ fact: z.literal('callerHidden'), is: z.boolean().default(true) }),
  z.object({ fact: z.literal('client'), is: z.enum(['new', 'known']) }),
  z.object({ fact: z.literal('owner'), is: z.enum(['none', 'some']) }),
  z.object({ fact: z.literal('tag'), test: z.enum(['in', 'notIn']).default('in'), values }),
  z.object({ fact: z.literal('callerList'), test: z.enum(['in', 'notIn']).default('in'), values }),
  z.object({ fact: z.literal('pressed'), test: z.enum(['in', 'contains']).default('in'), values }),
  z.object({ fact: z.literal('time'), is: z.enum(['open', 'closed']).default('open'), ...scheduleFields })
])

const rule = z.object({
  /** The exit's name. */
  name: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u, 'must be one to forty letters, digits, spaces, _ or -')
    .refine((name) => name !== 'otherwise', { error: 'must not be "otherwise"' }),
  /** Whether every condition must hold, or one of them. */
  match: z.enum(['all', 'any']).default('all'),
  conditions: z.array(condition).min(1, 'needs at least one condition').max(20, 'takes at most twenty')
})

const settings = z.object({
  rules: z
    .array(rule)
    .min(1, 'needs at least one rule')
    .max(30, 'takes at most thirty rules')
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, {
      error: 'each name may stand at one rule only'
    })
})

type Settings = z.infer<typeof settings>
type Condition = z.infer<typeof condition>

/** Goes the way of the first rule that holds, by what is known of the call and its client. */
export const decide: Block<Settings, null> = {
  type: 'condition',
  settings,
  instantExits: exitsOf,
  exits: exitsOf,
  enter: ({ rules }, context) => ({
    state: null,
    effects: [],
    exit: rules.find((candidate) => ruleHolds(candidate, context))?.name ?? 'otherwise'
  }),
  on: {}
}

function exitsOf({ rules }: Settings): readonly string[] {
  return [...rules.map(({ name }) => name), 'otherwise']
}

function ruleHolds({ match, conditions }: z.infer<typeof rule>, context: BlockContext): boolean {
  const isTrue = (each: Condition) => holds(each, context)
  return match === 'all' ? conditions.every(isTrue) : conditions.some(isTrue)
}

function holds(each: Condition, { facts, ownerId, nowMs }: BlockContext): boolean {
  switch (each.fact) {
    case 'callerHidden':
      return (facts.callerNumber === null) === each.is
    case 'client':
      return (facts.contactId === null) === (each.is === 'new')
    case 'owner':
      return (ownerId === null) === (each.is === 'none')
    case 'time':
      return isOpen(hoursOf(each), nowMs) === (each.is === 'open')
    case 'tag':
      return compare(each.test, facts.tags, each.values)
    case 'callerList':
      return compare(each.test, facts.lists ?? [], each.values)
    case 'pressed':
      return compare(each.test, [facts.pressed], each.values)
    case 'callerNumber':
      return compare(each.test, [facts.callerNumber], each.values)
    default:
      return compare(each.test, factsOf(each.fact, facts), each.values)
  }
}

function factsOf(fact: (typeof textFacts)[number], facts: CallFacts): readonly (string | null)[] {
  switch (fact) {
    case 'source':
      return [facts.sourceId]
    case 'number':
      return [facts.numberId, facts.dialed]
    case 'site':
      return [facts.siteId]
    default:
      return [facts[fact]]
  }
}

/** Large and small letters are the same. What is not known is in no list, and so not in any. */
function compare(
  test: 'in' | 'notIn' | 'contains' | 'startsWith',
  known: readonly (string | null)[],
  values: readonly string[]
): boolean {
  const wanted = values.map(plain)
  const there = known.filter((value) => value !== null).map(plain)
  switch (test) {
    case 'in':
      return there.some((value) => wanted.includes(value))
    case 'notIn':
      return !there.some((value) => wanted.includes(value))
    case 'contains':
      return there.some((value) => wanted.some((part) => value.includes(part)))
    case 'startsWith':
      return there.some((value) => wanted.some((part) => value.startsWith(part)))
  }
}

function plain(value: string): string {
  return value.trim().toLowerCase()
}
