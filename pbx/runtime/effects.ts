import type { Logger } from 'pino'
import type { Sound } from '../../ivr/block.ts'
import type { Ari } from '../ari/client.ts'
import type { CallEvent, Effect, Route } from '../call/types.ts'
import { schemeOf } from '../call/turn.ts'
import type { LiveCall } from './mailbox.ts'
import type { Operators } from './operators.ts'

export interface EffectPorts {
  ari: Ari
  operators: Operators
  /** Finds the route of a call from memory, at once. */
  findRoute(live: LiveCall): { route: Route | null; reason?: 'no_route' | 'blocked' }
  /** Asterisk's name of a sound in a language, such as `sound:/…/ru/welcome`. */
  media: (sound: Sound, locale: 'ru' | 'en') => string
  /** Whether the disk has room for another recording. */
  hasRoom: () => boolean
  /** Puts an event into the call's mailbox. */
  deliver(live: LiveCall, event: CallEvent): void
  forget(live: LiveCall): void
  now(): number
  log: Logger
}

/** The channel of an operator's leg: ours to name, so that a repeated request cannot ring twice. */
export const legChannel = (callId: string, leg: string): string => `${callId}.${leg}`

/**
 * Does one effect of a step. Requests that concern the same channel or bridge go one after the other; the rest go
 * at once. What Asterisk answers is only looked at when the call must know: everything else it tells by an event.
 */
export function runEffect(live: LiveCall, effect: Effect, atMs: number, ports: EffectPorts): void {
  const { ari, operators, log } = ports
  const { call } = live
  const caller = call.pbxUniqueId

  function inLanes(lanes: readonly string[], work: () => Promise<unknown>): void {
    const before = lanes.map((lane) => live.lanes.get(lane)).filter((tail) => tail !== undefined)
    const tail = (before.length > 0 ? Promise.all(before).then(work) : work()).catch((error: unknown) => {
      log.error({ err: error, callId: call.id, effect: effect.do }, 'An effect failed unexpectedly')
    })
    for (const lane of lanes) live.lanes.set(lane, tail)
  }

  switch (effect.do) {
    case 'ask': {
      const answer: CallEvent =
        effect.what === 'route'
          ? { type: 'routed', atMs, ...ports.findRoute(live) }
          : { type: 'operatorsFound', atMs, operators: operators.reserve(call.id, effect.query, atMs) }
      ports.deliver(live, answer)
      return
    }
    case 'answer':
      inLanes(['caller'], () => ari.answer(caller))
      return
    case 'ringback': {
      if (!effect.isAnswered) {
        // Answered in the same step: answering ends the ringing, and saves a request in every call.
        if (!effect.on && call.isAnswered) return
        inLanes(['caller'], () => (effect.on ? ari.ring(caller) : ari.ringStop(caller)))
        return
      }
      const playbackId = `${call.id}.ringback`
      inLanes(['caller'], () =>
        effect.on
          ? ari.play(caller, playbackId, [ports.media({ tone: 'ring' }, schemeOf(call).locale)])
          : ari.stopPlayback(playbackId)
      )
      return
    }
    case 'play': {
      const media = effect.sounds.map((sound) => ports.media(sound, schemeOf(call).locale))
      inLanes(['caller'], async () => {
        const result = await ari.play(caller, effect.playId, media)
        // No sound, no `PlaybackFinished`: the caller must not wait for ever for a file that is not there.
        if (!result.ok && result.code !== 'gone') {
          ports.deliver(live, { type: 'played', atMs: ports.now(), playId: effect.playId })
        }
      })
      return
    }
    case 'stopPlaying':
      inLanes(['caller'], () => ari.stopPlayback(effect.playId))
      return
    case 'timer':
      startTimer(live, effect.deadlineMs, ports)
      return
    case 'cancelTimer':
      clearTimeout(live.timer)
      return
    case 'originate':
      if (!live.isBridgeOpen) {
        live.isBridgeOpen = true
        inLanes(['bridge'], () => ari.createBridge(call.id))
      }
      inLanes([effect.leg], () => originate(live, effect, ports))
      return
    case 'bridge':
      inLanes(['caller', 'bridge', effect.leg], async () => {
        const result = await ari.addToBridge(call.id, [caller, legChannel(call.id, effect.leg)])
        if (!result.ok)
          log.info(
            { callId: call.id, leg: effect.leg, code: result.code },
            'A party left before the talk began'
          )
      })
      return
    case 'unbridge':
      live.isBridgeOpen = false
      inLanes(['caller', 'bridge'], () => ari.destroyBridge(call.id))
      return
    case 'hangupLeg':
      inLanes([effect.leg], () =>
        ari.hangup(legChannel(call.id, effect.leg), effect.reason === 'end' ? 16 : 26)
      )
      return
    case 'hangupCaller':
      inLanes(['caller'], () => ari.hangup(caller, effect.cause))
      return
    case 'release':
      operators.release(call.id, effect.userId, effect.talked, atMs)
      return
    case 'recordVoicemail':
      inLanes(['caller'], async () => {
        const result = await ari.record(caller, effect.recordingId, {
          maxSeconds: effect.maxSeconds,
          silenceSeconds: effect.silenceSeconds,
          terminateOn: '#'
        })
        if (!result.ok && result.code !== 'already' && result.code !== 'gone') {
          ports.deliver(live, { type: 'recorded', atMs: ports.now(), seconds: 0 })
        }
      })
      return
    case 'forget':
      clearTimeout(live.timer)
      inLanes([...live.lanes.keys()], async () => {
        if (live.isBridgeOpen) await ari.destroyBridge(call.id)
      })
      ports.forget(live)
  }
}

/** Sets the call's one timer; it carries its deadline, so that a stale one is told from the one that runs. */
export function startTimer(live: LiveCall, deadlineMs: number, ports: EffectPorts): void {
  clearTimeout(live.timer)
  live.timer = setTimeout(
    () => ports.deliver(live, { type: 'timeout', atMs: ports.now(), deadlineMs }),
    Math.max(0, deadlineMs - ports.now())
  )
}

async function originate(
  live: LiveCall,
  effect: Extract<Effect, { do: 'originate' }>,
  ports: EffectPorts
): Promise<void> {
  const { call } = live
  const endpoint = ports.operators.endpointOf(effect.userId)
  const result = endpoint
    ? await ports.ari.originate({
        channelId: legChannel(call.id, effect.leg),
        endpoint: `PJSIP/${endpoint}`,
        context: 'operator-leg',
        extension: 's',
        callerId: {
          name: call.route?.contact?.name ?? call.caller.name,
          number: call.caller.number ?? 'anonymous'
        },
        // The machine's own timer decides; this one only saves a phone from ringing for ever.
        timeoutSeconds: Math.ceil(effect.ringMs / 1000) + 5,
        variables: {
          'PJSIP_HEADER(add,X-Ringtrace-Call)': call.id,
          // Without room the talk goes on unrecorded; its recording then counts as missing, for everyone to see.
          ...(effect.recordingId && ports.hasRoom() ? { RT_RECORDING: effect.recordingId } : {})
        },
        media: { originator: call.pbxUniqueId }
      })
    : null
  if (result && (result.ok || result.code === 'already')) return
  // No answer from Asterisk is not a no: the phone may be ringing all the same.
  if (result?.code === 'unreachable') await ports.ari.hangup(legChannel(call.id, effect.leg), 26)
  // Nobody to ring there: Q.850 20, subscriber absent.
  ports.deliver(live, { type: 'legEnded', atMs: ports.now(), leg: effect.leg, cause: 20 })
}
