import { schemeOf } from '../call/turn.ts'
import type { BridgeName, Effect, Party } from '../call/effects.ts'
import { bridgeId, bridgeLane, channelOf, inLanes, legChannel, type EffectPorts } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'

type EffectOf<K extends Effect['do']> = Extract<Effect, { do: K }>

/** Makes the bridge on its first use, beside whatever else is asked then. */
export function openBridge(live: LiveCall, bridge: BridgeName, { ari, log }: EffectPorts): void {
  if (live.bridges.has(bridge)) return
  live.bridges.set(bridge, new Set())
  inLanes(live, [bridgeLane(bridge)], 'open', () => ari.createBridge(bridgeId(live.call.id, bridge)), log)
}

/**
 * Brings parties in; Asterisk takes them out of wherever they are. Who is in already would only be heard to stumble,
 * but for one who stayed when the other one went: Asterisk keeps the way from that one's codec to theirs, and often not
 * a packet of the next one comes through it (seen with 22.10 and two browsers after one another). They are seated anew.
 */
export function connect(live: LiveCall, { bridge, parties }: EffectOf<'connect'>, ports: EffectPorts): void {
  const { ari, log } = ports
  openBridge(live, bridge, ports)
  const present = live.bridges.get(bridge)
  const missing = parties.filter((party) => !present?.has(party))
  if (missing.length === 0) return
  const { call } = live
  const stayers = stayersIn(live, bridge)
  const anew = stayers.length === 1 ? stayers.filter((party) => live.left.has(party)) : []
  for (const party of [...anew, ...missing]) place(live, party, bridge)
  const channelsOf = (those: readonly Party[]) => those.flatMap((party) => channelOf(call, party) ?? [])
  const id = bridgeId(call.id, bridge)
  const channels = channelsOf(missing)
  inLanes(
    live,
    [bridgeLane(bridge), ...anew, ...missing],
    'connect',
    async () => {
      if (anew.length > 0) await ari.removeFromBridge(id, channelsOf(anew))
      const result = await ari.addToBridge(id, channels)
      // Apart: who has just hung up would keep the others out.
      if (anew.length > 0) await ari.addToBridge(id, channelsOf(anew))
      if (!result.ok)
        log.info(
          { callId: call.id, bridge, channels, code: result.code },
          'A party left before it was connected'
        )
    },
    log
  )
}

/** Who is in a bridge and has not hung up. */
function stayersIn(live: LiveCall, bridge: BridgeName): Party[] {
  const inside = live.bridges.get(bridge) ?? new Set()
  for (const leg of live.call.legs) {
    if (leg.state !== 'ended' || !inside.delete(leg.id)) continue
    for (const party of inside) live.left.add(party)
  }
  return [...inside]
}

/** Notes where a party is now. */
export function place(live: LiveCall, party: Party, bridge: BridgeName | null): void {
  live.left.delete(party)
  for (const [name, inside] of live.bridges) {
    if (name === bridge || !inside.delete(party)) continue
    for (const stayer of inside) live.left.add(stayer)
  }
  if (bridge !== null) live.bridges.get(bridge)?.add(party)
}

export function part(live: LiveCall, { bridge, parties }: EffectOf<'part'>, { ari, log }: EffectPorts): void {
  const { call } = live
  const present = parties.filter((party) => live.bridges.get(bridge)?.has(party))
  for (const party of present) place(live, party, null)
  const channels = present.flatMap((party) => channelOf(call, party) ?? [])
  if (channels.length === 0) return
  inLanes(
    live,
    [bridgeLane(bridge), ...present],
    'part',
    () => ari.removeFromBridge(bridgeId(call.id, bridge), channels),
    log
  )
}

/**
 * Whoever is still in it is free again. The bridge itself stays until the call is over: Asterisk takes a moment to
 * destroy one, and whatever is asked of a new one of the same name in that moment is lost with the old one.
 */
export function closeBridge(live: LiveCall, bridge: BridgeName, ports: EffectPorts): void {
  const inside = live.bridges.get(bridge)
  if (!inside) return
  bridgeTone(live, { do: 'bridgeTone', bridge, on: false }, ports)
  // Whoever has hung up is out by that; named here, they would keep the others in.
  const ended = new Set(live.call.legs.filter((leg) => leg.state === 'ended').map((leg) => leg.id))
  const parties = [...inside].filter((party) => !ended.has(party))
  part(live, { do: 'part', bridge, parties }, ports)
  inside.clear()
}

