import { z } from 'zod'
import { id, inquiryChannel, isoTime, outcome, pageQuery, patchOf } from './common.ts'
import {
  actionKinds,
  runStates,
  stepStates,
  subjects,
  triggers,
  waitingTriggers
} from './automation-words.ts'

const trigger = z.enum(triggers)
const subject = z.enum(subjects)
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:30')
const words = z.array(z.string().trim().min(1).max(200)).min(1).max(50)
const text = z.string().trim().min(1).max(5000)

const condition = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['source', 'campaign', 'tag']), is: z.boolean(), values: words }),
  z.object({ kind: z.literal('inquiryChannel'), is: z.boolean(), values: z.array(inquiryChannel).min(1) }),
  z.object({ kind: z.enum(['stage', 'responsible']), is: z.boolean(), values: z.array(id).min(1).max(50) }),
  z.object({
    kind: z.literal('amount'),
    min: z.number().min(0).nullable(),
    max: z.number().min(0).nullable()
  }),
  z.object({ kind: z.literal('client'), is: z.enum(['new', 'known']) }),
  z.object({ kind: z.literal('schedule'), is: z.boolean(), scheduleId: id }),
  z.object({
    kind: z.literal('time'),
    is: z.boolean(),
    /** Of the week, 1 is Monday; none means every day. In the company's time zone. */
    days: z.array(z.number().int().min(1).max(7)).max(7),
    from: clock,
    to: clock
  })
])

/** Every group must hold; an empty one holds. */
const group = z.object({ match: z.enum(['all', 'any']), conditions: z.array(condition).max(10) })

const action = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('createTask'),
    title: z.string().trim().min(1).max(300),
    note: z.string().trim().max(2000).nullable(),
    for: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['responsible', 'supervisor']) }),
      z.object({ kind: z.enum(['user', 'group']), id })
    ]),
    dueMinutes: z.number().int().min(1).max(525_600)
  }),
  z.object({ kind: z.literal('changeStage'), stageId: id }),
  z.object({ kind: z.literal('changeOwner'), userId: id }),
  z.object({ kind: z.literal('addTag'), tag: z.string().trim().min(1).max(60) }),
  z.object({
    kind: z.literal('sendMail'),
    subject: z.string().trim().min(1).max(200),
    text,
    /** Advertising asks for consent and carries a link to refuse; service messages do neither. */
    isMarketing: z.boolean()
  }),
  z.object({
    kind: z.literal('sendSms'),
    text: z.string().trim().min(1).max(1000),
    isMarketing: z.boolean()
  }),
  /** Where the client was talked with last: a bot, a mailbox. */
  z.object({ kind: z.literal('sendMessage'), text, isMarketing: z.boolean() }),
  z.object({ kind: z.literal('orderCallback'), groupId: id.nullable() }),
  z.object({ kind: z.literal('webhook') }),
  z.object({
    kind: z.literal('notify'),
    to: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['supervisors', 'responsible']) }),
      z.object({ kind: z.literal('user'), id })
    ]),
    text: z.string().trim().min(1).max(500),
    emails: z.array(z.email()).max(20)
  })
])

const settings = z.object({
  /** Of triggers that wait. */
  minutes: z
    .number()
    .int()
    .min(1)
    .max(60 * 24 * 90)
    .optional(),
  stageIds: z.array(id).max(50).optional(),
  outcomes: z.array(outcome).optional(),
  direction: z.enum(['in', 'out', 'any']).optional(),
  /** Ratings up to this one. */
  rating: z.number().int().min(0).max(10).optional()
})

const body = z.object({
  name: z.string().trim().min(1).max(200),
  isActive: z.boolean().default(false),
  trigger,
  settings: settings.default({}),
  groups: z.array(group).max(3).default([]),
  actions: z.array(action).min(1).max(10),
  /** At most so many times for one client within so many hours. */
  limitTimes: z.number().int().min(1).max(50).default(3),
  limitHours: z.number().int().min(1).max(720).default(24)
})

interface Given {
  trigger?: z.infer<typeof trigger> | undefined
  settings?: z.infer<typeof settings> | undefined
}
const waits: readonly string[] = waitingTriggers

/** What a trigger cannot do without. */
function complete(rule: Given, context: z.core.$RefinementCtx<Given>): void {
  const wrong = (name: string, message: string): void =>
    context.addIssue({ code: 'custom', path: ['settings', name], message })
  const given = rule.settings ?? {}
  if (rule.trigger === undefined) return
  if (waits.includes(rule.trigger) && given.minutes === undefined) wrong('minutes', 'is needed')
  if (rule.trigger === 'dealStage' && (given.stageIds ?? []).length === 0) wrong('stageIds', 'is needed')
  if (rule.trigger === 'callRated' && given.rating === undefined) wrong('rating', 'is needed')
}

