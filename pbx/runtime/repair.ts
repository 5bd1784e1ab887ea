import type { AriBridge } from '../ari/requests.ts'
import type { BridgeName, Party } from '../call/effects.ts'
import type { Call, Leg } from '../call/types.ts'
import { bridgeId, channelOf } from './effect-ports.ts'

const clientParty = (call: Call): Party => call.clientLeg ?? 'client'
const isAnswered = (leg: Leg | undefined): boolean => leg?.state === 'answered'

/** Who should be in which bridge, as the call stands. Pure. */
export function wantedBridges(call: Call): Map<BridgeName, Party[]> {
  const wanted = new Map<BridgeName, Party[]>()
  const legOf = (id: string | null): Leg | undefined => call.legs.find((leg) => leg.id === id)
  if (call.phase === 'dialling') {
    const ours = call.legs.filter((leg) => leg.purpose === 'order' && isAnswered(leg))
    if (ours.length > 0)
      wanted.set(
        'main',
        ours.map(({ id }) => id)
      )
  }
  if (call.phase !== 'talking' || !call.talk) return wanted
  const { leg: owner, members, heldBy, consult } = call.talk
  const isAway = consult?.side === 'consulted'
  // A telephone that holds by itself stays in the bridge, with its music.
  const hasClient = !isAway && heldBy !== 'operator'
  wanted.set('main', [...(hasClient ? [clientParty(call)] : []), ...members])
  if (isAway) wanted.set('consult', [owner, ...(consult.leg === null ? [] : [consult.leg])])
  for (const { leg, mode } of call.watchers) {
    if (!isAnswered(legOf(leg))) continue
    if (mode === 'join') wanted.get('main')?.push(leg)
    else wanted.set(`watch.${leg}`, [leg])
  }
  return wanted
}

/** Bridges of a call that Asterisk has, and which of the call's parties are in them. Pure. */
export function presentBridges(call: Call, bridges: readonly AriBridge[]): Map<BridgeName, Set<Party>> {
  const parties: Party[] = [clientParty(call), ...call.legs.map(({ id }) => id)]
  const present = new Map<BridgeName, Set<Party>>()
  for (const bridge of bridges) {
    const name = bridgeNameOf(call.id, bridge.id)
    if (name === null) continue
    const inside = parties.filter((party) => bridge.channelIds.includes(channelOf(call, party) ?? ''))
    present.set(name, new Set(inside))
  }
  return present
}

/**
 * Adds to the bridges that we know of a call those that only Asterisk knows, such as those of a call that was taken
 * over from the last controller. What we know counts more: it may have been asked for after Asterisk was asked, and a
 * party who was brought elsewhere since is there. A bridge that nobody knows would stay in Asterisk for ever.
 */
export function takeBridges(
  known: Map<BridgeName, Set<Party>>,
  present: ReadonlyMap<BridgeName, ReadonlySet<Party>>
): void {
  const placed = new Set([...known.values()].flatMap((inside) => [...inside]))
  for (const [name, inside] of present) {
    if (!known.has(name)) known.set(name, new Set([...inside].filter((party) => !placed.has(party))))
  }
}

function bridgeNameOf(callId: string, id: string): BridgeName | null {
  if (id === bridgeId(callId, 'main')) return 'main'
  if (!id.startsWith(`${callId}.`)) return null
  const name = id.slice(callId.length + 1)
  return name === 'consult' || name.startsWith('watch.') ? (name as BridgeName) : null
}

/** The call that a bridge of ours belongs to; null for bridges that are not of our making. */
export function callOfBridge(id: string): string | null {
  return /^([0-9a-f-]{36})(?:\.consult|\.watch\.\w+)?$/.exec(id)?.[1] ?? null
}
