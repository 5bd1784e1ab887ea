import type { outcomes as contractOutcomes, Presence, Role } from '../../../api/contract/common.ts'
import type { Source } from '../../../api/contract/config.ts'

/** Lists of the contract's words, kept here so that its checker (zod) stays out of the browser; the types keep them equal. */
export type Outcome = (typeof contractOutcomes)[number]
export type InquiryChannel = Source['inquiryChannel']

function exactly<Word extends string>() {
  return <const List extends readonly Word[]>(list: Word extends List[number] ? List : never): List => list
}

export const outcomes = exactly<Outcome>()([
  'answered',
  'missed',
  'abandoned',
  'voicemail',
  'busy',
  'failed',
  'blocked'
])

export const presences = exactly<Presence>()(['available', 'busy', 'wrapUp', 'away', 'offline'])

export const roles = exactly<Role>()(['admin', 'supervisor', 'operator', 'marketer'])

export const inquiryChannels = exactly<InquiryChannel>()([
  'paid',
  'organic',
  'direct',
  'referral',
  'social',
  'email',
  'messenger',
  'display',
  'affiliate',
  'internal',
  'recommendation',
  'offline',
  'unknown'
])
