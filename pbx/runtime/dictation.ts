import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriEvent } from '../ari/events.ts'
import type { FindMedia } from './effect-ports.ts'

/** Somebody speaks a prompt into their own telephone. */
export interface Dictation {
  id: string
  userId: string
  /** `kept`: they have heard it and want it. `ended`: they gave it up; `reason` says how. */
  state: 'ringing' | 'speaking' | 'checking' | 'kept' | 'ended'
  reason: 'noAnswer' | 'hungUp' | 'failed' | 'cancelled' | null
  /** Of what was spoken last. */
  seconds: number
}

export interface Dictations {
  /** Rings all of these telephones; who answers first speaks. */
  start(wish: { userId: string; devices: readonly string[]; locale: 'ru' | 'en' }): Dictation
  get(id: string): Dictation | null
  /** The file of one that is kept, absolute; null for any other. */
  fileOf(id: string): string | null
  cancel(id: string): void
  /** Takes what concerns these telephones. @returns whether it did */
  handle(event: AriEvent): boolean
  close(): void
}

interface Live extends Dictation {
  locale: 'ru' | 'en'
  /** Channels that still ring, or the one that speaks. */
  channels: Set<string>
  speaker: string | null
  /** How often it was spoken: names of files and sounds go by it. */
  take: number
  playing: string | null
  timer: NodeJS.Timeout | undefined
}

const prefix = 'dictation-'
const ringSeconds = 30
const longestSeconds = 300
/** Somebody who neither keeps it nor speaks again. */
const decideMs = 60_000
/** How long the browser may ask for one that is over. */
const forgetMs = 30 * 60_000

const words = {
  ru: 'Чтобы сохранить, нажмите один. Чтобы записать заново, нажмите два.',
  en: 'To keep it, press one. To record it again, press two.'
}

/**
 * Prompts spoken by telephone: it rings, says what to do, beeps, records until `#`, lets it be heard, and asks for 1
 * (keep) or 2 (again). These channels are no calls: no journal, no tape, and a restart simply ends them.
 */
