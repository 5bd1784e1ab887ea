import path from 'node:path'
import type { BridgeName, Effect } from '../call/effects.ts'
import { connect, openBridge } from './effect-bridges.ts'
import { inLanes, legChannel, type EffectPorts } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'

type EffectOf<K extends Effect['do']> = Extract<Effect, { do: K }>

/** Set on every telephone: what it asks by REFER comes to us and nothing happens by itself. */
const referToUs = { 'PJSIP_TRANSFER_HANDLING()': 'ari-only' }

/** Subscriber absent (Q.850): nobody to ring there. */
const absent = 20

/** Rings one telephone of an operator; once answered it comes through the dialplan, which records it. */
export function originate(live: LiveCall, effect: EffectOf<'originate'>, ports: EffectPorts): void {
  // Found operators are reserved already; those who take a parked call, or watch one, ring because they asked for it.
  ports.operators.hold(live.call.id, effect.userId, effect.leg.startsWith('sup'))
  // Beside the ringing, so that the bridge is there with the answer.
  openBridge(live, 'main', ports)
  inLanes(live, [effect.leg], 'originate', () => ring(live, effect, ports), ports.log)
}

async function ring(live: LiveCall, effect: EffectOf<'originate'>, ports: EffectPorts): Promise<void> {
  const { call } = live
  const channelId = legChannel(call, effect.leg)
  // Codecs follow whoever is there already; the first side of a call that we place has nobody to follow.
  const originator = call.clientChannel ?? call.order?.phone?.channelId ?? null
  const result = await ports.ari.originate({
    channelId,
    endpoint: `PJSIP/${effect.device}`,
    context: 'operator-leg',
    extension: 's',
    callerId: { name: effect.showing.name, number: effect.showing.number ?? 'anonymous' },
    // The machine's own timer decides; this one only saves a phone from ringing for ever.
    timeoutSeconds: Math.ceil(effect.ringMs / 1000) + 5,
    variables: {
      'PJSIP_HEADER(add,X-Ringtrace-Call)': call.id,
      ...referToUs,
      // Without room the talk goes on unrecorded; its recording then counts as missing, for everyone to see.
      ...(effect.recordingId && ports.hasRoom() ? { RT_RECORDING: effect.recordingId } : {})
    },
    ...(originator === null ? {} : { media: { originator } })
  })
  if (result.ok || result.code === 'already') return
  // No answer from Asterisk is not a no: the phone may be ringing all the same.
  if (result.code === 'unreachable') await ports.ari.hangup(channelId, 26)
  ports.deliver(live, { type: 'legEnded', atMs: ports.now(live), leg: effect.leg, cause: absent })
}

/**
 * Left to itself Asterisk gives a channel that is not answered yet the first format of its list, which nobody can
 * speak, and the bridge drops it without a word. The carrier is offered its trunk's codecs all the same.
 */
const speakable = ['alaw', 'ulaw', 'g722', 'opus']

/** First word of a dialled channel's arguments: it enters the application when it is made, long before any answer. */
export const dialledWord = 'dialled'

/** Makes a channel to a number outside; it is dialled when it has entered the application (`dialMade`). */
export function dialOut(live: LiveCall, effect: EffectOf<'dialOut'>, ports: EffectPorts): void {
  const { ari } = ports
  const { call } = live
  const channelId = legChannel(call, effect.leg)
  if (effect.early !== null) openBridge(live, effect.early, ports)
  inLanes(
    live,
    [effect.leg],
    'dialOut',
    async () => {
      const result = await ari.create({
        channelId,
        endpoint: `PJSIP/${effect.number}@${effect.endpoint}`,
        app: ari.app,
        appArgs: [dialledWord, Math.ceil(effect.ringMs / 1000) + 5, effect.early ?? ''].join(','),
        callerId: { number: effect.callerId },
        media: { formats: speakable },
        variables: {
          ...referToUs,
          // Tells when there is something to hear before the answer.
          ...(effect.early === null ? {} : { 'TALK_DETECT(set)': '' })
        }
      })
      if (result.ok || result.code === 'already') return
      if (result.code === 'unreachable') await ari.hangup(channelId, 26)
      ports.deliver(live, { type: 'legEnded', atMs: ports.now(live), leg: effect.leg, cause: absent })
    },
    ports.log
  )
}