export const automationRule = body.extend({
  id,
  isActive: z.boolean(),
  settings,
  groups: z.array(group),
  limitTimes: z.number().int(),
  limitHours: z.number().int(),
  /** Of the last thirty days. `left`: conditions did not hold, or a guard stopped it. */
  runs: z.object({
    done: z.number().int(),
    waiting: z.number().int(),
    failed: z.number().int(),
    left: z.number().int()
  }),
  lastRunAt: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const automationRuleCreate = body.superRefine(complete)
export const automationRulePatch = patchOf(body).superRefine(complete)

/** A rule as it stands in the editor, and something that happened. */
export const automationTry = z
  .object({
    trigger,
    settings: settings.default({}),
    groups: z.array(group).max(3).default([]),
    actions: z.array(action).max(10).default([]),
    subject,
    subjectId: id
  })
  .superRefine(complete)
const planned = z.object({
  kind: z.enum(actionKinds),
  to: z.string().nullable(),
  subject: z.string().nullable(),
  text: z.string().nullable(),
  /** Why it would be left out. */
  skip: z.string().nullable(),
  /** The end of the quiet hours in which it would fall. */
  waitsUntil: isoTime.nullable()
})
export const automationTried = z.object({
  client: z.string().nullable(),
  at: isoTime,
  isFired: z.boolean(),
  holds: z.boolean(),
  checks: z.array(z.array(z.boolean())),
  steps: z.array(planned)
})
/** Things that happened of late, to try a rule out on. */
export const automationSamplesQuery = z.object({ trigger, search: z.string().trim().max(100).optional() })
export const automationSamples = z.object({
  items: z.array(
    z.object({
      subject,
      id,
      at: isoTime,
      title: z.string(),
      /** An outcome, a stage or a rating, as its own words have it. */
      detail: z.string().nullable()
    })
  )
})

const step = z.object({
  id,
  kind: z.enum(actionKinds),
  state: z.enum(stepStates),
  attempts: z.number().int(),
  nextAt: isoTime.nullable(),
  note: z.string().nullable(),
  doneAt: isoTime.nullable()
})
export const automationRun = z.object({
  id,
  ruleId: id,
  ruleName: z.string(),
  type: z.string(),
  subject,
  subjectId: id,
  contactId: id.nullable(),
  /** As the client is called today. */
  client: z.string().nullable(),
  at: isoTime,
  state: z.enum(runStates),
  /** Why it was left out or stopped. */
  reason: z.string().nullable(),
  checks: z.array(z.array(z.boolean())),
  steps: z.array(step),
  createdAt: isoTime,
  finishedAt: isoTime.nullable()
})
export const automationRunQuery = pageQuery.extend({
  ruleId: id.optional(),
  state: z.enum([...runStates, 'acted']).optional(),
  contactId: id.optional()
})
export const automationRetried = z.object({ steps: z.number().int() })

export const automationSettings = z.object({
  /** No letters, SMS and callbacks to clients then, in the client's time zone. */
  quiet: z.object({ from: clock, to: clock }).nullable(),
  onlyWithConsent: z.boolean(),
  refuseWords: z.string().trim().min(1).max(60),
  /** Whether clients can reach the page to refuse; without it advertising is not sent. */
  hasPublicAddress: z.boolean()
})
export const automationSettingsPut = automationSettings.omit({ hasPublicAddress: true })

/** The gateway through which SMS leave. */
export const smsSettings = z.object({
  url: z.string().nullable(),
  method: z.enum(['GET', 'POST']),
  body: z.enum(['none', 'form', 'json']),
  template: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  expects: z.string(),
  /** The key itself never leaves. */
  hasKey: z.boolean()
})
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'must be the name of a header')
/** `key`: left out, it stays (but not for another host); empty, it goes. A null `url` switches SMS off. */
export const smsSettingsPut = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .nullable(),
  method: z.enum(['GET', 'POST']),
  body: z.enum(['none', 'form', 'json']),
  template: z.string().max(4000),
  headers: z.array(z.object({ name: headerName, value: z.string().max(500) })).max(10),
  expects: z.string().trim().max(200),
  key: z.string().max(500).optional()
})
export const smsTest = z.object({ to: z.string().trim().min(4).max(30) })
export const smsTestAnswer = z.object({ isOk: z.boolean(), message: z.string().nullable() })

export type AutomationRule = z.infer<typeof automationRule>
export type AutomationRuleDraft = z.input<typeof body>
export type AutomationAction = z.infer<typeof action>
export type AutomationCondition = z.infer<typeof condition>
export type AutomationGroup = z.infer<typeof group>
export type AutomationTriggerSettings = z.infer<typeof settings>
export type AutomationTried = z.infer<typeof automationTried>
export type AutomationSamples = z.infer<typeof automationSamples>
export type AutomationRun = z.infer<typeof automationRun>
export type AutomationSettingsItem = z.infer<typeof automationSettings>
export type SmsSettings = z.infer<typeof smsSettings>
