import type { Moments, MomentType } from '../pbx/call/moments.ts'
import { formatNational } from '../tracking/phones.ts'

type Words = { [T in MomentType]: (data: Moments[T]) => string | null }

const words: Words = {
  'call.initiated': ({ caller, contact, source, number, scheme }) => {
    const who = contact?.name ?? (caller.number === null ? 'A hidden number' : formatNational(caller.number))
    const from = [
      caller.region,
      source && `source ${source.name}`,
      source?.campaign && `campaign ${source.campaign}`
    ]
    const where = number === null ? 'a number that is not ours' : (number.label ?? number.e164)
    const led = scheme === null ? '' : ` Scheme: ${scheme.name}.`
    return `${who} calls ${where} (${from.filter(Boolean).join(', ') || 'source unknown'}).${led}`
  },
  'call.forwarding_step': ({ state, blockType, label, exit, pressed, groupName }) => {
    const name = label ?? blockType
    if (state === 'started') return `→ ${name}${groupName === null ? '' : ` (${groupName})`}`
    return pressed === null ? (exit === null ? null : `  ${name}: ${exit}`) : `  ${name}: pressed ${pressed}`
  },
  'call.scheme_changed': ({ scheme }) => `→ scheme ${scheme.name}`,
  'call.looked_up': ({ isAnswered }) =>
    isAnswered ? '  Another system was asked' : '  Another system was asked and did not answer',
  'call.tagged': ({ add }) => (add.length === 0 ? null : `  Tagged: ${add.join(', ')}`),
  'leg.started': ({ name, purpose }) =>
    purpose === 'watch' ? `  ${name} is called to listen` : `  The phone of ${name} is called`,
  'leg.ringing': () => '  … it rings',
  'leg.answered': () => '  … it is answered',
  'leg.given': () => '  … and goes on in another call',
  'call.dial_refused': ({ number, reason }) => `  ${number} may not be called (${reason})`,
  'call.held': ({ on }) => (on ? 'The client is on hold' : 'The client is back in the talk'),
  'call.transfer': ({ state, from, to, reason }) =>
    `Transfer by ${from.name} ${state}${to ? `: ${to.name}` : ''}${reason === null ? '' : ` (${reason})`}`,
  'call.joined': ({ operator, isIn }) => `${operator.name} ${isIn ? 'joins' : 'leaves'} the talk`,
  'call.parked': ({ slot }) => `The call is parked in slot ${slot}`,
  'call.unparked': ({ slot, reason }) => `The call leaves slot ${slot} (${reason})`,
  'call.watched': ({ by, mode, isOn }) => (isOn ? `${by.name}: ${mode}` : `${by.name} has stopped listening`),
  'call.taken_over': ({ from, by }) => `${by.name} takes the call over from ${from.name}`,
  'call.recording_paused': ({ on }) => (on ? 'The recording pauses' : 'The recording goes on'),
  'call.queued': () => '  The client waits in the queue',
  'call.callback_promised': ({ phone }) => `A call back to ${formatNational(phone)} is promised`,
  'leg.ended': ({ result }) => (result === 'answered' ? null : `  … it did not come to a talk: ${result}`),
  'call.answered': ({ operator, waitSeconds }) => `${operator.name} answers after ${waitSeconds} s`,
  'call.talk_ended': ({ by, talkSeconds }) =>
    `The talk has ended after ${talkSeconds} s; hung up by the ${by}`,
  'call.voicemail': () => 'A message was left',
  'call.rated': ({ rating }) =>
    rating === null ? 'The talk was not rated' : `The client rates the talk: ${rating} of 5`,
  'call.missed': ({ reason }) => `Nobody talked with the client (${reason})`,
  'call.ended': ({ outcome, talkSeconds, totalSeconds }) =>
    `The call has ended: ${outcome}, ${totalSeconds} s in all, ${talkSeconds} s of talk`,
  'call.recording_ready': ({ state, seconds }) =>
    state === 'ready'
      ? `The recording can be played (${(seconds ?? 0).toFixed(1)} s)`
      : `The recording is ${state}`,
  'call.modified': () => null,
  'call.wrapped_up': () => null,
  'call.attributed': () => null
}

/** One moment of a call in a plain sentence; null for rows that say nothing to a newcomer. */
export function describeMoment(type: string, data: Record<string, unknown>): string | null {
  if (!Object.hasOwn(words, type)) return null
  // The tape's rows of one type carry that type's data.
  const describe = words[type as MomentType] as (data: unknown) => string | null
  return describe(data)
}
