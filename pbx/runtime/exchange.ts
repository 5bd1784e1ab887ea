import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Sound } from '../../ivr/block.ts'
import type { Ari } from '../ari/client.ts'
import type { AriChannel, AriEvent } from '../ari/events.ts'
import { callIdOf } from '../call/call-id.ts'
import type { MomentType } from '../call/moments.ts'
import { newCall } from '../call/step.ts'
import type { Caller, CallEvent, TapeRow } from '../call/types.ts'
import { findRoute, type Directory } from '../routing/directory.ts'
import { runEffect, startTimer, type EffectPorts } from './effects.ts'
import { append, deliver, openLiveCall, type LiveCall, type MailboxPorts } from './mailbox.ts'
import type { Metrics } from './metrics.ts'
import type { Operators } from './operators.ts'

export interface ExchangeOptions {
  ari: Ari
  operators: Operators
  node: string
  directory(): Directory
  /** Reads a telephone number as people and carriers write it; null when it is none. */
  normalise: (
    raw: string,
    country: string
  ) => { e164: string; country: string | null; region: string | null } | null
  media: (sound: Sound, locale: 'ru' | 'en') => string
  /** Whether the disk has room for another recording. */
  hasRoom: () => boolean
  record(live: LiveCall, rows: readonly TapeRow[]): void
  metrics: Metrics
  log: Logger
}

/** All calls in progress on this node, and the events of Asterisk sorted to them. */
export interface Exchange {
  readonly calls: ReadonlyMap<string, LiveCall>
  handle(event: AriEvent): void
  deliver(live: LiveCall, event: CallEvent): void
  /** Puts a moment that no event of Asterisk's brought onto the tape of a call in progress. */
  append(live: LiveCall, type: MomentType, data: Record<string, unknown>): void
  /** Takes a call over from a snapshot: it stands here as it stood there, and its timer runs. */
  adopt(live: LiveCall): void
  /** A caller's channel that waits in Stasis and belongs to no call yet. */
  arrive(channel: AriChannel, dialed: string, isSpeakable: boolean, atMs: number): void
  callIdOf(uniqueId: string): string
  close(): void
}

/** Asterisk tells of a hang-up this long after the end of the sound or recording that it cut off, at most. */
const hangupFollowsMs = 200

const legPattern = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.(op\d+)$/

