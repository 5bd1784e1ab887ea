import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriBridge } from '../ari/requests.ts'
import type { AriChannel } from '../ari/events.ts'
import type { Call } from '../call/types.ts'
import { endOf, type CelEvent } from './cel.ts'
import { legChannel } from './effects.ts'
import { parseLegChannel, type Exchange } from './exchange.ts'
import type { LiveCall } from './mailbox.ts'

export interface RecoveryPorts {
  ari: Ari
  exchange: Exchange
  readCel(): Promise<CelEvent[]>
  /** When Asterisk was last heard of before this connect; null after a start of our own. */
  lostAtMs: number | null
  /** Which of these calls the journal has as ended; none when it cannot be asked. */
  findEnded(callIds: readonly string[]): Promise<ReadonlySet<string>>
  now(): number
  log: Logger
}

/** Set in Asterisk when we first meet it; gone when Asterisk was started anew. */
const bootVariable = 'RT_BOOT'

/** A caller whom the dialplan keeps, because it could not reach us: Asterisk's log will tell of the call when it is over. */
export type Outsiders = ReadonlySet<string>

/**
 * After every (re)connect: compares the calls we know with what Asterisk has, and gives each call the events it
 * missed. Channels that no call owns are taken in as new callers, or hung up. Talks go on untouched.
 * @returns the callers who are out of our hands, or null when Asterisk could not be asked
 */
export async function recover(ports: RecoveryPorts): Promise<Outsiders | null> {
  const { ari, exchange, log } = ports
  // Events flow already: only what stood before Asterisk is asked can be missing from its answer.
  const known = [...exchange.calls.values()]
  const stood = new Map(known.map((live) => [live, live.call]))
  await Promise.all(known.flatMap((live) => [...live.lanes.values()]))
  const boot = await ari.getGlobalVariable(bootVariable)
  const [channels, bridges] = [await ari.listChannels(), await ari.listBridges()]
  if ((!boot.ok && boot.code === 'unreachable') || !channels.ok || !bridges.ok) return null
  const isRestarted = !boot.ok || boot.value === ''
  if (isRestarted) await ari.setGlobalVariable(bootVariable, randomUUID())

  const byId = new Map(channels.value.map((channel) => [channel.id, channel]))
  const cel = known.length > 0 ? await ports.readCel() : []
  for (const [live, call] of stood) {
    if (isRestarted && !byId.has(call.pbxUniqueId)) {
      const atMs = ports.lostAtMs ?? lastSign(cel, call) ?? ports.now()
      exchange.deliver(live, { type: 'broken', atMs, reason: 'asterisk_lost' })
    } else {
      await repair(live, call, byId, bridges.value, cel, ports)
    }
  }
  const outsiders = await adoptOrDrop(channels.value, ports)
  for (const bridge of bridges.value) {
    if (/^[0-9a-f-]{36}$/.test(bridge.id) && !exchange.calls.has(bridge.id))
      await ari.destroyBridge(bridge.id)
  }
  log.info(
    { calls: exchange.calls.size, channels: channels.value.length, isRestarted },
    'Calls and channels compared'
  )
  return outsiders
}

/** The last that Asterisk wrote down of a call before it died. */
function lastSign(cel: readonly CelEvent[], call: Call): number | null {
  const times = cel.filter((event) => event.linkedId === call.pbxUniqueId).map((event) => event.atMs)
  return times.length > 0 ? Math.max(...times) : null
}

