import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriBridge } from '../ari/requests.ts'
import type { AriChannel } from '../ari/events.ts'
import { endOf, type CelEvent } from './cel.ts'
import { legChannel } from './effects.ts'
import { parseLegChannel, type Exchange } from './exchange.ts'
import type { LiveCall } from './mailbox.ts'

export interface RecoveryPorts {
  ari: Ari
  exchange: Exchange
  readCel(): Promise<CelEvent[]>
  now(): number
  log: Logger
}

/** Set in Asterisk when we first meet it; gone when Asterisk was started anew. */
const bootVariable = 'RT_BOOT'

/**
 * After every (re)connect: compares the calls we know with what Asterisk has, and gives each call the events it
 * missed. Channels that no call owns are taken in as new callers, or hung up. Talks go on untouched.
 * @returns false when Asterisk could not be asked; it will be asked again at the next connect
 */
export async function recover(ports: RecoveryPorts): Promise<boolean> {
  const { ari, exchange, log } = ports
  const boot = await ari.getGlobalVariable(bootVariable)
  const [channels, bridges] = [await ari.listChannels(), await ari.listBridges()]
  if ((!boot.ok && boot.code === 'unreachable') || !channels.ok || !bridges.ok) return false
  const isRestarted = !boot.ok || boot.value === ''
  if (isRestarted) await ari.setGlobalVariable(bootVariable, randomUUID())

  const byId = new Map(channels.value.map((channel) => [channel.id, channel]))
  const cel = exchange.calls.size > 0 ? await ports.readCel() : []
  for (const live of [...exchange.calls.values()]) {
    if (isRestarted && !byId.has(live.call.pbxUniqueId)) {
      exchange.deliver(live, { type: 'broken', atMs: ports.now(), reason: 'asterisk_lost' })
    } else {
      await repair(live, byId, bridges.value, cel, ports)
    }
  }
  for (const channel of channels.value) await adoptOrDrop(channel, ports)
  for (const bridge of bridges.value) {
    if (/^[0-9a-f-]{36}$/.test(bridge.id) && !exchange.calls.has(bridge.id))
      await ari.destroyBridge(bridge.id)
  }
  log.info(
    { calls: exchange.calls.size, channels: channels.value.length, isRestarted },
    'Calls and channels compared'
  )
  return true
}

/** Tells one call what happened while nobody listened, in the order in which it happened. */
async function repair(
  live: LiveCall,
  channels: ReadonlyMap<string, AriChannel>,
  bridges: readonly AriBridge[],
  cel: readonly CelEvent[],
  ports: RecoveryPorts
): Promise<void> {
  const { exchange, ari } = ports
  const { call } = live
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
    } else if (leg.state === 'ringing' && channel.state === 'Up') {
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

  live.isBridgeOpen = bridges.some((bridge) => bridge.id === call.id)
  if (live.call.phase === 'talking' && live.call.talkingLeg)
    await rejoin(live, live.call.talkingLeg, bridges, ports)
  const { playing } = live.call
  if (playing) {
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

/** A channel that belongs to no call we know: a caller who waits is a new call, a leg without a call has no purpose. */
async function adoptOrDrop(channel: AriChannel, { ari, exchange, now }: RecoveryPorts): Promise<void> {
  const leg = parseLegChannel(channel.id)
  if (leg) {
    if (!exchange.calls.has(leg.callId)) await ari.hangup(channel.id, 16)
    return
  }
  if (channel.context !== 'trunk-call' || channel.application !== 'Stasis') return
  if (exchange.calls.has(exchange.callIdOf(channel.id))) return
  const dialed = await ari.getVariable(channel.id, 'RT_NUMBER')
  if (dialed.ok) exchange.arrive(channel, dialed.value, true, now())
}