/** Splits the channel id of an operator's leg; null for any other channel. */
export function parseLegChannel(channelId: string): { callId: string; leg: string } | null {
  const [, callId, leg] = legPattern.exec(channelId) ?? []
  return callId && leg ? { callId, leg } : null
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { ari, operators, metrics, log } = options
  const calls = new Map<string, LiveCall>()
  const byCaller = new Map<string, LiveCall>()
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
  const idOf = (uniqueId: string): string => callIdOf(uniqueId, options.node, sha)

  const mailbox: MailboxPorts = {
    record: (live, rows) => {
      options.record(live, rows)
      for (const row of rows) {
        if (row.type === 'call.ended') metrics.ended(String(row.data['outcome']))
      }
    },
    run: (live, effect, atMs) => runEffect(live, effect, atMs, effects),
    onIgnored: (phase, event) => metrics.ignored(phase, event),
    onStep: (seconds) => metrics.step(seconds),
    log
  }
  const effects: EffectPorts = {
    ari,
    operators,
    findRoute: ({ call }) => {
      const route = findRoute(options.directory(), call.dialed, call.caller)
      return route ? { route } : { route, reason: 'no_route' as const }
    },
    media: options.media,
    hasRoom: options.hasRoom,
    deliver: (live, event) => deliver(live, event, mailbox),
    forget: (live) => {
      live.isForgotten = true
      calls.delete(live.call.id)
      byCaller.delete(live.call.pbxUniqueId)
    },
    now: () => Date.now(),
    log
  }

  function open(live: LiveCall): void {
    calls.set(live.call.id, live)
    byCaller.set(live.call.pbxUniqueId, live)
  }

  function arrive(channel: AriChannel, dialed: string, isSpeakable: boolean, atMs: number): void {
    const id = idOf(channel.id)
    if (calls.has(id)) return
    const directory = options.directory()
    const endpoint = endpointOf(channel.name)
    const trunk = directory.trunks.get(endpoint)
    const country = trunk?.country ?? 'RU'
    const live = openLiveCall(
      newCall({
        id,
        pbxUniqueId: channel.id,
        startedMs: Math.min(channel.createdMs || atMs, atMs),
        caller: callerOf(channel, country, options.normalise),
        dialed: dialedNumber(dialed, country),
        trunkId: trunk?.id ?? null
      })
    )
    open(live)
    deliver(live, { type: 'arrived', atMs, isSpeakable }, mailbox)
  }

  /** Our own numbers are dialled again and again; reading one takes longer than the rest of an arrival. */
  const knownNumbers = new Map<string, string>()
  function dialedNumber(raw: string, country: string): string {
    const key = `${country} ${raw}`
    let number = knownNumbers.get(key)
    if (number === undefined) {
      number = options.normalise(raw, country)?.e164 ?? raw
      // Strangers may dial anything: what is kept has an end.
      if (knownNumbers.size >= 1000) knownNumbers.clear()
      knownNumbers.set(key, number)
    }
    return number
  }

  function tellLeg(channelId: string, make: (leg: string) => CallEvent): boolean {
    const parsed = parseLegChannel(channelId)
    const live = parsed && calls.get(parsed.callId)
    if (!parsed || !live) return false
    deliver(live, make(parsed.leg), mailbox)
    return true
  }

  function entered(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args, atMs } = event
    if (args[0] === 'inbound') {
      arrive(channel, args[1] ?? channel.extension, args[2] !== 'nocodec', atMs)
      return
    }
    if (args[0] === 'leg' && tellLeg(channel.id, (leg) => ({ type: 'legAnswered', atMs, leg }))) return
    log.info({ channelId: channel.id, args }, 'A channel that belongs to no call is hung up')
    void ari
      .hangup(channel.id, args[0] === 'leg' ? 26 : 38)
      .catch((error: unknown) => log.warn({ err: error }, 'Hang-up failed'))
  }

  return {
    calls,
    callIdOf: idOf,
    arrive,
    deliver: (live, event) => deliver(live, event, mailbox),
    append: (live, type, data) => append(live, { type, data, atMs: Date.now() }, mailbox),
    adopt(live) {
      open(live)
      for (const leg of live.call.legs) {
        if (leg.state !== 'ended') operators.hold(live.call.id, leg.userId)
      }
      if (live.call.deadlineMs !== null) startTimer(live, live.call.deadlineMs, effects)
    },
    handle(event) {
      const { atMs } = event
      switch (event.type) {
        case 'StasisStart':
          entered(event)
          return
        case 'ChannelStateChange':
          if (event.channel.state === 'Ringing')
            tellLeg(event.channel.id, (leg) => ({ type: 'legRinging', atMs, leg }))
          return
        case 'ChannelDtmfReceived': {
          const live = byCaller.get(event.channel.id)
          if (live) deliver(live, { type: 'digit', atMs, digit: event.digit }, mailbox)
          return
        }
        case 'ChannelDestroyed': {
          const live = byCaller.get(event.channel.id)
          if (live) deliver(live, { type: 'callerLeft', atMs, cause: event.cause || null }, mailbox)
          else
            tellLeg(event.channel.id, (leg) => ({ type: 'legEnded', atMs, leg, cause: event.cause || null }))
          return
        }
        case 'PlaybackFinished': {
          const live = event.channelId === null ? undefined : byCaller.get(event.channelId)
          if (!live) return
          const played: CallEvent = { type: 'played', atMs, playId: event.playbackId }
          // A caller who hangs up breaks the sound off a moment before the channel ends: not the same as hearing it out.
          if (event.isFailed) setTimeout(() => deliver(live, played, mailbox), hangupFollowsMs)
          else deliver(live, played, mailbox)
          return
        }
        case 'RecordingFinished':
        case 'RecordingFailed': {
          const live = event.channelId === null ? undefined : byCaller.get(event.channelId)
          const seconds = event.type === 'RecordingFinished' ? event.seconds : 0
          // A caller who hangs up ends the recording a moment before the channel: then it was the caller who ended it.
          if (live)
            setTimeout(() => deliver(live, { type: 'recorded', atMs, seconds }, mailbox), hangupFollowsMs)
          return
        }
        case 'ChannelTransfer':
        case 'ApplicationReplaced':
          return
      }
    },
    close() {
      for (const live of calls.values()) clearTimeout(live.timer)
      calls.clear()
      byCaller.clear()
    }
  }
}

/** `PJSIP/trunk-…-0000001a` → `trunk-…`. */
function endpointOf(channelName: string): string {
  return channelName.replace(/^PJSIP\//, '').replace(/-[0-9a-f]{8}$/, '')
}

function callerOf(channel: AriChannel, country: string, normalise: ExchangeOptions['normalise']): Caller {
  const phone = normalise(channel.callerNumber, country)
  const isHidden = /^(anonymous|unknown|restricted|unavailable|private)?$/i.test(channel.callerNumber)
  // An alphanumeric sender is no number, but people must see what it was.
  const name = channel.callerName || (phone || isHidden ? '' : channel.callerNumber)
  return {
    number: phone?.e164 ?? null,
    name: cleanText(name),
    country: phone?.country ?? null,
    region: phone?.region ?? null
  }
}

/** Text from a stranger: control characters out (PostgreSQL's jsonb refuses NUL), 128 characters at most. */
function cleanText(text: string): string | null {
  const clean = text
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim()
    .slice(0, 128)
  return clean === '' ? null : clean
}
