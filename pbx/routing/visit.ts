import type { Call, CallVisit, Route, Source } from '../call/types.ts'

/**
 * The port to tracking: where a call to a number comes from. Asked while the caller waits, so it answers from
 * memory and at once; null for a number that is lent to no visits.
 */
export type SourceOf = (
  numberId: string,
  atMs: number,
  caller: string | null
) => { source: Source | null; visit: CallVisit } | null

/** The route of a call with what tracking knows of it: the visit's source goes before that of the number. */
export function withVisit(route: Route, call: Call, sourceOf: SourceOf | undefined): Route {
  const found = sourceOf?.(route.numberId, call.startedMs, call.caller.number)
  return found ? { ...route, source: found.source ?? route.source, visit: found.visit } : route
}
