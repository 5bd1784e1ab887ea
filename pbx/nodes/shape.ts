import type { PjsipObject } from '../provision/objects.ts'

/** What one node shall know of all that is wanted. PURE. */
export type ObjectsFor = (
  wanted: readonly PjsipObject[],
  node: { isRegistrar: boolean }
) => readonly PjsipObject[]

/** Registrations stand on one node, everything else on each. */
export const withOneRegistrar: ObjectsFor = (wanted, { isRegistrar }) =>
  isRegistrar ? wanted : wanted.filter(({ type }) => type !== 'registration')
