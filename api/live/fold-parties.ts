import type { LiveCall } from '../contract/live.ts'
import { without, withMember, type Fold } from './fold.ts'

/** Who rings, who has answered, who talks. */
export const parties: Fold = {
  'leg.started': (call, data) => {
    const { leg, kind, purpose, userId, name } = data
    // A supervisor's own telephone is nobody's business until `call.watched` says how they watch.
    if (purpose === 'watch') return call
    const handover = data.handover ?? null
    const party = { leg, kind: kind ?? 'operator', purpose: purpose ?? 'scheme', userId, name, handover }
    const ringing = [...without(call.ringing, leg), party]
    if (purpose !== 'consult' || !call.consult) return { ...call, ringing }
    return { ...call, ringing, consult: { ...call.consult, stage: 'ringing', leg, name } }
  },
  'leg.answered': (call, { leg }) => {
    const answered = call.ringing.find((each) => each.leg === leg)
    if (!answered) return call
    const standby = [...without(call.standby, leg), answered]
    const ringing = without(call.ringing, leg)
    if (answered.purpose !== 'consult' || !call.consult) return { ...call, ringing, standby }
    return {
      ...call,
      ringing,
      standby,
      consult: { ...call.consult, stage: 'talking', side: 'consulted', leg, name: answered.name }
    }
  },
  'leg.ended': (call, { leg }) => {
    const ringing = without(call.ringing, leg)
    const standby = without(call.standby, leg)
    const members = without(call.members, leg)
    const isGone = ringing !== call.ringing || standby !== call.standby || members !== call.members
    const watchers = without(call.watchers, leg)
    if (!isGone && watchers === call.watchers) return call
    const consult = call.consult?.leg === leg ? lookOn(call.consult, ringing) : call.consult
    return { ...call, ringing, standby, members, watchers, consult }
  },
  'call.answered': (call, { operator, leg, recordingId }, at) => {
    const owner = withMember(call, leg, operator.name, operator.id, at)
    return {
      ...call,
      phase: 'talking',
      answeredAt: call.answeredAt ?? at,
      operator,
      members: [owner, ...without(call.members, leg)],
      ringing: without(call.ringing, leg),
      standby: without(call.standby, leg),
      consult: null,
      held: null,
      parked: null,
      queue: null,
      recording: recordingId === null ? 'off' : 'on'
    }
  },
  'call.joined': (call, { leg, operator, isIn }, at) =>
    isIn
      ? {
          ...call,
          members: [...without(call.members, leg), withMember(call, leg, operator.name, operator.id, at)],
          standby: without(call.standby, leg),
          consult: call.consult?.leg === leg ? null : call.consult,
          held: null
        }
      : { ...call, members: without(call.members, leg) },
  'call.watched': (call, { leg, watched, by, mode, isSilent, isOn }) => {
    const others = without(call.watchers, leg)
    if (!isOn) return others === call.watchers ? call : { ...call, watchers: others }
    return {
      ...call,
      watchers: [...others, { leg, userId: by.id, name: by.name, watched, mode, isSilent }]
    }
  },
  'call.recording_paused': (call, { on }): LiveCall =>
    call.recording === 'off' ? call : { ...call, recording: on ? 'paused' : 'on' }
}

/** One telephone of the consulted party is out: the next one rings, or whoever else is rung is not known yet. */
function lookOn(
  consult: NonNullable<LiveCall['consult']>,
  ringing: LiveCall['ringing']
): LiveCall['consult'] {
  const other = ringing.find((each) => each.purpose === 'consult')
  if (other) return { ...consult, stage: 'ringing', leg: other.leg, name: other.name }
  return { ...consult, stage: 'finding', leg: null }
}
