import { z } from 'zod'

const days = (least: number) => z.number().int().min(least).max(3650)

/**
 * How many days each kind of data is kept: all kinds there are. Null keeps it for good.
 * Whatever is not named here stays until somebody deletes it: deals, tasks, inquiries, and clients with whom there is one.
 */
export const keptSettings = z
  .object({
    /** Of those who have been silent for so long: the same as an erasure, so that the journal and reports count as before. */
    clients: days(30).nullable(),
    /** Audio; that there was a recording stays in the journal. */
    recordings: days(1).nullable(),
    visits: days(30),
    /** Touchpoints outlive visits: models share calls among them. */
    touchpoints: days(30),
    /** What people wrote into forms; that a form came stays. */
    forms: days(1).nullable(),
    /** Mails and messages with their files. */
    messages: days(1).nullable(),
    /** What was exchanged with receivers of webhooks and other systems. */
    exchanges: z.number().int().min(1).max(30),
    audit: days(90).nullable()
  })
  .refine(({ visits, touchpoints }) => touchpoints >= visits, {
    path: ['touchpoints'],
    error: 'must not be shorter than that of visits'
  })
export type KeptSettings = z.output<typeof keptSettings>
export type KeptKind = keyof KeptSettings
export const keptKinds = Object.keys(keptSettings.shape) as KeptKind[]

/** What goes tonight, kind by kind: everything older than that moment. Kinds that are kept for good are left out. */
export function keptPlan(settings: KeptSettings, nowMs: number): { kind: KeptKind; before: Date }[] {
  return keptKinds.flatMap((kind) => {
    const kept = settings[kind]
    return kept === null ? [] : [{ kind, before: new Date(nowMs - kept * 86_400_000) }]
  })
}

/** Gigabytes of 2³⁰ bytes; null: as much as the disk holds. */
export const recordingQuota = z.object({ quotaGigabytes: z.number().int().min(1).max(1_000_000).nullable() })

export const recordingSpace = recordingQuota.extend({
  usedBytes: z.number().int(),
  recordings: z.number().int()
})
export type RecordingSpace = z.output<typeof recordingSpace>

/** Whether finished recordings are encrypted on the disk. */
export const recordingSealingOrder = z.object({ isOn: z.boolean() })

/** How many recordings lie there how; `locked`: sealed with a key that is not here, so they do not play. */
export const recordingSealing = recordingSealingOrder.extend({
  sealed: z.number().int(),
  plain: z.number().int(),
  locked: z.number().int()
})
export type RecordingSealing = z.output<typeof recordingSealing>