export function createDictations(options: {
  ari: Pick<Ari, 'originate' | 'play' | 'stopPlayback' | 'record' | 'hangup'>
  media: FindMedia
  /** Where Asterisk leaves what it records. */
  recordingsDir: string
  log: Logger
}): Dictations {
  const { ari, log } = options
  const all = new Map<string, Live>()

  const nameOf = (one: Live): string => `${prefix}${one.id}-${one.take}`
  const idIn = (text: string): string => text.slice(prefix.length, prefix.length + 36)
  const byChannel = (channelId: string | null): Live | undefined =>
    channelId?.startsWith(prefix) === true ? all.get(idIn(channelId)) : undefined

  /** What a telephone is asked may fail only by the telephone being gone, and that is told by an event. */
  function ask(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      log.warn({ err: error }, 'A telephone that records a prompt does not obey')
    )
  }

  function end(one: Live, state: 'kept' | 'ended', reason: Dictation['reason']): void {
    if (one.state === 'kept' || one.state === 'ended') return
    clearTimeout(one.timer)
    Object.assign(one, { state, reason, playing: null })
    for (const channelId of one.channels) ask(ari.hangup(channelId, 16))
    one.timer = setTimeout(() => all.delete(one.id), forgetMs)
    one.timer.unref()
  }

  async function play(
    one: Live,
    sounds: Parameters<FindMedia>[0][],
    before: readonly string[] = []
  ): Promise<void> {
    const { speaker } = one
    if (speaker === null) return
    one.take += 1
    const playId = `${prefix}${one.id}-play-${one.take}`
    one.playing = playId
    try {
      const media = await Promise.all(sounds.map(async (sound) => options.media(sound, one.locale)))
      const result = await ari.play(speaker, playId, [...before, ...media])
      if (!result.ok) end(one, 'ended', result.code === 'gone' ? 'hungUp' : 'failed')
    } catch (error) {
      log.warn({ err: error }, 'A prompt cannot be recorded by telephone')
      end(one, 'ended', 'failed')
    }
  }

  function speak(one: Live): void {
    clearTimeout(one.timer)
    one.state = 'speaking'
    ask(play(one, [{ sound: 'ringtrace/leave-message' }, { sound: 'beep' }]))
  }

  async function record(one: Live): Promise<void> {
    const { speaker } = one
    if (speaker === null) return
    one.playing = null
    one.take += 1
    const result = await ari.record(speaker, nameOf(one), {
      ...{ maxSeconds: longestSeconds, silenceSeconds: 0, terminateOn: '#' }
    })
    if (!result.ok) end(one, 'ended', result.code === 'gone' ? 'hungUp' : 'failed')
  }

  function check(one: Live, seconds: number): void {
    if (seconds < 1) {
      // `#` at once: they are told again what to do.
      speak(one)
      return
    }
    one.state = 'checking'
    one.seconds = seconds
    one.timer = setTimeout(() => end(one, 'ended', 'hungUp'), decideMs + seconds * 1000)
    const file = path.join(options.recordingsDir, nameOf(one))
    keptTakes.set(one.id, `${file}.wav`)
    ask(play(one, [{ text: words[one.locale] }], [`sound:${file}`]))
  }

  const keptTakes = new Map<string, string>()

  function answered(one: Live, channelId: string): void {
    if (one.speaker !== null || one.state !== 'ringing') {
      ask(ari.hangup(channelId, 26))
      return
    }
    one.speaker = channelId
    for (const other of one.channels) if (other !== channelId) ask(ari.hangup(other, 26))
    speak(one)
  }

  function pressed(one: Live, digit: string): void {
    if (one.state !== 'checking') return
    if (digit === '1') end(one, 'kept', null)
    if (digit !== '2') return
    if (one.playing !== null) ask(ari.stopPlayback(one.playing))
    speak(one)
  }

  return {
    start({ userId, devices, locale }) {
      const one: Live = {
        ...{ id: randomUUID(), userId, locale, state: 'ringing', reason: null, seconds: 0 },
        ...{ channels: new Set(), speaker: null, take: 0, playing: null, timer: undefined }
      }
      all.set(one.id, one)
      for (const [index, device] of devices.entries()) {
        const channelId = `${prefix}${one.id}.${index + 1}`
        one.channels.add(channelId)
        const originate = ari.originate({
          ...{ channelId, endpoint: `PJSIP/${device}`, context: 'operator-leg', extension: 's' },
          callerId: { name: 'Ringtrace', number: null },
          timeoutSeconds: ringSeconds
        })
        ask(
          originate.then((result) => {
            if (result.ok) return
            one.channels.delete(channelId)
            if (one.channels.size === 0) end(one, 'ended', 'failed')
          })
        )
      }
      return one
    },
    get: (id) => all.get(id) ?? null,
    fileOf: (id) => (all.get(id)?.state === 'kept' ? (keptTakes.get(id) ?? null) : null),
    cancel(id) {
      const one = all.get(id)
      if (one) end(one, 'ended', 'cancelled')
    },
    handle(event) {
      const channelId = 'channel' in event ? event.channel.id : 'channelId' in event ? event.channelId : null
      const one = byChannel(channelId)
      if (!one || channelId === null) return channelId?.startsWith(prefix) === true
      switch (event.type) {
        case 'StasisStart':
          answered(one, channelId)
          return true
        case 'PlaybackFinished':
          if (event.playbackId === one.playing && one.state === 'speaking') ask(record(one))
          return true
        case 'RecordingFinished':
          if (event.name === nameOf(one)) check(one, event.seconds)
          return true
        case 'RecordingFailed':
          end(one, 'ended', 'failed')
          return true
        case 'ChannelDtmfReceived':
          pressed(one, event.digit)
          return true
        case 'ChannelDestroyed':
          one.channels.delete(channelId)
          if (one.speaker === channelId) end(one, 'ended', 'hungUp')
          else if (one.speaker === null && one.channels.size === 0) end(one, 'ended', 'noAnswer')
          return true
        default:
          return true
      }
    },
    close() {
      for (const one of all.values()) clearTimeout(one.timer)
      all.clear()
    }
  }
}
