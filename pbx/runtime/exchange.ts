import { createHash } from 'node:crypto'
import type { AriChannel, AriEvent } from '../ari/events.ts'
import { callIdOf } from '../call/call-id.ts'
import type { MomentType } from '../call/moments.ts'
import { newCall } from '../call/step.ts'
import { isLetInLate } from '../call/talk.ts'
import type { TapeRow } from '../call/effects.ts'
import type { CallEvent, Person, Refusal, Wish } from '../call/events.ts'
import type { Call, Leg, Order } from '../call/types.ts'
import { findRoute, findScheme, type Directory } from '../routing/directory.ts'
import { withStanding } from '../routing/caller-lists.ts'
import { withVisit, type SourceOf } from '../routing/visit.ts'
import { heardHeaders, numberCalled, usualReading } from '../routing/number-called.ts'
import { callerOf, dialedNumbers, endpointOf, type Normalise } from './arrivals.ts'
import { parseSnoop, snoopEntered } from './effect-bridges.ts'
import { dialledWord, dialMade, stopListening } from './effect-legs.ts'
import { inLanes, type EffectPorts } from './effect-ports.ts'
import { runEffect, startTimer } from './effects.ts'
import type { Clock } from '../../host/clock.ts'
import { parseLegChannel } from './leg-channel.ts'
import { append, deliver, openLiveCall, type LiveCall, type MailboxPorts } from './mailbox.ts'
import type { Metrics } from './metrics.ts'
import type { OverloadKeeper } from './overload.ts'
import { callOf } from './placing.ts'
import { createTelephones } from './telephones.ts'
import { isOverLimit, isTrunkRefusal, trunkLoad } from './trunk-load.ts'

export interface ExchangeOptions extends Pick<
  EffectPorts,
  | 'ari'
  | 'ami'
  | 'operators'
  | 'queues'
  | 'dialPolicy'
  | 'lookup'
  | 'media'
  | 'recordingsDir'
  | 'hasRoom'
  | 'log'
> {
  node: string
  clock: Clock
  directory(): Directory
  /** Asks tracking for the visit behind a call; absent where nothing is tracked. */
  sourceOf?: SourceOf
  normalise: Normalise
  /** Told of calls as they come and go; where there are several nodes, it keeps on which one each lives. */
  homes?: { opened(call: Call): void; end(callId: string): void }
  /** A carrier has refused a call of ours, or a trunk's limit one of the carrier's. */
  onTrunkRefusal?(trunkId: string, about: 'call' | 'limit', sipCode: number | null): void
  /** Whether one more call can be carried. */
  overload?: Pick<OverloadKeeper, 'meet'>
  record(live: LiveCall, rows: readonly TapeRow[]): void
  metrics: Metrics
}

/** All calls in progress on this node, and the events of Asterisk sorted to them. */
export interface Exchange {
  readonly calls: ReadonlyMap<string, LiveCall>
  /** What effects are done with; recovery repairs with the same. */
  readonly effects: EffectPorts
  handle(event: AriEvent): void
  deliver(live: LiveCall, event: CallEvent): Refusal | null
  /** Puts a moment that no event of Asterisk's brought onto the tape of a call in progress. */
  append(live: LiveCall, type: MomentType, data: Record<string, unknown>): void
  /** Takes a call over from a snapshot: it stands here as it stood there, and its timer runs. */
  adopt(live: LiveCall): void
  /**
   * A caller's channel that waits in Stasis and belongs to no call yet.
   * @param heard headers in which the number called may stand, as the dialplan wrote them
   */
  arrive(channel: AriChannel, dialed: string, isSpeakable: boolean, atMs: number, heard?: string): void
  /** Calls in progress by trunk. */
  trunkLoad(): Map<string, { in: number; out: number }>
  /** A telephone of ours that has dialled and waits in Stasis. */
  dialled(channel: AriChannel, number: string, atMs: number): void
  /** Begins a call of ours. @returns its id */
  place(order: Order): string
  wish(callId: string, by: Person, wish: Wish): 'done' | Refusal | 'notFound'
  /** Whose channel it is, if it is a leg's of a call in progress. */
  legOf(channelId: string): { live: LiveCall; leg: Leg } | null
  callIdOf(uniqueId: string): string
  close(): void
}

