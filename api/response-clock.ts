import type { Knex } from 'knex'
import { readDeskSettings } from '../crm/inquiries/desk-settings.ts'
import { nextCloseMs, nextOpenMs, type Hours } from '../dialling/policy/hours.ts'
import { schedulesOf, type ScheduleRow } from '../ivr/schedules.ts'
import { companyZone } from './company-zone.ts'

/** The hours that count for the targets of the desk; null: day and night. */
export async function deskHours(db: Knex): Promise<Hours | null> {
  const { scheduleId } = await readDeskSettings(db)
  if (scheduleId === null) return null
  const rows = await db('schedules')
    .where({ id: scheduleId })
    .select<ScheduleRow[]>('id', 'time_zone as timeZone', 'hours', 'days', 'override')
  return schedulesOf(rows, await companyZone(db)).get(scheduleId) ?? null
}

/** How long a client waited for the first response. */
export interface ResponseClock {
  seconds: number
  /** While it runs: it shows the time since then, ms since the epoch. Null: it stands. */
  runningSinceMs: number | null
}

/**
 * The clock of an inquiry: only hours at which the company works count. PURE.
 * @param hours null: the clock goes day and night
 * @param wait from when it came, until it was answered (null: nobody has) or until now; ms since the epoch
 */
export function responseClock(
  hours: Hours | null,
  wait: { fromMs: number; answeredMs: number | null; isOver: boolean; nowMs: number }
): ResponseClock {
  const untilMs = wait.answeredMs ?? wait.nowMs
  // What somebody has said of this moment says nothing of the days before.
  const usual = hours && { ...hours, override: null }
  const workedMs = usual ? openMsBetween(usual, wait.fromMs, untilMs) : Math.max(0, untilMs - wait.fromMs)
  const isRunning =
    wait.answeredMs === null &&
    !wait.isOver &&
    (usual === null || nextOpenMs(usual, wait.nowMs) === wait.nowMs)
  return {
    seconds: Math.floor(workedMs / 1000),
    runningSinceMs: isRunning ? wait.nowMs - workedMs : null
  }
}

/** Longer waits are late by any target: no need to walk through years. */
const longestDays = 60

/** How much of a time the hours cover, ms. */
function openMsBetween(hours: Hours, fromMs: number, untilMs: number): number {
  let worked = 0
  let atMs: number | null = Math.max(fromMs, untilMs - longestDays * 24 * 3_600_000)
  while (atMs !== null && atMs < untilMs) {
    const opensMs: number | null = nextOpenMs(hours, atMs)
    if (opensMs === null || opensMs >= untilMs) break
    const closesMs: number | null = nextCloseMs(hours, opensMs)
    worked += Math.min(closesMs ?? untilMs, untilMs) - opensMs
    atMs = closesMs
  }
  return worked
}
