/** Lists of the contract's words. No zod here, so that the browser may take them as they are. */
export const roles = ['admin', 'supervisor', 'operator', 'marketer'] as const
export const presences = ['available', 'busy', 'wrapUp', 'away', 'offline'] as const
export const outcomes = ['answered', 'missed', 'abandoned', 'busy', 'failed', 'blocked', 'voicemail'] as const
export const inquiryChannels = [
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
] as const
