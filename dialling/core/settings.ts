import { z } from 'zod'
import { hoursSettings, usualHours } from '../policy/hours.ts'

/** How callbacks and missed calls are handled. */
export const callbackSettings = z.object({
  /** Callbacks are placed in these hours only, lists too where they have none of their own. */
  hours: hoursSettings.default(usualHours),
  maxAttempts: z.number().int().min(1).max(20).default(3),
  pausesMinutes: z.array(z.number().min(0.01).max(10_080)).min(1).max(20).default([5, 30, 120]),
  /** When no operator answered, or a trunk was busy. */
  shortPauseSeconds: z.number().min(0.1).max(3600).default(60),
  maxShort: z.number().int().min(1).max(100).default(15),
  ringSeconds: z.number().int().min(5).max(120).default(30),
  isRecorded: z.boolean().default(true),
  /** Who calls back when nothing else says so. */
  groupId: z.uuid().nullable().default(null),
  /** Missed calls are called back without anybody asking. */
  autoCallback: z
    .object({
      isOn: z.boolean().default(false),
      /** So long the client has to call again by themselves. */
      delaySeconds: z.number().min(0).max(86_400).default(60),
      maxPerDay: z.number().int().min(1).max(20).default(2)
    })
    .prefault({}),
  /** A shorter talk settles nothing that was owed to the client. */
  minTalkSeconds: z.number().int().min(0).max(600).default(5),
  missedTaskMinutes: z.number().int().min(1).max(10_080).default(20),
  voicemailTaskMinutes: z.number().int().min(1).max(10_080).default(60)
})

export type CallbackSettings = z.output<typeof callbackSettings>

export const defaultCallbackSettings: CallbackSettings = callbackSettings.parse({})
