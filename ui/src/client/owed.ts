import type { TaskItem } from '../../../api/contract/dialling.ts'

/** What comes due within it is worth offering now. */
const soonMs = 15 * 60_000

/** What is settled by calling. */
const owedCalls: ReadonlySet<TaskItem['kind']> = new Set([
  'call_back',
  'voicemail',
  'callback_failed',
  'call'
])

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
        owedCalls.has(kind) &&
        (dueAt === null || Date.parse(dueAt) <= nowMs + soonMs)
    ) ?? null
  )
}
