/** Lists of the contract's words. No zod here, so that the browser may take them as they are. */
export const roles = ['admin', 'supervisor', 'operator', 'marketer'] as const
export const presences = ['available', 'busy', 'wrapUp', 'away', 'offline'] as const
export const outcomes = ['answered', 'missed', 'abandoned', 'busy', 'failed', 'blocked', 'voicemail'] as const
/** How a browser telephone rings for the calls of a group; the first is usual. */
export const ringTones = ['classic', 'soft', 'bright', 'low', 'urgent'] as const
export type RingTone = (typeof ringTones)[number]
export { inquiryChannels } from '../../tracking/inquiry-channels.ts'
/** What becomes of calls from numbers on the spam list. */
export const spamActions = ['busy', 'hangUp', 'announcement', 'voicemail'] as const
