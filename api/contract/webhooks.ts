import { z } from 'zod'
import { crmEvents } from '../../crm/events.ts'
import { neverKnown } from '../../integrations/webhooks/core/filter.ts'
import { problemsOf } from '../../integrations/webhooks/core/problems.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import { id, isoTime, outcome, patchOf } from './common.ts'

const name = z.string().trim().min(1).max(200)
export const webhookEvent = z.enum([...webhookEvents, ...crmEvents])
const seconds = z.number().int().min(0).max(86_400)
const ids = z.array(id).max(200)

/** Which calls are wanted: all conditions that are given must hold. What is not known yet at a moment is not wanted. */
export const webhookFilter = z.object({
  directions: z
    .array(z.enum(['in', 'out', 'internal']))
    .max(3)
    .optional(),
  operatorIds: ids.optional(),
  sourceIds: ids.optional(),
  outcomes: z.array(outcome).max(10).optional(),
  minTalkSeconds: seconds.optional(),
  maxTalkSeconds: seconds.optional()
})

const fields = z.array(z.object({ name: z.string().max(200), value: z.string().max(2000) })).max(100)
const message = z.object({
  event: webhookEvent,
  method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
  /** With `{{variables}}` behind the host; empty: the address of the webhook. */
  url: z.string().trim().max(2000).default(''),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('query'), fields }),
    z.object({ kind: z.literal('form'), fields }),
    z.object({ kind: z.literal('json'), text: z.string().max(20_000) }),
    z.object({ kind: z.literal('none') })
  ]),
  headers: fields.default([]),
  /** A variable without which there is no message. */
  needs: z.string().max(100).nullable().default(null)
})
const template = z.object({
  /** Where it came from, for people. */
  preset: z.string().max(50).nullable().default(null),
  messages: z.array(message).min(1).max(30)
})
/** Messages in the words of another system. See `docs/webhooks.md`. */
export const webhookTemplate = template.superRefine((value, context) => {
  for (const { path, message: words } of problemsOf(value)) {
    const parts = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    context.addIssue({ code: 'custom', path: parts, message: words })
  }
})

export const webhook = z.object({
  id,
  name,
  url: z.url(),
  events: z.array(webhookEvent),
  filter: webhookFilter.nullable(),
  template: template.nullable(),
  /** Whether there is something behind `{{token}}`; it is shown to nobody. */
  hasToken: z.boolean(),
  /** Who is written to when it is switched off. */
  noticeTo: z.array(z.string()),
  isActive: z.boolean(),
  failingSince: isoTime.nullable(),
  disabledReason: z.string().nullable(),
  /** Until then the secret before signs too; null where it ends with the next rotation, or is none. */
  oldSecretUntil: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const webhookCreate = z.object({
  name,
  url: z.url({ protocol: /^https?$/ }).max(2000),
  /** At least one; where there is a template, they are those of its messages. */
  events: z.array(webhookEvent).default([]),
  filter: webhookFilter.nullable().default(null),
  template: webhookTemplate.nullable().default(null),
  /** What the receiver asks for, as `{{token}}`. */
  token: z.string().max(500).default(''),
  noticeTo: z.array(z.email()).max(20).default([]),
  isActive: z.boolean().default(true)
})
export const webhookPatch = patchOf(webhookCreate)
/** The secret is shown once, when it is made or rotated. */
export const webhookWithSecret = webhook.extend({ secret: z.string() })
export const webhookRotation = z.object({
  /** So long the secret before goes on signing beside the new one; without it, until the next rotation. */
  overlapHours: z.number().int().min(0).max(8760).nullable().default(null)
})

export const webhookTest = z.object({
  /** Which message of the template, from 0. */
  message: z.number().int().min(0).max(29).default(0)
})
export const webhookTestResult = z.object({
  deliveryId: id,
  isOk: z.boolean(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  response: z.string().nullable(),
  tookMs: z.number()
})

const replayWish = z.object({
  state: z.enum(['failed', 'all']).default('failed'),
  /** Only what was written since then. */
  since: isoTime.optional()
})
export const webhookReplayQuery = replayWish
export const webhookReplayCount = z.object({
  count: z.number().int(),
  /** No more than so many at once. */
  max: z.number().int()
})
export const webhookReplay = replayWish.extend({
  /** As many as were counted, which whoever asks has agreed to. */
  count: z.number().int().min(1)
})
export const webhookReplayed = z.object({ count: z.number().int() })

export const webhookDelivery = z.object({
  id,
  webhookId: id,
  eventType: z.string(),
  callId: id.nullable(),
  payload: z.record(z.string(), z.unknown()),
  /** Which message of the template. */
  part: z.number().int(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.number().int(),
  nextAttemptAt: isoTime.nullable(),
  lastStatus: z.number().int().nullable(),
  lastError: z.string().nullable(),
  lastResponse: z.string().nullable(),
  lastAttemptAt: isoTime.nullable(),
  deliveredAt: isoTime.nullable(),
  createdAt: isoTime
})
const headers = z.record(z.string(), z.string())
/** What was sent and answered; secrets are hidden. */
export const webhookAttempt = z.object({
  at: isoTime,
  tookMs: z.number().int(),
  method: z.string(),
  url: z.string(),
  requestHeaders: headers,
  /** Null: the payload as it stands, or no body. */
  requestBody: z.string().nullable(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  responseHeaders: headers.nullable(),
  /** Its beginning. */
  responseBody: z.string().nullable()
})
export const webhookDeliveryWithLog = webhookDelivery.extend({ log: z.array(webhookAttempt) })
export const webhookSamples = z.object({
  items: z.array(
    z.object({
      payload: z.object({ type: z.string(), timestamp: z.string(), data: z.record(z.string(), z.unknown()) }),
      /** False: made up, because no such thing has happened lately. */
      isReal: z.boolean(),
      operator: z.object({ login: z.string(), extension: z.string().nullable() }).nullable()
    })
  ),
  /** Of the company: dates without a zone are on its clocks. */
  timeZone: z.string(),
  publicUrl: z.string().nullable()
})

/** What a webhook's parts mean together; fields at fault with what is wrong. */
export function clashes(row: {
  events: readonly string[]
  filter: z.infer<typeof webhookFilter> | null
  template: z.infer<typeof template> | null
}): { path: string; message: string }[] {
  if (row.events.length === 0) return [{ path: 'events', message: 'is needed' }]
  const told = new Set(row.template?.messages.map(({ event }) => event))
  if (row.template !== null && row.events.some((event) => !told.has(event as never)))
    return [{ path: 'events', message: 'come from the messages of the template' }]
  return row.events.flatMap((event) =>
    neverKnown(row.filter, event).map((condition) => ({
      path: `filter.${condition}`,
      message: `${event} does not know this yet: leave the event or the condition out`
    }))
  )
}

export type Webhook = z.infer<typeof webhook>
export type WebhookDelivery = z.infer<typeof webhookDelivery>
export type WebhookDeliveryWithLog = z.infer<typeof webhookDeliveryWithLog>
export type WebhookAttempt = z.infer<typeof webhookAttempt>
export type WebhookTestResult = z.infer<typeof webhookTestResult>
export type WebhookSamples = z.infer<typeof webhookSamples>
