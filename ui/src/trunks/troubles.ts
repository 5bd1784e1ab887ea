import { dayOf, isToday, timeOfDay } from '../lib/format.ts'
import type { TrunkEvent } from '../../../api/contract/trunks.ts'

/** What went wrong, in a word; `trunks.trouble.<word>` says it, `trunks.advice.<word>` what to do about it. */
export type Trouble =
  | 'silent'
  | 'password'
  | 'forbidden'
  | 'unknownUser'
  | 'codec'
  | 'timeout'
  | 'tooMany'
  | 'interval'
  | 'carrier'
  | 'limit'
  | 'refused'

const byCode: Readonly<Record<number, Trouble>> = {
  401: 'password',
  403: 'forbidden',
  404: 'unknownUser',
  407: 'password',
  408: 'timeout',
  415: 'codec',
  423: 'interval',
  488: 'codec',
  606: 'codec'
}

/** What an answer of a carrier means for whoever set the trunk up. */
export function troubleOf({ about, code }: Pick<TrunkEvent, 'about' | 'code'>): Trouble {
  if (about === 'limit') return 'limit'
  if (code === null) return 'silent'
  // Of a call, 404 is about the number dialled.
  if (code === 404 && about === 'call') return 'refused'
  return byCode[code] ?? (code === 503 ? 'tooMany' : code >= 500 ? 'carrier' : 'refused')
}

/** When something happened, as short as it can be told. */
export const whenOf = (at: string): string => (isToday(at) ? timeOfDay(at) : `${dayOf(at)}, ${timeOfDay(at)}`)
