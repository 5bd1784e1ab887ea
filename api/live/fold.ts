import type { LiveCall, LiveLeg } from '../contract/live.ts'
import type { Moments, MomentType } from '../../pbx/call/moments.ts'

/** What a row of each type changes of a call on the board; `at` is its ISO time. */
export type Fold = { [T in MomentType]?: (call: LiveCall, data: Moments[T], at: string) => LiveCall }

/** The list without a leg; the same list when it was not in it. */
export function without<L extends { leg: string }>(list: readonly L[], leg: string): L[] {
  return list.some((each) => each.leg === leg) ? list.filter((each) => each.leg !== leg) : (list as L[])
}

/** The call with a party brought into the talk: at the front when it has the client now. */
export function withMember(call: LiveCall, leg: string, name: string, userId: string | null, at: string) {
  const known = [...call.ringing, ...call.standby, ...call.members].find((each) => each.leg === leg)
  const kind: LiveLeg['kind'] = known?.kind ?? (userId === null ? 'external' : 'operator')
  const since = call.members.find((each) => each.leg === leg)?.since ?? at
  return { leg, kind, userId, name, since }
}
