/** Lists of the contract's words. No zod here, so that the browser may take them as they are. */
export const roles = ['admin', 'supervisor', 'operator', 'marketer'] as const
export const presences = ['available', 'busy', 'wrapUp', 'away', 'offline'] as const
export const outcomes = ['answered', 'missed', 'abandoned', 'busy', 'failed', 'blocked', 'voicemail'] as const
export { inquiryChannels } from '../../tracking/inquiry-channels.ts'
