import type { Fold } from './fold.ts'

/** The end of a talk, and of the call. */
export const endings: Fold = {
  'call.talk_ended': (call, { isHandover }) => {
    const gone = { operator: null, members: [], held: null, consult: null, recording: 'off' as const }
    // Handed over: the next `call.answered` follows at once, and says who has the client.
    if (isHandover) return { ...call, ...gone, members: call.members, consult: call.consult }
    const rings = call.ringing.some((leg) => leg.purpose === 'scheme' || leg.purpose === 'return')
    return { ...call, ...gone, phase: rings ? 'ringing' : 'inScheme' }
  },
  'call.ended': (call, { outcome }, at) => ({
    ...call,
    phase: 'ended',
    endedAt: at,
    outcome,
    step: null,
    ringing: [],
    standby: [],
    members: [],
    operator: null,
    held: null,
    consult: null,
    watchers: [],
    parked: null,
    queue: null,
    recording: 'off'
  })
}
