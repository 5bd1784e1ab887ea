import type { Logger } from 'pino'
import type { Ami, AmiAttack, AmiContact, AmiSignals, RegistrationDetail } from '../ami/client.ts'
import { createSignals } from '../ari/signals.ts'
import type { Member, Members } from './members.ts'

/**
 * The managers of all nodes as one. A telephone can be reached when any node reaches it, a trunk is registered when
 * any node has registered it.
 */
export function createNodesAmi(members: Members, log: Logger): Ami {
  const signals = createSignals<AmiSignals>(log)
  const leave = new Map<string, () => void>()
  /** What each node last told of a telephone. */
  const told = new Map<string, Map<string, AmiContact>>()
  let isWanted = false

  const isSingle = (): boolean => members.all().length === 1
  const isUp = (): boolean => members.all().some(({ ami }) => ami.isUp)

  function follow(member: Member): void {
    const { name, ami } = member
    const mine = new Map<string, AmiContact>()
    told.set(name, mine)
    const off = [
      ami.on('up', () => signals.emit('up')),
      ami.on('down', (reason) => {
        if (!isUp()) signals.emit('down', reason)
      }),
      ami.on('attack', (attack) => {
        // Whoever guesses through the front is banned there; the front itself must not be.
        if (!isByFront(attack)) signals.emit('attack', attack)
      }),
      ami.on('contact', (contact) => {
        if (isOfFront(contact)) return
        mine.set(contact.aor, contact)
        signals.emit('contact', bestOf(contact.aor) ?? contact)
      }),
      ami.on('registrations', (states) => {
        if (isSingle()) return signals.emit('registrations', states)
        void registrations()
          .then((all) => {
            if (all !== null) signals.emit('registrations', all)
          })
          .catch((error: unknown) => log.error({ err: error }, 'Registrations'))
      })
    ]
    leave.set(name, () => off.forEach((end) => end()))
    if (isWanted) ami.connect()
  }
  members.all().forEach(follow)
  members.on('added', follow)
  members.on('lost', ({ name }) => {
    const gone = [...(told.get(name)?.values() ?? [])]
    told.get(name)?.clear()
    for (const contact of gone)
      signals.emit('contact', bestOf(contact.aor) ?? { ...contact, state: 'removed' })
  })
  members.on('removed', ({ name }) => {
    leave.get(name)?.()
    leave.delete(name)
    told.delete(name)
  })

  const { front } = members
  /** Telephones that were registered at the front when it was last asked. */
  let atFront: ReadonlySet<string> = new Set()
  const leaveFront = front?.onPhones(() => {
    lookAtFront().catch((error: unknown) => log.warn({ err: error }, 'The edge’s telephones are not known'))
  })

  /** Nodes call every telephone at the front; whether it is there, the front knows. */
  const isOfFront = ({ uri }: AmiContact): boolean => front !== null && uri.endsWith(`@${front.address}`)

  const frontHost = front?.address.replace(/:\d+$/, '')
  const isByFront = ({ remoteAddress }: AmiAttack): boolean => remoteAddress.split('/')[2] === frontHost

  async function lookAtFront(): Promise<void> {
    const now = await front?.phones()
    if (!now) return
    const before = atFront
    atFront = now
    for (const aor of before) if (!now.has(aor)) signals.emit('contact', contactAtFront(aor, 'removed'))
    for (const aor of now) if (!before.has(aor)) signals.emit('contact', contactAtFront(aor, 'reachable'))
  }

  async function withFront(contacts: Map<string, AmiContact>): Promise<Map<string, AmiContact>> {
    atFront = (await front?.phones()) ?? atFront
    for (const aor of atFront) contacts.set(aor, contactAtFront(aor, 'reachable'))
    return contacts
  }

  const contactAtFront = (aor: string, state: AmiContact['state']): AmiContact => ({
    ...{ aor, state },
    uri: `sip:${aor}@${front?.address ?? ''}`
  })

  function bestOf(aor: string): AmiContact | undefined {
    let best: AmiContact | undefined
    for (const mine of told.values()) best = better(best, mine.get(aor))
    return best
  }

  async function contacts(): Promise<Map<string, AmiContact> | null> {
    const merged = new Map<string, AmiContact>()
    let isAnswered = false
    for (const { name, ami } of members.all()) {
      const found = await ami.contacts()
      if (found === null) continue
      isAnswered = true
      const mine = told.get(name)
      mine?.clear()
      for (const [aor, contact] of found) {
        if (isOfFront(contact)) continue
        mine?.set(aor, contact)
        const best = better(merged.get(aor), contact)
        if (best) merged.set(aor, best)
      }
    }
    return isAnswered ? withFront(merged) : null
  }

  async function registrations(): Promise<Map<string, RegistrationDetail> | null> {
    const merged = new Map<string, RegistrationDetail>()
    let isAnswered = false
    for (const { ami } of members.all()) {
      const found = await ami.registrations()
      if (found === null) continue
      isAnswered = true
      for (const [trunk, detail] of found) {
        const known = merged.get(trunk)
        if (!known || rank[detail.state] > rank[known.state]) merged.set(trunk, detail)
      }
    }
    return isAnswered ? merged : null
  }

  const of = (channelId: string): Ami | undefined =>
    (isSingle() ? members.all()[0] : members.get(members.homes.homeOf(channelId)))?.ami
  const everywhere = async (ask: (ami: Ami) => Promise<boolean>): Promise<boolean[]> =>
    Promise.all(members.all().flatMap(({ ami }) => (ami.isUp || isSingle() ? [ask(ami)] : [])))

  return {
    get isUp() {
      return isUp()
    },
    on: (name, listener) => signals.on(name, listener),
    connect() {
      isWanted = true
      for (const { ami } of members.all()) ami.connect()
    },
    contacts,
    registrations,
    async putDb(family, key, value) {
      const done = await everywhere((ami) => ami.putDb(family, key, value))
      return done.length > 0 && done.every(Boolean)
    },
    startRecording: (channelId, file) =>
      of(channelId)?.startRecording(channelId, file) ?? Promise.resolve(false),
    muteRecording: (channelId, isMuted) =>
      of(channelId)?.muteRecording(channelId, isMuted) ?? Promise.resolve(false),
    qualify: async (endpoint) => (await everywhere((ami) => ami.qualify(endpoint))).some(Boolean),
    registerNow: async (registration) =>
      (await everywhere((ami) => ami.registerNow(registration))).some(Boolean),
    close() {
      isWanted = false
      leaveFront?.()
      for (const { ami } of members.all()) ami.close()
      for (const end of leave.values()) end()
      leave.clear()
      signals.clear()
    }
  }
}

const rank = { registered: 3, registering: 2, rejected: 1, unknown: 0 } as const
const reach = { reachable: 2, unreachable: 1, removed: 0 } as const

function better(one: AmiContact | undefined, other: AmiContact | undefined): AmiContact | undefined {
  if (!one || !other) return one ?? other
  return reach[other.state] > reach[one.state] ? other : one
}
