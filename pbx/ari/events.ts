/**
 * What Asterisk tells us, as typed events. The list is an allow list on Asterisk's side too
 * (`PUT /applications/{app}/eventFilter`): an event that nobody names costs nothing there.
 *
 * Left out on purpose: `StasisEnd` and `ChannelHangupRequest` (`ChannelDestroyed` follows within
 * milliseconds), `PlaybackStarted`, `RecordingStarted`, bridge events (we made the bridge), `Dial`
 * (the cause of `ChannelDestroyed` says the same; and three of them would come in every call, only to tell the 180 of a
 * dialled number from its 183: `ChannelTalkingStarted` of a channel that asks for it with TALK_DETECT tells more, namely
 * that there is something to hear), `ChannelVarset`.
 */
export const eventTypes = [
  'StasisStart',
  'ChannelStateChange',
  'ChannelDtmfReceived',
  'ChannelDestroyed',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
  'ChannelTransfer',
  'ChannelHold',
  'ChannelUnhold',
  'ChannelTalkingStarted',
  'ApplicationReplaced'
] as const

/** One party's side, as Asterisk sees it. Names and numbers come from outside: text, nothing more. */
export interface AriChannel {
  id: string
  /** Such as `PJSIP/op-1-00000004`. */
  name: string
  /** `Down`, `Ring`, `Ringing`, `Up`, … */
  state: string
  callerNumber: string
  callerName: string
  connectedNumber: string
  context: string
  extension: string
  /** The dialplan application it is in, such as `Stasis`. */
  application: string
  /** The SIP Call-ID. */
  protocolId: string
  createdMs: number
  /** The variables that ari.conf or the application asked to be shown with every channel. */
  variables: Readonly<Record<string, string>>
}

/** `atMs` is Asterisk's own clock at the moment it happened. */
export type AriEvent = { atMs: number } & (
  | { type: 'StasisStart'; channel: AriChannel; args: readonly string[]; replaces: string | null }
  | { type: 'ChannelStateChange'; channel: AriChannel }
  | { type: 'ChannelDtmfReceived'; channel: AriChannel; digit: string; durationMs: number }
  /** `cause` is Q.850, `sipCode` the SIP answer when there was one. */
  | { type: 'ChannelDestroyed'; channel: AriChannel; cause: number; sipCode: number | null }
  | { type: 'PlaybackFinished'; playbackId: string; channelId: string | null; isFailed: boolean }
  | { type: 'RecordingFinished'; name: string; channelId: string | null; seconds: number }
  | { type: 'RecordingFailed'; name: string; channelId: string | null; reason: string }
  /**
   * A phone sent REFER; `state` null is the request itself, later ones are its progress. Blind: `destination` is what
   * was dialled. Attended: `replaces` is the SIP Call-ID of the other dialog, `replacesChannelId` its channel where it
   * is one of Asterisk's.
   */
  | {
      type: 'ChannelTransfer'
      channelId: string
      destination: string
      replaces: string | null
      replacesChannelId: string | null
      state: string | null
    }
  /** A phone put its side on hold, or took it back. */
  | { type: 'ChannelHold' | 'ChannelUnhold'; channelId: string }
  /** Sound comes from a channel with TALK_DETECT. */
  | { type: 'ChannelTalkingStarted'; channelId: string }
  | { type: 'ApplicationReplaced' }
)

export type Parsed =
  | { kind: 'event'; event: AriEvent }
  /** Well-formed, of a type that we do not name. */
  | { kind: 'unknown'; type: string }
  | { kind: 'malformed' }

type Json = Readonly<Record<string, unknown>>

/**
 * Reads one message of the event socket. Written by hand: a schema library costs several times the JSON itself,
 * and this runs for every key press of every call. Missing texts become '', so that a change in a newer Asterisk
 * does not silence calls; a missing id makes the message malformed.
 */
export function parseEvent(text: string): Parsed {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'malformed' }
    throw error
  }
  if (!isObject(message) || typeof message.type !== 'string') return { kind: 'malformed' }
  // Own names only: a type called `constructor` must not find one.
  const reader = Object.hasOwn(readers, message.type) ? readers[message.type] : undefined
  if (reader === undefined) return { kind: 'unknown', type: message.type }
  const event = reader(message, timeOf(message.timestamp))
  return event === null ? { kind: 'malformed' } : { kind: 'event', event }
}

/** Reads a channel of an event or of `GET /channels`; null when it has no id. */
export function parseChannel(value: unknown): AriChannel | null {
  if (!isObject(value) || typeof value.id !== 'string') return null
  const caller = isObject(value.caller) ? value.caller : {}
  const connected = isObject(value.connected) ? value.connected : {}
  const dialplan = isObject(value.dialplan) ? value.dialplan : {}
  return {
    id: value.id,
    name: textOf(value.name),
    state: textOf(value.state),
    callerNumber: textOf(caller.number),
    callerName: textOf(caller.name),
    connectedNumber: textOf(connected.number),
    context: textOf(dialplan.context),
    extension: textOf(dialplan.exten),
    application: textOf(dialplan.app_name),
    protocolId: textOf(value.protocol_id),
    createdMs: timeOf(value.creationtime),
    variables: isObject(value.channelvars) ? (value.channelvars as Record<string, string>) : noVariables
  }
}