function destroyBridge(live: LiveCall, bridge: BridgeName, ports: EffectPorts): void {
  const { ari, log } = ports
  const inside = live.bridges.get(bridge)
  if (!inside) return
  bridgeTone(live, { do: 'bridgeTone', bridge, on: false }, ports)
  live.bridges.delete(bridge)
  inLanes(
    live,
    [bridgeLane(bridge), ...inside],
    'destroyBridge',
    () => ari.destroyBridge(bridgeId(live.call.id, bridge)),
    log
  )
}

/** The name of a bridge's ringing tone, by which whoever comes after us can stop it. */
export const toneId = (callId: string, bridge: BridgeName): string => `${bridgeId(callId, bridge)}.tone`

export function bridgeTone(live: LiveCall, { bridge, on }: EffectOf<'bridgeTone'>, ports: EffectPorts): void {
  const { ari, log } = ports
  const { call } = live
  const running = live.tones.get(bridge)
  if (on === (running !== undefined)) return
  if (running !== undefined) {
    live.tones.delete(bridge)
    inLanes(live, [bridgeLane(bridge)], 'bridgeTone', () => ari.stopPlayback(running), log)
    return
  }
  openBridge(live, bridge, ports)
  const playbackId = toneId(call.id, bridge)
  live.tones.set(bridge, playbackId)
  inLanes(
    live,
    [bridgeLane(bridge)],
    'bridgeTone',
    async () => {
      const media = await ports.media({ tone: 'ring' }, schemeOf(call).locale)
      return ari.playOnBridge(bridgeId(call.id, bridge), playbackId, [media])
    },
    log
  )
}

export function music(
  live: LiveCall,
  { party, on, musicClass }: EffectOf<'music'>,
  { ari, log }: EffectPorts
): void {
  const channel = channelOf(live.call, party)
  if (channel === null) return
  const start = () => (musicClass === null ? ari.startMoh(channel) : ari.startMoh(channel, musicClass))
  inLanes(live, [party], 'music', () => (on ? start() : ari.stopMoh(channel)), log)
}

const snoopPattern = /^(.{36})\.(sup\d+|op\d+)\.snoop-\d+$/

/** The channel through which a supervisor hears a leg; null for any other channel. */
export function parseSnoop(channelId: string): { callId: string; watcher: string } | null {
  const [, callId, watcher] = snoopPattern.exec(channelId) ?? []
  return callId && watcher ? { callId, watcher } : null
}

/** Its channel comes into the supervisor's bridge when it has entered the application (`snoopEntered`). */
export function snoop(live: LiveCall, { leg, watcher }: EffectOf<'snoop'>, ports: EffectPorts): void {
  const { ari, log } = ports
  const { call } = live
  openBridge(live, `watch.${watcher}`, ports)
  // A name of its own each time: the one before may not be gone yet.
  const snoopId = `${call.id}.${watcher}.snoop-${ports.now(live)}`
  live.snoops.set(watcher, snoopId)
  inLanes(
    live,
    [watcher],
    'snoop',
    async () => {
      const result = await ari.snoop(legChannel(call, leg), snoopId, ari.app, 'snoop')
      if (!result.ok) log.info({ callId: call.id, leg, code: result.code }, 'Nobody is there to listen to')
    },
    log
  )
}

export function snoopEntered(live: LiveCall, watcher: string, channelId: string, ports: EffectPorts): void {
  const { ari, log } = ports
  const bridge: BridgeName = `watch.${watcher}`
  const isWanted = live.snoops.get(watcher) === channelId && live.bridges.has(bridge)
  inLanes(
    live,
    [bridgeLane(bridge)],
    'snoop',
    () =>
      isWanted ? ari.addToBridge(bridgeId(live.call.id, bridge), [channelId]) : ari.hangup(channelId, 16),
    log
  )
}

export function unsnoop(live: LiveCall, { watcher }: EffectOf<'unsnoop'>, { ari, log }: EffectPorts): void {
  const snoopId = live.snoops.get(watcher)
  if (snoopId === undefined) return
  live.snoops.delete(watcher)
  inLanes(live, [watcher], 'unsnoop', () => ari.hangup(snoopId, 16), log)
}

/** The call is over: nothing of it stays behind in Asterisk. */
export function letGo(live: LiveCall, ports: EffectPorts): void {
  for (const watcher of [...live.snoops.keys()]) unsnoop(live, { do: 'unsnoop', watcher }, ports)
  for (const bridge of [...live.bridges.keys()]) destroyBridge(live, bridge, ports)
}
