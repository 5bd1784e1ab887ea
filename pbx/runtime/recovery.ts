import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriBridge } from '../ari/requests.ts'
import type { AriChannel } from '../ari/events.ts'
import { isLetInLate } from '../call/talk.ts'
import type { Call } from '../call/types.ts'
import { answeredAt, endOf, type CelEvent } from './cel.ts'
import { hearEnds, type Ends } from './ends.ts'
import { connect, parseSnoop, snoop, toneId } from './effect-bridges.ts'
import { clientChannel, legChannel } from './effect-ports.ts'
import { parseLegChannel, type Exchange } from './exchange.ts'
import type { LiveCall } from './mailbox.ts'
import { callOfBridge, presentBridges, takeBridges, wantedBridges } from './repair.ts'

export interface RecoveryPorts {
  ari: Ari
  exchange: Exchange
  readCel(): Promise<CelEvent[]>
  /** When Asterisk was last heard of before this connect; null after a start of our own. */
  lostAtMs: number | null
  /** Which of these calls the journal has as ended; none when it cannot be asked. */
  findEnded(callIds: readonly string[]): Promise<ReadonlySet<string>>
  now(): number
  /** What Asterisk has, before anything is made of it: ids of channels and bridges. */
  onListed?(ids: readonly string[]): void
  /** Whether a call lives on this Asterisk; asked after `onListed`. Without it there is only one. */
  isHere?(call: Call): boolean
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
  const ends = hearEnds(ports.ari)
  try {
    return await compare(ports, ends)
  } finally {
    ends.close()
  }
}

async function compare(ports: RecoveryPorts, ends: Ends): Promise<Outsiders | null> {
  const { ari, exchange, log } = ports
  // Events flow already: only what stood before Asterisk is asked can be missing from its answer.
  const known = [...exchange.calls.values()]
  const stood = new Map(known.map((live) => [live, live.call]))
  await Promise.all(known.flatMap((live) => [...live.lanes.values()]))
  const boot = await ari.getGlobalVariable(bootVariable)
  const [channels, bridges] = [await ari.listChannels(), await ari.listBridges()]
  if ((!boot.ok && boot.code === 'unreachable') || !channels.ok || !bridges.ok) return null
  ports.onListed?.([...channels.value, ...bridges.value].map(({ id }) => id))
  const isRestarted = !boot.ok || boot.value === ''
  if (isRestarted) await ari.setGlobalVariable(bootVariable, randomUUID())

  const byId = new Map(channels.value.map((channel) => [channel.id, channel]))
  const cel = known.length > 0 ? await ports.readCel() : []
  for (const [live, call] of stood) {
    if (ports.isHere?.(call) === false) continue
    if (isRestarted && !hasAnyChannel(call, byId)) {
      const atMs = ports.lostAtMs ?? lastSign(cel, call) ?? ports.now()
      exchange.deliver(live, { type: 'broken', atMs, reason: 'asterisk_lost' })
    } else {
      await repair(live, call, byId, bridges.value, cel, ports)
    }
  }
  const outsiders = await adoptOrDrop(channels.value, ends, ports)
  for (const bridge of bridges.value) {
    const callId = callOfBridge(bridge.id)
    if (callId !== null && !exchange.calls.has(callId)) await ari.destroyBridge(bridge.id)
  }
  log.info(
    { calls: exchange.calls.size, channels: channels.value.length, isRestarted },
    'Calls and channels compared'
  )
  return outsiders
}

function hasAnyChannel(call: Call, channels: ReadonlyMap<string, AriChannel>): boolean {
  const client = clientChannel(call)
  if (client !== null && channels.has(client)) return true
  return call.legs.some((leg) => leg.state !== 'ended' && channels.has(legChannel(call, leg.id)))
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
  if (live.call === call) live.bridges.clear()
  takeBridges(live.bridges, presentBridges(call, bridges))
  // Whom they have heard before our time, nobody knows.
  for (const inside of live.bridges.values()) for (const party of inside) live.left.add(party)
  const missed: { atMs: number; tell: () => void }[] = []
  const atOf = (uniqueId: string) => endOf(cel, uniqueId) ?? { atMs: ports.now(), cause: null }

  for (const leg of call.legs) {
    if (leg.state === 'ended') continue
    const id = legChannel(call, leg.id)
    const channel = channels.get(id)
    const isDialled = leg.kind === 'external' || leg.kind === 'client'
    if (!channel || (isDialled && channel.state === 'Down')) {
      // Made and never dialled: whoever should have dialled it is dead.
      if (channel) await ari.hangup(id, 26)
      const { atMs, cause } = atOf(id)
      missed.push({
        atMs,
        tell: () => exchange.deliver(live, { type: 'legEnded', atMs, leg: leg.id, cause })
      })
    } else if (leg.state === 'ringing' && channel.state === 'Up' && channel.application === 'Stasis') {
      // One that the dialplan still holds for us comes by itself.
      const atMs = answeredAt(cel, id) ?? ports.now()
      missed.push({ atMs, tell: () => exchange.deliver(live, { type: 'legAnswered', atMs, leg: leg.id }) })
    }
  }
  if (call.direction === 'in' && !channels.has(call.pbxUniqueId)) {
    const { atMs, cause } = atOf(call.pbxUniqueId)
    missed.push({ atMs, tell: () => exchange.deliver(live, { type: 'callerLeft', atMs, cause }) })
  }
  const letInMs = call.direction === 'in' ? answeredAt(cel, call.pbxUniqueId) : null
  if (letInMs !== null && isLetInLate(call, letInMs))
    missed.push({
      atMs: letInMs,
      tell: () => exchange.deliver(live, { type: 'callerAnswered', atMs: letInMs })
    })
  missed.sort((a, b) => a.atMs - b.atMs)
  for (const { tell } of missed) tell()

  await rejoin(live, channels, ports)
  if (live.call.isQueued) rejoinQueue(live, exchange)
  const { playing } = call
  if (playing !== null && playing === live.call.playing) {
    const playback = await ari.findPlayback(playing)
    if (!playback.ok) exchange.deliver(live, { type: 'played', atMs: ports.now(), playId: playing })
  }
}

