import type { Outcome } from '../../pbx/call/types.ts'

/** `20261122T150405Z`. */
export const stampOf = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')

/** Reads such a stamp; null where it is none. */
export function timeOf(stamp: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? []
  if (second === undefined) return null
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ms) ? null : ms
}

export const digitsOf = (phone: string): string => phone.replace(/\D/g, '')

/** How a call ended, in their words. */
export function statusOf(direction: string, outcome: Outcome | null, isAnswered: boolean): string {
  if (isAnswered) return 'Success'
  if (direction === 'in') return outcome === 'blocked' ? 'NotAllowed' : 'missed'
  if (outcome === 'busy') return 'Busy'
  return outcome === 'blocked' ? 'NotAllowed' : 'NotAvailable'
}
