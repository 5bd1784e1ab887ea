import type { Knex } from 'knex'

/** How long a leg's file should be. */
export interface Expected {
  seconds: number
  /** Known to the second only. */
  isRounded: boolean
}

interface LegRow {
  call_id: string
  leg: string
  answered_at: Date | null
  ended_at: Date | null
  recorded_seconds: number | null
}

const flaw = 'than the talk'

/** Whether what is wrong with a recording is its length. */
export const isLengthFlaw = (error: string | null): boolean => error?.includes(flaw) === true

/**
 * How long a leg was recorded, by the journal: from the beginning of its recording or, where that is not written down,
 * from its answer. Null when neither is known.
 */
export async function expectedLength(db: Knex, callId: string, leg: string): Promise<Expected | null> {
  const row = await db<LegRow>('call_legs').where({ call_id: callId, leg }).first()
  if (row === undefined) return null
  if (row.recorded_seconds !== null) return { seconds: row.recorded_seconds, isRounded: true }
  if (!row.answered_at || !row.ended_at) return null
  return { seconds: (row.ended_at.getTime() - row.answered_at.getTime()) / 1000, isRounded: false }
}

/**
 * Whether a recording is as long as its talk: connecting and hanging up may take or add a second, and clocks two in a
 * hundred. @returns what is wrong, or null
 */
export function wrongLength(seconds: number, expected: Expected | null): string | null {
  if (expected === null) return null
  const difference = seconds - expected.seconds
  const allowed = 1 + expected.seconds * 0.02 + (expected.isRounded ? 0.5 : 0)
  if (Math.abs(difference) <= allowed) return null
  const how = difference < 0 ? 'shorter' : 'longer'
  return `${how} ${flaw}: ${seconds.toFixed(1)} s of ${expected.seconds.toFixed(1)} s`
}
