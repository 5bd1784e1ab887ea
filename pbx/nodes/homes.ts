import type { Call } from '../call/types.ts'

/** What of a call tells its node. */
export type OpenedCall = Pick<Call, 'id' | 'direction' | 'pbxUniqueId' | 'order'> & {
  readonly legs: readonly unknown[]
}

/**
 * On which node a call lives. PURE.
 *
 * A caller's channel carries the name of its node (`<node>-<seconds>.<counter>`, Asterisk's `systemname`), a leg, a
 * bridge and a sound the id of their call. So nearly everything is known from names alone; calls of ours are settled
 * when they begin, and after a restart found again by the channels that each node lists.
 */
export interface Homes {
  /** The node of a channel, bridge, sound or call; undefined when nobody has told yet. */
  homeOf(id: string): string | undefined
  /** A call begins, or comes back from a snapshot. One of ours that begins lives on the node that `choose` names. */
  open(call: OpenedCall, choose: () => string | undefined): void
  /** Something that is not named after a call was asked of this node. */
  note(id: string, node: string): void
  /** These channels and bridges are on this node now. */
  learn(node: string, ids: readonly string[]): void
  /** A call is over. What is asked of it late still finds the way. */
  end(callId: string): void
  /** Calls in progress on a node. */
  callsOn(node: string): number
  /** Ids of the calls in progress of a node. */
  callIdsOn(node: string): string[]
}

const callPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/
const ownPattern = /^([A-Za-z][A-Za-z0-9]*)-\d+\.\d+$/

/** How many ended calls and odd things are kept in mind. */
const keptAtMost = 5000

/** @param isNode whether there is a node of this name */
export function createHomes(isNode: (name: string) => boolean): Homes {
  const calls = new Map<string, string>()
  const past = new Map<string, string>()

  function remember(id: string, node: string): void {
    past.delete(id)
    past.set(id, node)
    if (past.size <= keptAtMost) return
    // The oldest: a Map keeps the order in which things came.
    for (const oldest of past.keys()) {
      past.delete(oldest)
      return
    }
  }

  function homeOf(id: string): string | undefined {
    const callId = callPattern.exec(id)?.[0]
    if (callId !== undefined) return calls.get(callId) ?? past.get(callId)
    const name = ownPattern.exec(id)?.[1]
    return name !== undefined && isNode(name) ? name : past.get(id)
  }

  return {
    homeOf,
    open(call, choose) {
      const channelId = call.direction === 'in' ? call.pbxUniqueId : (call.order?.phone?.channelId ?? null)
      const told = channelId === null ? undefined : homeOf(channelId)
      // Of one that was under way its channels tell, when the nodes are asked for them.
      const node = told ?? (call.legs.length === 0 ? choose() : undefined)
      if (node !== undefined) calls.set(call.id, node)
    },
    note: (id, node) => {
      if (!callPattern.test(id)) remember(id, node)
    },
    learn(node, ids) {
      for (const id of ids) {
        const callId = callPattern.exec(id)?.[0]
        if (callId !== undefined && !calls.has(callId)) calls.set(callId, node)
      }
    },
    end(callId) {
      const node = calls.get(callId)
      if (node === undefined) return
      calls.delete(callId)
      remember(callId, node)
    },
    callsOn: (node) => {
      let count = 0
      for (const home of calls.values()) if (home === node) count++
      return count
    },
    callIdsOn: (node) => [...calls].flatMap(([callId, home]) => (home === node ? [callId] : []))
  }
}