/** Dials a channel that was made, and lets its bridge hear what comes before the answer. */
export function dialMade(live: LiveCall, legId: string, args: readonly string[], ports: EffectPorts): void {
  const { ari, log } = ports
  const leg = live.call.legs.find((one) => one.id === legId)
  const channelId = legChannel(live.call, legId)
  if (leg?.state !== 'ringing') {
    inLanes(live, [legId], 'dialOut', () => ari.hangup(channelId, 26), log)
    return
  }
  const early = (args[2] ?? '') as BridgeName | ''
  inLanes(
    live,
    [legId],
    'dialOut',
    async () => {
      const result = await ari.dial(channelId, Number(args[1]) || 60)
      if (result.ok) return
      await ari.hangup(channelId, 26)
      // Hung up before it was dialled it would end with a cause of no meaning.
      ports.deliver(live, { type: 'legEnded', atMs: ports.now(live), leg: legId, cause: absent })
    },
    log
  )
  // Only now: before the dial, the bridge would put its other party's name into the INVITE.
  if (early !== '' && live.bridges.has(early))
    connect(live, { do: 'connect', bridge: early, parties: [legId] }, ports)
}

/** A dialled number has answered: nobody listens for its first sound any more. */
export function stopListening(live: LiveCall, legId: string, { ari, log }: EffectPorts): void {
  const channelId = legChannel(live.call, legId)
  inLanes(live, [legId], 'dialOut', () => ari.setVariable(channelId, 'TALK_DETECT(remove)', ''), log)
}

export function hangupLeg(
  live: LiveCall,
  { leg, reason }: EffectOf<'hangupLeg'>,
  { ari, log }: EffectPorts
): void {
  const channelId = legChannel(live.call, leg)
  inLanes(live, [leg], 'hangupLeg', () => ari.hangup(channelId, reason === 'end' ? 16 : 26), log)
}

/** Records a leg as the dialplan records those that come through it. */
export function record(live: LiveCall, { leg, recordingId }: EffectOf<'record'>, ports: EffectPorts): void {
  if (!ports.hasRoom()) return
  const { call } = live
  inLanes(
    live,
    [leg],
    'record',
    async () => {
      const file = path.join(ports.recordingsDir, recordingId)
      // Not begun, it counts as missing when the call has ended: seen, and counted.
      if (!(await ports.ami.startRecording(legChannel(call, leg), file)))
        ports.log.warn({ callId: call.id, leg }, 'A recording could not be begun')
    },
    ports.log
  )
}

export function pauseRecording(
  live: LiveCall,
  { leg, on }: EffectOf<'pauseRecording'>,
  { ami, log }: EffectPorts
): void {
  const channelId = legChannel(live.call, leg)
  inLanes(live, [leg], 'pauseRecording', () => ami.muteRecording(channelId, on), log)
}

export function mute(live: LiveCall, { leg, on }: EffectOf<'mute'>, { ari, log }: EffectPorts): void {
  const channelId = legChannel(live.call, leg)
  inLanes(live, [leg], 'mute', () => (on ? ari.mute(channelId) : ari.unmute(channelId)), log)
}

export function referAnswer(
  live: LiveCall,
  { leg, isDone }: EffectOf<'referAnswer'>,
  { ari, log }: EffectPorts
): void {
  const channelId = legChannel(live.call, leg)
  const state = isDone ? 'channel_answered' : 'channel_declined'
  inLanes(live, [leg], 'referAnswer', () => ari.transferProgress(channelId, state), log)
}
