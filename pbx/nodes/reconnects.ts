import { createReconnects, type Reconnects, type ReconnectsOptions } from '../runtime/reconnects.ts'
import type { Member, Members } from './members.ts'

/**
 * What is done when Asterisk answers again, for each node by itself: only the calls that live there are compared.
 * The calls of a node that stays away end as they do when an Asterisk dies; the others are not touched.
 */
export function createNodeReconnects(
  options: Omit<ReconnectsOptions, 'ari' | 'readCel' | 'isHere' | 'onListed'> & { members: Members }
): Reconnects {
  const { members, exchange, log } = options
  const { homes } = members
  const byNode = new Map<string, Reconnects>()
  let isStarted = false

  function add(member: Member): void {
    const { name, ari } = member
    const one = createReconnects({
      ...options,
      ari,
      readCel: () => member.readCel(),
      onListed: (ids) => {
        homes.learn(name, ids)
        members.heard(name)
      },
      isHere: ({ id }) => {
        const home = homes.homeOf(id)
        // A call of ours of which no node has a channel has ended; whoever answers last says so.
        return home === undefined || members.get(home) === undefined
          ? members.isEverybodyHeard()
          : home === name
      }
    })
    byNode.set(name, one)
    if (isStarted) one.start()
  }
  members.all().forEach(add)
  members.on('added', add)
  members.on('lost', ({ name }, atMs) => {
    for (const callId of homes.callIdsOn(name)) {
      const live = exchange.calls.get(callId)
      if (live) exchange.deliver(live, { type: 'broken', atMs, reason: 'asterisk_lost' })
      else homes.end(callId)
    }
  })
  members.on('removed', ({ name }) => {
    const gone = byNode.get(name)
    byNode.delete(name)
    gone?.stop().catch((error: unknown) => log.warn({ err: error }, 'A node that left is still compared'))
  })

  return {
    get isRecovered() {
      return members
        .all()
        .every((member) => members.isLost(member) || byNode.get(member.name)?.isRecovered === true)
    },
    start() {
      isStarted = true
      for (const one of byNode.values()) one.start()
    },
    async stop() {
      await Promise.all([...byNode.values()].map((one) => one.stop()))
    }
  }
}
