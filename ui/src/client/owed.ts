import type { TaskItem } from '../../../api/contract/dialling.ts'

/** What comes due within it is worth offering now. */
const soonMs = 15 * 60_000

/** The client to whom a call is owed first, without the one who has just been talked with. */
export function nextOwed(
  tasks: readonly TaskItem[],
  justTalked: string | null,
  nowMs: number
): TaskItem | null {
  return (
    tasks.find(
      ({ phone, kind, dueAt }) =>
        phone !== null &&
        phone !== justTalked &&
        kind !== 'follow_up' &&
        (dueAt === null || Date.parse(dueAt) <= nowMs + soonMs)
    ) ?? null
  )
}
