import type { Logger } from 'pino'
import type { Ami } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import { createSignals, type Signals } from '../ari/signals.ts'
import type { CelEvent } from '../runtime/cel.ts'
import type { ObjectsFor } from './shape.ts'
import { createHomes, type Homes, type OpenedCall } from './homes.ts'

/** One Asterisk. */
export interface Member {
  /** Its `systemname`: channels of its own begin with it. Letters and digits. */
  readonly name: string
  readonly ari: Ari
  readonly ami: Ami
  /** What it has written down of late. */
  readCel(): Promise<CelEvent[]>
}

export type MemberState = 'up' | 'starting' | 'draining' | 'down' | 'lost'

/** What stands before the nodes, if anything does: carriers and telephones speak to it alone. */
export interface Front {
  /** `host:port` at which the nodes reach it. */
  readonly address: string
  readonly shape: ObjectsFor
  /** SIP users of the telephones that are registered there; null when nobody can say. */
  phones(): Promise<ReadonlySet<string> | null>
  /** Told when that may have changed. @returns what ends it */
  onPhones(listener: () => void): () => void
}

export type MemberSignals = {
  added: [member: Member]
  removed: [member: Member]
  /** It has been away for so long that its calls count as lost. */
  lost: [member: Member, sinceMs: number]
}

export interface Members {
  readonly homes: Homes
  readonly front: Front | null
  on: Signals<MemberSignals>['on']
  all(): readonly Member[]
  get(name: string | undefined): Member | undefined
  add(member: Member): void
  /** Its connections are closed; its calls are lost. */
  remove(name: string): Promise<void>
  /** No new calls of ours begin there. */
  drain(name: string, isDraining: boolean): void
  stateOf(member: Member): MemberState
  isLost(member: Member): boolean
  /** Where a call of ours begins: on the living node with the fewest calls. */
  choose(): string | undefined
  /** A call begins, or comes back. */
  open(call: OpenedCall): void
  /** A node knows the telephones and trunks of now. */
  ready(name: string): void
  /** The channels of a node were listed. */
  heard(name: string): void
  /** Whether every node's channels were listed since we began, or the node is lost. */
  isEverybodyHeard(): boolean
  stop(): void
}

/** After this long without a node its calls are over, whatever it may still believe. */
const lostAfterMs = 10_000

/** The nodes there are. A single one is never lost: nobody else could take its calls. */
export function createMembers(options: { log: Logger; front?: Front | null; lostAfterMs?: number }): Members {
  const { log } = options
  const signals = createSignals<MemberSignals>(log)
  const members = new Map<string, Member>()
  const draining = new Set<string>()
  const lost = new Set<string>()
  const heard = new Set<string>()
  const ready = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  const leave = new Map<string, () => void>()

  function watch(member: Member): void {
    const { name, ari } = member
    const away = (): void => {
      const sinceMs = Date.now()
      ready.delete(name)
      clearTimeout(timers.get(name))
      timers.set(
        name,
        setTimeout(() => giveUp(member, sinceMs), options.lostAfterMs ?? lostAfterMs)
      )
    }
    const offDown = ari.on('down', away)
    const offUp = ari.on('up', () => {
      clearTimeout(timers.get(name))
      timers.delete(name)
      if (lost.delete(name)) log.info({ node: name }, 'A lost node has come back')
    })
    leave.set(name, () => {
      offDown()
      offUp()
      clearTimeout(timers.get(name))
      timers.delete(name)
    })
    if (!ari.isUp) away()
  }

  function giveUp(member: Member, sinceMs: number): void {
    timers.delete(member.name)
    if (members.size < 2 || member.ari.isUp) return
    lost.add(member.name)
    log.error({ node: member.name }, 'A node is lost, and the calls on it')
    signals.emit('lost', member, sinceMs)
  }

  const homes = createHomes((name) => members.has(name))

  function choose(): string | undefined {
    const living = [...members.values()].filter(({ ari }) => ari.isUp)
    const willing = living.filter(({ name }) => ready.has(name) && !draining.has(name))
    const counted = (willing.length > 0 ? willing : living).map(({ name }) => ({
      name,
      calls: homes.callsOn(name)
    }))
    return counted.sort((one, other) => one.calls - other.calls)[0]?.name
  }

  return {
    homes,
    front: options.front ?? null,
    on: (name, listener) => signals.on(name, listener),
    all: () => [...members.values()],
    get: (name) => (name === undefined ? undefined : members.get(name)),
    add(member) {
      members.set(member.name, member)
      watch(member)
      signals.emit('added', member)
    },
    async remove(name) {
      const member = members.get(name)
      if (!member) return
      leave.get(name)?.()
      leave.delete(name)
      signals.emit('lost', member, Date.now())
      members.delete(name)
      for (const set of [draining, lost, heard, ready]) set.delete(name)
      member.ami.close()
      await member.ari.close()
      signals.emit('removed', member)
    },
    drain(name, isDraining) {
      if (isDraining) draining.add(name)
      else draining.delete(name)
    },
    stateOf({ name, ari }) {
      if (lost.has(name)) return 'lost'
      if (!ari.isUp) return 'down'
      return !ready.has(name) ? 'starting' : draining.has(name) ? 'draining' : 'up'
    },
    isLost: ({ name }) => lost.has(name),
    choose,
    open: (call) => homes.open(call, choose),
    ready: (name) => void ready.add(name),
    heard: (name) => void heard.add(name),
    isEverybodyHeard: () => [...members.keys()].every((name) => heard.has(name) || lost.has(name)),
    stop() {
      for (const end of leave.values()) end()
      leave.clear()
    }
  }
}

/** A line for each node on the page of the system; none where there is only one, which has its own. */
export function nodeChecks(members: Members): Record<string, { status: 'ok' | 'degraded'; detail?: string }> {
  const all = members.all()
  if (all.length < 2) return {}
  return Object.fromEntries(
    all.map((member) => {
      const state = members.stateOf(member)
      const calls = members.homes.callsOn(member.name)
      const detail = `${words[state]}; calls: ${calls}`
      return [
        `node ${member.name}`,
        { status: state === 'up' || state === 'draining' ? 'ok' : 'degraded', detail }
      ]
    })
  )
}

const words: Readonly<Record<MemberState, string>> = {
  up: 'Takes calls',
  starting: 'Is being told of telephones and trunks',
  draining: 'Drains: no call of ours begins there',
  down: 'Does not answer',
  lost: 'Lost: its calls have ended as failed'
}
