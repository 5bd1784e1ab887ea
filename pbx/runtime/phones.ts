import type { Logger } from 'pino'
import type { Ami } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import type { TrunkLink } from '../provision/objects.ts'
import type { ObjectFailure } from '../provision/reconcile.ts'
import type { Metrics } from './metrics.ts'
import type { Operators } from './operators.ts'
import type { Check } from './pbx.ts'

export type TrunkState = 'configured' | 'registered' | 'registering' | 'rejected' | 'unknown' | 'inactive'

export interface PhonesOptions {
  ari: Ari
  ami: Ami
  operators: Operators
  /** Compares who is busy with Asterisk: an operator may talk in a call of the fallback. */
  look(): Promise<void>
  metrics: Metrics
  log: Logger
}

/** Which operators' phones can be rung and how the trunks stand, as Asterisk says: never by what a client believes. */
export function createPhones({ ari, ami, operators, look, metrics, log }: PhonesOptions) {
  let trunks: readonly TrunkLink[] = []
  let registrations: ReadonlyMap<string, TrunkState> = new Map()
  /** AORs last seen reachable, to notice those that are gone after a reconnect. */
  const reachable = new Set<string>()

  function setReachable(aor: string, isReachable: boolean): void {
    if (!aor.startsWith('op-')) return
    if (isReachable) reachable.add(aor)
    else reachable.delete(aor)
    operators.setReachable(aor, isReachable, Date.now())
  }

  async function refresh(): Promise<void> {
    const contacts = await ami.contacts()
    if (contacts) {
      for (const aor of [...reachable]) if (!contacts.has(aor)) setReachable(aor, false)
      for (const contact of contacts.values()) setReachable(contact.aor, contact.state === 'reachable')
    }
    registrations = (await ami.registrations()) ?? registrations
    await look()
  }

  ami.on('up', () => {
    void refresh().catch((error: unknown) => log.warn({ err: error }, 'Registrations could not be read'))
  })
  ami.on('contact', (contact) => setReachable(contact.aor, contact.state === 'reachable'))
  ami.on('registrations', (states) => (registrations = states))
  ami.on('attack', (attack) => {
    metrics.stranger(attack.kind)
    log.warn({ kind: attack.kind, remoteAddress: attack.remoteAddress }, 'A SIP request was refused')
  })

  function trunkStates(): ReadonlyMap<string, TrunkState> {
    return new Map(
      trunks.map((trunk) => {
        const state = trunk.kind === 'address' ? 'configured' : registrations.get(trunk.endpoint)
        return [trunk.id, ari.isUp ? (state ?? 'unknown') : 'unknown']
      })
    )
  }

  return {
    refresh,
    trunkStates,
    trunks(links: readonly TrunkLink[]): void {
      trunks = links
    },
    check(refused: readonly ObjectFailure[]): Check {
      if (refused.length > 0) {
        return {
          status: 'degraded',
          detail: `Asterisk refuses ${refused.map((failure) => failure.owner).join(', ')}`
        }
      }
      const states = trunkStates()
      const bad = trunks.filter(
        (trunk) => !['configured', 'registered'].includes(states.get(trunk.id) ?? 'unknown')
      )
      if (bad.length === 0)
        return { status: 'ok', ...(trunks.length === 0 ? { detail: 'No trunk is set up yet' } : {}) }
      return {
        status: 'degraded',
        detail: bad.map((trunk) => `${trunk.name}: ${states.get(trunk.id) ?? 'unknown'}`).join(', ')
      }
    }
  }
}
