import type { WallSettings } from '../../../api/contract/wall.ts'

/** `bad` is red, `wait` amber. */
export type Tone = '' | 'wait' | 'bad'

export const levelTone = (level: number | null, { levelAmber, levelRed }: WallSettings): Tone =>
  level === null ? '' : level < levelRed ? 'bad' : level < levelAmber ? 'wait' : ''

export const waitTone = (longestSeconds: number | null, { waitAmber, waitRed }: WallSettings): Tone =>
  longestSeconds === null ? '' : longestSeconds >= waitRed ? 'bad' : longestSeconds >= waitAmber ? 'wait' : ''

/** Of a queue: by how many wait, and how long. */
export function queueTone(count: number, longestSeconds: number | null, settings: WallSettings): Tone {
  return count >= settings.waitingRed ? 'bad' : waitTone(longestSeconds, settings)
}

/** Limits while those of the company are not known yet; the contract's usual ones. */
export const usualLimits: WallSettings = {
  withinSeconds: 20,
  levelAmber: 0.9,
  levelRed: 0.7,
  waitAmber: 45,
  waitRed: 120,
  waitingRed: 5,
  hasSound: false
}
