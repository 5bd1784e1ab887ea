import { z } from 'zod'
import { schedule as hoursBlock, type NamedHours } from './blocks/schedule.ts'
import type { Scheme } from './scheme.ts'

/** Schedules of the company, by id. */
export type Schedules = ReadonlyMap<string, NamedHours>

/**
 * A scheme as calls run it: whatever goes by a schedule of the company has that schedule's hours inside, so that a call
 * needs nothing from outside and a tape can be replayed. The scheme that was given stays as it is.
 */
export function withSchedules(scheme: Scheme, schedules: Schedules): Scheme {
  let isChanged = false
  const blocks = Object.entries(scheme.blocks).map(([id, block]): [string, Scheme['blocks'][string]] => {
    const settings = filled(block.settings, schedules) as typeof block.settings
    if (settings === block.settings) return [id, block]
    isChanged = true
    return [id, { ...block, settings }]
  })
  return isChanged ? { ...scheme, blocks: Object.fromEntries(blocks) } : scheme
}

export const noSchedules: Schedules = new Map()

/** As `withSchedules`, for schemes by their ids. */
export function allWithSchedules(
  schemes: Readonly<Record<string, Scheme>>,
  schedules: Schedules
): Record<string, Scheme> {
  return Object.fromEntries(
    Object.entries(schemes).map(([id, scheme]) => [id, withSchedules(scheme, schedules)])
  )
}

/** Settings with the hours beside each name of a schedule, however deep; the same object where there is none. */
function filled(value: unknown, schedules: Schedules): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => filled(item, schedules))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (typeof value !== 'object' || value === null) return value
  const before = value as Record<string, unknown>
  const { scheduleId } = before
  const schedule = typeof scheduleId === 'string' ? schedules.get(scheduleId) : undefined
  const entries = Object.entries(before).map(([name, inner]) => [name, filled(inner, schedules)] as const)
  const isSame = entries.every(([name, inner]) => inner === before[name])
  if (schedule === undefined) return isSame ? value : Object.fromEntries(entries)
  return { ...Object.fromEntries(entries), schedule }
}

/** A row of the table of schedules, as it is stored. */
export interface ScheduleRow {
  id: string
  /** Null: that of the company. */
  timeZone: string | null
  hours: unknown
  days: unknown
  override: unknown
}

const override = z
  .object({ isOpen: z.boolean(), until: z.iso.datetime().nullable().default(null) })
  .nullable()
  .catch(null)

/** Stored schedules as blocks go by them. One that cannot be read is left out: a block's own hours stand in for it. */
export function schedulesOf(rows: readonly ScheduleRow[], companyZone: string): Map<string, NamedHours> {
  return new Map(
    rows.flatMap(({ id, timeZone, hours, days, override: said }): [string, NamedHours][] => {
      const now = override.parse(said ?? null)
      const read = hoursBlock.settings.safeParse({
        schedule: {
          ...{ timeZone: timeZone ?? companyZone, hours, days },
          override: now && { isOpen: now.isOpen, untilMs: now.until === null ? null : Date.parse(now.until) }
        }
      })
      return read.success && read.data.schedule ? [[id, read.data.schedule]] : []
    })
  )
}