/** Parties who are not together yet (we died between an answer and the bridge) are brought together now. */
async function rejoin(
  live: LiveCall,
  channels: ReadonlyMap<string, AriChannel>,
  { ari, exchange }: RecoveryPorts
): Promise<void> {
  const { call } = live
  for (const id of channels.keys()) {
    const heard = parseSnoop(id)
    if (heard?.callId !== call.id) continue
    if (call.watchers.some(({ leg, mode }) => leg === heard.watcher && mode !== 'join'))
      live.snoops.set(heard.watcher, id)
    else await ari.hangup(id, 16)
  }
  const { effects } = exchange
  const client = clientChannel(call)
  for (const [bridge, parties] of wantedBridges(call)) {
    const isMissing = parties.some((party) => !live.bridges.get(bridge)?.has(party))
    // The caller may not have been answered yet.
    if (isMissing && bridge === 'main' && call.phase === 'talking' && client !== null)
      await ari.answer(client)
    if (isMissing) connect(live, { do: 'connect', bridge, parties }, effects)
    const watcher = call.watchers.find(({ leg }) => bridge === `watch.${leg}`)
    if (watcher && !live.snoops.has(watcher.leg))
      snoop(live, { do: 'snoop', leg: watcher.watched, watcher: watcher.leg }, effects)
  }
  for (const bridge of live.bridges.keys()) {
    const playbackId = toneId(call.id, bridge)
    if (!live.tones.has(bridge) && (await ari.findPlayback(playbackId)).ok) live.tones.set(bridge, playbackId)
  }
  await Promise.all(live.lanes.values())
}

/** Queues live in memory: a call that waited comes back with the place that it had. */
function rejoinQueue(live: LiveCall, exchange: Exchange): void {
  const joins = live.rows.flatMap((row) => row.effects.filter((effect) => effect.do === 'joinQueue'))
  const last = joins.at(-1)
  if (last) exchange.effects.queues.join(live.call.id, last.request)
}

/**
 * Channels that belong to no call we know: legs without a call are hung up, callers who wait in Stasis are new calls.
 * @returns callers who are still in the dialplan's hands
 */
async function adoptOrDrop(
  channels: readonly AriChannel[],
  ends: Ends,
  ports: RecoveryPorts
): Promise<Outsiders> {
  const { ari, exchange, now } = ports
  const dropped: { id: string; callId: string }[] = []
  for (const channel of channels) {
    const snooped = parseSnoop(channel.id)
    if (snooped && !exchange.calls.has(snooped.callId)) await ari.hangup(channel.id, 16)
    const named = parseLegChannel(channel.id)
    if (!named) continue
    const ours = exchange.legOf(channel.id)
    if (ours && ours.leg.state !== 'ended') continue
    await ari.hangup(channel.id, 16)
    dropped.push({ id: channel.id, callId: named.callId })
  }
  for (const channel of channels) {
    // A telephone that has dialled while nobody listened.
    if (channel.context !== 'operator-call' || channel.application !== 'Stasis' || exchange.legOf(channel.id))
      continue
    const dialled = await ari.getVariable(channel.id, 'RT_NUMBER')
    if (dialled.ok) exchange.dialled(channel, dialled.value, now())
  }
  const outsiders = new Set<string>()
  const strangers = channels.filter(
    ({ context, id }) =>
      // What we dial through a trunk stands in its context too.
      trunkContexts.has(context) && !parseLegChannel(id) && !exchange.calls.has(exchange.callIdOf(id))
  )
  const callIds = new Set(strangers.map(({ id }) => exchange.callIdOf(id)))
  const ended = await ports.findEnded([...callIds])
  // A caller whose call nobody wrote down yet is taken in anew, and calls legs of the same names: the old ones are gone
  // first, or their telephones would refuse the next call, and their ends would be taken for those of the new ones.
  await ends.of(dropped.filter(({ callId }) => callIds.has(callId)).map(({ id }) => id))
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
    const heard = await ari.getVariable(channel.id, 'RT_HEARD')
    if (dialed.ok)
      exchange.arrive(channel, dialed.value, true, now(), heard.ok ? heard.value.replace(/^,/, '') : '')
  }
  return outsiders
}

/** Where a carrier's call stands in `dialplan/extensions.conf`. */
const trunkContexts: ReadonlySet<string> = new Set([
  'from-trunk',
  'from-trunk-headers',
  'trunk-call',
  'fallback'
])