export { parseLegChannel }

/** Asterisk tells of a hang-up this long after the end of the sound or recording that it cut off, at most. */
const hangupFollowsMs = 200

/** Dialled by us: the application has it from the start, so entering it is no answer. */
const isDialled = (leg: Leg): boolean => leg.kind === 'external' || leg.kind === 'client'

export function createExchange(options: ExchangeOptions): Exchange {
  const { ari, operators, metrics, log, normalise, clock } = options
  const calls = new Map<string, LiveCall>()
  const byCaller = new Map<string, LiveCall>()
  /** Calls by channels of legs that are not named after them: telephones that dialled, parties of other calls. */
  const byForeign = new Map<string, LiveCall>()
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
  const idOf = (uniqueId: string): string => callIdOf(uniqueId, options.node, sha)
  const dialedNumber = dialedNumbers(normalise)

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
  const nowOf = (live: LiveCall): number => clock.steadyMs() + live.aheadMs
  const wallOf = (live: LiveCall, atMs: number): number => atMs - live.aheadMs + clock.aheadMs()
  /** An event that a wall clock has stamped, ours or Asterisk's. */
  const tell = (live: LiveCall, event: CallEvent): Refusal | null =>
    deliver(live, { ...event, atMs: clock.steadyOf(event.atMs) + live.aheadMs }, mailbox)
  const effects: EffectPorts = {
    ...options,
    queues: {
      ...options.queues,
      join(callId, request) {
        const live = calls.get(callId)
        const sinceMs = live ? wallOf(live, request.sinceMs) : request.sinceMs
        options.queues.join(callId, { ...request, sinceMs })
      }
    },
    findRoute: ({ call }) => {
      const directory = options.directory()
      const route = findRoute(directory, call.dialed, call.caller)
      if (isTrunkFull(directory, call)) return { route, reason: 'trunk_full' as const }
      if (!route) return { route, reason: 'no_route' as const }
      const visited = withVisit(route, call, options.sourceOf)
      const found = withStanding(visited, directory.callers, call.caller.number, call.startedMs)
      const overload = found.reason ? null : options.overload?.meet(call, route, calls.size)
      return overload ? { ...found, overload } : found
    },
    findScheme: (schemeId) => findScheme(options.directory(), schemeId),
    deliver: (live, event) => void deliver(live, event, mailbox),
    forget: (live) => {
      live.isForgotten = true
      calls.delete(live.call.id)
      options.homes?.end(live.call.id)
      if (byCaller.get(live.call.pbxUniqueId) === live) byCaller.delete(live.call.pbxUniqueId)
      for (const [channelId, owner] of byForeign) if (owner === live) byForeign.delete(channelId)
    },
    now: nowOf,
    wallOf
  }

  function open(live: LiveCall): void {
    // What is on its tape already was not later than now, whatever was done to the clock while nobody was here.
    live.aheadMs = Math.max(clock.aheadMs(), (live.rows.at(-1)?.atMs ?? 0) - clock.steadyMs())
    calls.set(live.call.id, live)
    options.homes?.opened(live.call)
    if (live.call.direction === 'in') byCaller.set(live.call.pbxUniqueId, live)
    for (const { channelId } of live.call.legs) if (channelId !== null) byForeign.set(channelId, live)
  }

  const currentLoad = () => trunkLoad([...calls.values()].map(({ call }) => call))

  /** Only trunks with a limit are counted: the rest of the arrivals need not wait for it. */
  function isTrunkFull(directory: Directory, { trunkId }: Call): boolean {
    const trunk = [...directory.trunks.values()].find(({ id }) => id === trunkId)
    const { maxIn = null, maxCalls = null } = trunk ?? {}
    if (!trunk || (maxIn === null && maxCalls === null)) return false
    const isFull = isOverLimit(trunk, currentLoad().get(trunk.id) ?? { in: 0, out: 0 })
    if (isFull) options.onTrunkRefusal?.(trunk.id, 'limit', 486)
    return isFull
  }

  function arrive(channel: AriChannel, dialed: string, isSpeakable: boolean, atMs: number, heard = ''): void {
    const id = idOf(channel.id)
    if (calls.has(id)) return
    const directory = options.directory()
    const trunk = directory.trunks.get(endpointOf(channel.name))
    const country = trunk?.country ?? 'RU'
    const live = openLiveCall(
      newCall({
        id,
        pbxUniqueId: channel.id,
        startedMs:
          Math.min(...[channel.createdMs || atMs, atMs].map((ms) => clock.steadyOf(ms))) + clock.aheadMs(),
        caller: callerOf(channel, country, normalise),
        dialed: numberCalled(
          heardHeaders(dialed, heard),
          trunk?.reading ?? usualReading,
          (raw) => dialedNumber(raw, country),
          (e164) => directory.numbers.has(e164)
        ),
        trunkId: trunk?.id ?? null
      })
    )
    open(live)
    tell(live, { type: 'arrived', atMs, isSpeakable })
  }

  function place(order: Order): LiveCall {
    const atMs = Date.now()
    const live = openLiveCall(callOf(order, options.directory(), normalise, atMs))
    open(live)
    if (order.phone) takeIn(live, order.phone.channelId, order.phone.userId)
    tell(live, { type: 'placed', atMs })
    return live
  }

  /** The next leg of the call is this telephone, which has dialled: it hears us before the other side answers. */
  function takeIn(live: LiveCall, channelId: string, userId: string): void {
    byForeign.set(channelId, live)
    operators.hold(live.call.id, userId)
    inLanes(live, [`op${live.call.nextLeg}`], 'answer', () => ari.answer(channelId), log)
  }

  function drop(channelId: string, cause: number, why: string): void {
    log.info({ channelId, why }, 'A channel that belongs to no call is hung up')
    void ari.hangup(channelId, cause).catch((error: unknown) => log.warn({ err: error }, 'Hang-up failed'))
  }

  function legOf(channelId: string): { live: LiveCall; leg: Leg } | null {
    const foreign = byForeign.get(channelId)
    const parsed = parseLegChannel(channelId)
    const live = foreign ?? (parsed ? calls.get(parsed.callId) : undefined)
    const leg = live?.call.legs.find((one) =>
      foreign ? one.channelId === channelId : one.id === parsed?.leg
    )
    return live && leg ? { live, leg } : null
  }

  function tellLeg(channelId: string, make: (leg: string) => CallEvent): boolean {
    const found = legOf(channelId)
    if (found) tell(found.live, make(found.leg.id))
    return found !== null
  }

  /** The call whose client's channel it is, however the client came into it. */
  function callOfClient(channelId: string | null): LiveCall | undefined {
    if (channelId === null) return undefined
    const caller = byCaller.get(channelId)
    if (caller) return caller
    const found = legOf(channelId)
    return found?.live.call.clientLeg === found?.leg.id ? found?.live : undefined
  }

  function entered({ channel, args, atMs }: Extract<AriEvent, { type: 'StasisStart' }>): void {
    switch (args[0]) {
      case 'inbound':
        arrive(channel, args[1] ?? channel.extension, args[2] !== 'nocodec', atMs, args[3])
        return
      case 'outbound':
        telephones.dialled(channel, args[1] ?? channel.extension, atMs)
        return
      case 'leg':
        if (tellLeg(channel.id, (leg) => ({ type: 'legAnswered', atMs, leg }))) return
        drop(channel.id, 26, 'An answer without a call')
        return
      case dialledWord: {
        const found = legOf(channel.id)
        if (found) dialMade(found.live, found.leg.id, args, effects)
        else drop(channel.id, 26, 'A dial without a call')
        return
      }
      case 'snoop': {
        const snoop = parseSnoop(channel.id)
        const live = snoop ? calls.get(snoop.callId) : undefined
        if (snoop && live) snoopEntered(live, snoop.watcher, channel.id, effects)
        else drop(channel.id, 16, 'Nobody listens')
        return
      }
      default:
        drop(channel.id, 38, 'Unknown arguments')
    }
  }

  function stateChanged({ channel, atMs }: Extract<AriEvent, { type: 'ChannelStateChange' }>): void {
    if (channel.state === 'Ringing') tellLeg(channel.id, (leg) => ({ type: 'legRinging', atMs, leg }))
    if (channel.state !== 'Up') return
    const arrived = byCaller.get(channel.id)
    if (arrived && isLetInLate(arrived.call, atMs)) tell(arrived, { type: 'callerAnswered', atMs })
    const found = legOf(channel.id)
    if (!found || !isDialled(found.leg) || found.leg.state !== 'ringing') return
    stopListening(found.live, found.leg.id, effects)
    tell(found.live, { type: 'legAnswered', atMs, leg: found.leg.id })
  }

  function destroyed({
    channel,
    cause,
    sipCode,
    atMs
  }: Extract<AriEvent, { type: 'ChannelDestroyed' }>): void {
    noteRefusal(channel.id, sipCode, cause)
    const live = byCaller.get(channel.id)
    if (live) tell(live, { type: 'callerLeft', atMs, cause: cause || null })
    else tellLeg(channel.id, (leg) => ({ type: 'legEnded', atMs, leg, cause: cause || null }))
    byForeign.delete(channel.id)
  }

  function noteRefusal(channelId: string, sipCode: number | null, cause: number): void {
    const leg = isTrunkRefusal(sipCode, cause) ? legOf(channelId)?.leg : undefined
    if (leg?.state === 'ringing' && leg.trunkId !== null)
      options.onTrunkRefusal?.(leg.trunkId, 'call', sipCode)
  }

  const telephones = createTelephones({
    ...{ ari, operators, normalise, legOf, takeIn, drop, log },
    directory: () => options.directory(),
    calls: () => calls.values(),
    place: (order) => void place(order),
    tell,
    adoptLeg: (live, channelId) => byForeign.set(channelId, live),
    forgetLeg: (channelId) => byForeign.delete(channelId)
  })

  return {
    calls,
    effects,
    callIdOf: idOf,
    arrive,
    trunkLoad: currentLoad,
    dialled: (channel, number, atMs) => telephones.dialled(channel, number, atMs),
    legOf,
    place: (order) => place(order).call.id,
    deliver: tell,
    append: (live, type, data) => append(live, { type, data, atMs: nowOf(live) }, mailbox),
    wish(callId, by, wish) {
      const live = calls.get(callId)
      return live ? (tell(live, { type: 'wished', atMs: Date.now(), by, wish }) ?? 'done') : 'notFound'
    },
    adopt(live) {
      open(live)
      for (const leg of live.call.legs) {
        if (leg.state !== 'ended' && leg.userId !== null)
          operators.hold(live.call.id, leg.userId, leg.kind === 'supervisor')
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
          stateChanged(event)
          return
        case 'ChannelDtmfReceived': {
          const live = callOfClient(event.channel.id)
          if (live) tell(live, { type: 'digit', atMs, digit: event.digit })
          return
        }
        case 'ChannelDestroyed':
          destroyed(event)
          return
        case 'PlaybackFinished': {
          const live = callOfClient(event.channelId)
          if (!live) return
          const played: CallEvent = { type: 'played', atMs, playId: event.playbackId }
          // A caller who hangs up breaks the sound off a moment before the channel ends: not the same as hearing it out.
          if (event.isFailed) setTimeout(() => tell(live, played), hangupFollowsMs)
          else tell(live, played)
          return
        }
        case 'RecordingFinished':
        case 'RecordingFailed': {
          const live = callOfClient(event.channelId)
          const seconds = event.type === 'RecordingFinished' ? event.seconds : 0
          // A caller who hangs up ends the recording a moment before the channel: then it was the caller who ended it.
          if (live) setTimeout(() => tell(live, { type: 'recorded', atMs, seconds }), hangupFollowsMs)
          return
        }
        case 'ChannelHold':
        case 'ChannelUnhold':
          tellLeg(event.channelId, (leg) => ({
            type: 'legHeld',
            atMs,
            leg,
            on: event.type === 'ChannelHold'
          }))
          return
        case 'ChannelTalkingStarted':
          tellLeg(event.channelId, (leg) => ({ type: 'legProgress', atMs, leg }))
          return
        case 'ChannelTransfer':
          telephones.referred(event)
          return
        case 'ApplicationReplaced':
          return
      }
    },
    close() {
      for (const live of calls.values()) clearTimeout(live.timer)
      calls.clear()
      byCaller.clear()
      byForeign.clear()
    }
  }
}
