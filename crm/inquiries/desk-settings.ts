import type { Knex } from 'knex'
import { z } from 'zod'

export const deskKey = 'crm.desk'
export const dispatchModes = ['sticky', 'rating', 'load', 'carousel', 'weighted'] as const
export const missedOwners = ['entity', 'lastRung', 'default'] as const

const weight = z.number().min(0).max(10)

/** By which rules the desk of inquiries works. */
export const deskSettings = z.object({
  /** After so long without an answer an inquiry is shown as urgent … */
  warnMinutes: z.number().int().min(1).max(10_080).default(10),
  /** … and after so long as late: the target of the first response. */
  responseMinutes: z.number().int().min(1).max(10_080).default(20),
  /** The schedule whose hours count for those targets; null: day and night. */
  scheduleId: z.uuid().nullable().default(null),
  /** Whose a missed call is; each falls through to the next: owner of deal or client, last who was rung, the usual one. */
  missedOwner: z.enum(missedOwners).default('entity'),
  defaultUserId: z.uuid().nullable().default(null),
  /** Gives new inquiries that nobody has to people. */
  dispatch: z
    .object({
      isOn: z.boolean().default(false),
      mode: z.enum(dispatchModes).default('weighted'),
      /** Among whom. */
      userIds: z.array(z.uuid()).max(500).default([]),
      /** Of `weighted`: being free, having little to do, being rated well. */
      weights: z
        .object({ free: weight.default(1), load: weight.default(1), rating: weight.default(1) })
        .prefault({})
    })
    .prefault({})
})
export type DeskSettings = z.output<typeof deskSettings>
export type DispatchSettings = DeskSettings['dispatch']

/** The rules that are set, else the usual ones. */
export async function readDeskSettings(trx: Knex): Promise<DeskSettings> {
  const row = await trx('settings').where({ key: deskKey }).first<{ value: unknown } | undefined>('value')
  const read = deskSettings.safeParse(row?.value ?? {})
  return read.success ? read.data : deskSettings.parse({})
}
