/**
 * How a trunk stands: `configured` for one by address, `unreachable` when it leaves our questions unanswered, the others
 * those of a registration.
 */
export const trunkStates = [
  'configured',
  'registered',
  'registering',
  'rejected',
  'unreachable',
  'unknown',
  'inactive'
] as const
export type TrunkState = (typeof trunkStates)[number]