/** Tells one call what happened while nobody listened, in the order in which it happened. */
async function repair(
  live: LiveCall,
  call: Call,
  channels: ReadonlyMap<string, AriChannel>,
  bridges: readonly AriBridge[],
  cel: readonly CelEvent[],
  ports: RecoveryPorts
): Promise<void> {
  const { exchange, ari } = ports
  const missed: { atMs: number; tell: () => void }[] = []
  const atOf = (uniqueId: string) => endOf(cel, uniqueId) ?? { atMs: ports.now(), cause: null }

  for (const leg of call.legs) {
    if (leg.state === 'ended') continue
    const id = legChannel(call.id, leg.id)
    const channel = channels.get(id)
    if (!channel) {
      const { atMs, cause } = atOf(id)
      missed.push({
        atMs,
        tell: () => exchange.deliver(live, { type: 'legEnded', atMs, leg: leg.id, cause })
      })
    } else if (leg.state === 'ringing' && channel.state === 'Up' && channel.application === 'Stasis') {
      // One that the dialplan still holds for us comes by itself.
      const atMs = ports.now()
      missed.push({ atMs, tell: () => exchange.deliver(live, { type: 'legAnswered', atMs, leg: leg.id }) })
    }
  }
  if (!channels.has(call.pbxUniqueId)) {
    const { atMs, cause } = atOf(call.pbxUniqueId)
    missed.push({ atMs, tell: () => exchange.deliver(live, { type: 'callerLeft', atMs, cause }) })
  }
  missed.sort((a, b) => a.atMs - b.atMs)
  for (const { tell } of missed) tell()

  live.isBridgeOpen ||= bridges.some((bridge) => bridge.id === call.id)
  if (live.call.phase === 'talking' && live.call.talkingLeg)
    await rejoin(live, live.call.talkingLeg, bridges, ports)
  const { playing } = call
  if (playing !== null && playing === live.call.playing) {
    const playback = await ari.findPlayback(playing)
    if (!playback.ok) exchange.deliver(live, { type: 'played', atMs: ports.now(), playId: playing })
  }
}

/** A talk whose two parties are not in one bridge yet (we died between the answer and the bridge) is joined now. */
async function rejoin(
  live: LiveCall,
  leg: string,
  bridges: readonly AriBridge[],
  { ari }: RecoveryPorts
): Promise<void> {
  const { call } = live
  const parties = [call.pbxUniqueId, legChannel(call.id, leg)]
  const present = bridges.find((bridge) => bridge.id === call.id)?.channelIds ?? []
  if (parties.every((party) => present.includes(party))) return
  live.isBridgeOpen = true
  await ari.createBridge(call.id)
  await ari.answer(call.pbxUniqueId)
  await ari.addToBridge(call.id, parties)
}

/**
 * Channels that belong to no call we know: legs without a call are hung up, callers who wait in Stasis are new calls.
 * @returns callers who are still in the dialplan's hands
 */
async function adoptOrDrop(channels: readonly AriChannel[], ports: RecoveryPorts): Promise<Outsiders> {
  const { ari, exchange, now } = ports
  // Legs first: a caller taken in anew calls legs of the same names.
  for (const channel of channels) {
    const leg = parseLegChannel(channel.id)
    if (!leg) continue
    const ours = exchange.calls.get(leg.callId)?.call.legs.find((candidate) => candidate.id === leg.leg)
    if (!ours || ours.state === 'ended') await ari.hangup(channel.id, 16)
  }
  const outsiders = new Set<string>()
  const strangers = channels.filter(
    ({ context, id }) => trunkContexts.has(context) && !exchange.calls.has(exchange.callIdOf(id))
  )
  const ended = await ports.findEnded(strangers.map(({ id }) => exchange.callIdOf(id)))
  for (const channel of strangers) {
    if (channel.application !== 'Stasis') {
      outsiders.add(channel.id)
      continue
    }
    if (ended.has(exchange.callIdOf(channel.id))) {
      // The last controller died between writing the end down and hanging up.
      await ari.hangup(channel.id, 16)
      continue
    }
    const dialed = await ari.getVariable(channel.id, 'RT_NUMBER')
    if (dialed.ok) exchange.arrive(channel, dialed.value, true, now())
  }
  return outsiders
}

/** Where a carrier's call stands in `dialplan/extensions.conf`. */
const trunkContexts: ReadonlySet<string> = new Set(['from-trunk', 'trunk-call', 'fallback'])
