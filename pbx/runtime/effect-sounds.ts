import { setTimeout as delay } from 'node:timers/promises'
import type { Sound } from '../../ivr/block.ts'
import { schemeOf } from '../call/turn.ts'
import type { Effect } from '../call/effects.ts'
import { clientChannel, clientLane, inLanes, type EffectPorts } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'

type EffectOf<K extends Effect['do']> = Extract<Effect, { do: K }>

/** Plays sounds to the client, one after the other. */
export function play(live: LiveCall, effect: EffectOf<'play'>, ports: EffectPorts): void {
  const { ari, log } = ports
  const { call } = live
  const client = clientChannel(call)
  if (client === null) return
  const { locale } = schemeOf(call)
  inLanes(
    live,
    [clientLane(call)],
    'play',
    async () => {
      const media = await Promise.all(effect.sounds.map((sound) => nameOf(sound, locale, ports)))
      const found = media.flatMap((name) => name ?? [])
      const result = found.length > 0 ? await ari.play(client, effect.playId, found) : null
      // No sound, no `PlaybackFinished`: the caller must not wait for ever for a file that is not there.
      if (result === null || (!result.ok && result.code !== 'gone')) {
        ports.deliver(live, { type: 'played', atMs: ports.now(live), playId: effect.playId })
      }
    },
    log
  )
}

/** Asterisk's name of a sound; null when a text cannot be spoken: the rest is played all the same. */
async function nameOf(sound: Sound, locale: 'ru' | 'en', ports: EffectPorts): Promise<string | null> {
  try {
    return await ports.media(sound, locale)
  } catch (error) {
    ports.log.warn({ err: error, sound }, 'A sound cannot be played')
    return null
  }
}

export function ringback(live: LiveCall, effect: EffectOf<'ringback'>, ports: EffectPorts): void {
  const { ari, log } = ports
  const { call } = live
  const client = clientChannel(call)
  if (client === null) return
  const lane = [clientLane(call)]
  if (!effect.isAnswered) {
    // Answered in the same step: answering ends the ringing, and saves a request in every call.
    if (!effect.on && call.isAnswered) return
    inLanes(live, lane, 'ringback', () => (effect.on ? ari.ring(client) : ari.ringStop(client)), log)
    return
  }
  const playbackId = `${call.id}.ringback`
  inLanes(
    live,
    lane,
    'ringback',
    async () =>
      effect.on
        ? ari.play(client, playbackId, [await ports.media({ tone: 'ring' }, schemeOf(call).locale)])
        : stopTone(playbackId, ports),
    log
  )
}

/** How often, and how long apart, a tone that does not end is told to. */
const stops = { times: 25, everyMs: 20 }

/**
 * Ends a tone and makes sure of it. Told to stop in the moment in which it begins, Asterisk may begin it all the same;
 * a tone has no end, and the client would hear it instead of the talk.
 */
async function stopTone(playbackId: string, { ari, log }: EffectPorts): Promise<void> {
  for (let time = 0; time < stops.times; time += 1) {
    await ari.stopPlayback(playbackId)
    if (!(await ari.findPlayback(playbackId)).ok) return
    await delay(stops.everyMs)
  }
  log.warn({ playbackId }, 'A tone does not stop')
}