const noVariables = Object.freeze({})

type Reader = (message: Json, atMs: number) => AriEvent | null

const readers: Readonly<Record<string, Reader | undefined>> = {
  StasisStart(m, atMs) {
    const channel = parseChannel(m.channel)
    if (channel === null) return null
    const args = Array.isArray(m.args) ? m.args.map(textOf) : []
    const replaced = isObject(m.replace_channel) ? m.replace_channel.id : null
    return {
      type: 'StasisStart',
      atMs,
      channel,
      args,
      replaces: typeof replaced === 'string' ? replaced : null
    }
  },
  ChannelStateChange(m, atMs) {
    const channel = parseChannel(m.channel)
    return channel && { type: 'ChannelStateChange', atMs, channel }
  },
  ChannelDtmfReceived(m, atMs) {
    const channel = parseChannel(m.channel)
    if (channel === null || typeof m.digit !== 'string') return null
    return {
      type: 'ChannelDtmfReceived',
      atMs,
      channel,
      digit: m.digit,
      durationMs: numberOf(m.duration_ms) ?? 0
    }
  },
  ChannelDestroyed(m, atMs) {
    const channel = parseChannel(m.channel)
    if (channel === null) return null
    // 0 is "not defined": the channel never got far enough to have a cause.
    const sipCode = numberOf(m.tech_cause)
    return {
      type: 'ChannelDestroyed',
      atMs,
      channel,
      cause: numberOf(m.cause) ?? 0,
      sipCode: sipCode === null || sipCode < 100 ? null : sipCode
    }
  },
  PlaybackFinished(m, atMs) {
    const playback = m.playback
    if (!isObject(playback) || typeof playback.id !== 'string') return null
    const channelId = targetOf(playback.target_uri)
    return {
      type: 'PlaybackFinished',
      atMs,
      playbackId: playback.id,
      channelId,
      isFailed: playback.state === 'failed'
    }
  },
  RecordingFinished(m, atMs) {
    const recording = m.recording
    if (!isObject(recording) || typeof recording.name !== 'string') return null
    const channelId = targetOf(recording.target_uri)
    return {
      type: 'RecordingFinished',
      atMs,
      name: recording.name,
      channelId,
      seconds: numberOf(recording.duration) ?? 0
    }
  },
  RecordingFailed(m, atMs) {
    const recording = m.recording
    if (!isObject(recording) || typeof recording.name !== 'string') return null
    const channelId = targetOf(recording.target_uri)
    return { type: 'RecordingFailed', atMs, name: recording.name, channelId, reason: textOf(recording.cause) }
  },
  ChannelTransfer(m, atMs) {
    const refer = isObject(m.refer_to) ? m.refer_to : {}
    const by = isObject(m.referred_by) ? m.referred_by : {}
    const source = isObject(by.source_channel) ? by.source_channel : {}
    const requested = isObject(refer.requested_destination) ? refer.requested_destination : {}
    if (typeof source.id !== 'string') return null
    return {
      type: 'ChannelTransfer',
      atMs,
      channelId: source.id,
      destination: textOf(requested.destination),
      replaces: textOf(requested.protocol_id) || null,
      replacesChannelId: idOf(refer.destination_channel),
      state: typeof m.state === 'string' ? m.state : null
    }
  },
  ChannelHold: (m, atMs) => ofChannel('ChannelHold', m, atMs),
  ChannelUnhold: (m, atMs) => ofChannel('ChannelUnhold', m, atMs),
  ChannelTalkingStarted: (m, atMs) => ofChannel('ChannelTalkingStarted', m, atMs),
  ApplicationReplaced: (_, atMs) => ({ type: 'ApplicationReplaced', atMs })
}

function ofChannel(
  type: 'ChannelHold' | 'ChannelUnhold' | 'ChannelTalkingStarted',
  m: Json,
  atMs: number
): AriEvent | null {
  const channelId = idOf(m.channel)
  return channelId === null ? null : { type, atMs, channelId }
}

function idOf(channel: unknown): string | null {
  return isObject(channel) && typeof channel.id === 'string' ? channel.id : null
}
function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
/** `channel:<id>` to the id; null for a bridge. */
function targetOf(uri: unknown): string | null {
  return typeof uri === 'string' && uri.startsWith('channel:') ? uri.slice('channel:'.length) : null
}
/** Asterisk writes `2026-11-21T22:31:05.123+0000`, which the Date parser takes only with a colon in the zone. */
function timeOf(value: unknown): number {
  if (typeof value !== 'string') return 0
  const at = value.length - 2
  const hasColon = value.charCodeAt(at - 1) === 58
  const atMs = Date.parse(hasColon ? value : `${value.slice(0, at)}:${value.slice(at)}`)
  return Number.isNaN(atMs) ? 0 : atMs
}
