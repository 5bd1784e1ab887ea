import type { LiveCall } from '../../../api/contract/live.ts'

/** What was seen of a call so far: more than it is now, for whoever answered may have gone already. */
export interface SeenCall {
  id: string
  /** It was us who called: the mobile is led through the scheme as if it had called. */
  isCalled: boolean
  /** Whoever is called has answered. */
  isPickedUp: boolean
  from: string | null
  step: string | null
  /** Whose telephones rang. */
  rang: readonly string[]
  answeredBy: string | null
  isOver: boolean
}

/** One more look at a call. The same object when there is nothing new. */
export function look(before: SeenCall | null, call: LiveCall): SeenCall {
  const old = before?.id === call.id ? before : null
  // Until somebody answers there, it is the mobile itself that rings.
  const ringing = call.phase === 'dialling' ? [] : call.ringing.map(({ name }) => name)
  const rang = [...new Set([...(old?.rang ?? []), ...ringing])]
  const next: SeenCall = {
    id: call.id,
    isCalled: call.direction !== 'in',
    isPickedUp: old?.isPickedUp === true || (call.phase !== 'dialling' && call.phase !== 'ended'),
    from: call.caller.number,
    step: call.step?.label ?? old?.step ?? null,
    rang: rang.length === old?.rang.length ? old.rang : rang,
    answeredBy: call.operator?.name ?? old?.answeredBy ?? null,
    isOver: call.phase === 'ended'
  }
  const isSame = old && (Object.keys(next) as (keyof SeenCall)[]).every((key) => next[key] === old[key])
  return isSame ? old : next
}

/** The newest call to a number that came, or was tried, after a moment, or the one that is watched already while it goes on. */
export function newest(
  calls: readonly LiveCall[],
  numberId: string,
  sinceMs: number,
  seen: SeenCall | null
): LiveCall | null {
  const came = calls
    .filter(({ direction, callType }) => direction === 'in' || callType === 'test')
    .filter(({ number }) => number?.id === numberId)
    .filter(({ startedAt, id }) => id === seen?.id || Date.parse(startedAt) >= sinceMs)
    .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
  const watched = came.find(({ id }) => id === seen?.id)
  return watched && watched.phase !== 'ended' ? watched : (came[0] ?? null)
}
