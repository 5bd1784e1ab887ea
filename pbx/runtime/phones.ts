import type { Logger } from 'pino'
import type { Ami } from '../ami/client.ts'
import type { Metrics } from './metrics.ts'
import type { Operators } from './operators.ts'

export interface PhonesOptions {
  ami: Ami
  operators: Operators
  /** Compares who is busy with Asterisk: an operator may talk in a call of the fallback. */
  look(): Promise<void>
  metrics: Metrics
  log: Logger
}

/** Which operators' phones can be rung, as Asterisk says: never by what a client believes. */
export function createPhones({ ami, operators, look, metrics, log }: PhonesOptions) {
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
    await look()
  }

  ami.on('up', () => {
    void refresh().catch((error: unknown) => log.warn({ err: error }, 'Registrations could not be read'))
  })
  ami.on('contact', (contact) => setReachable(contact.aor, contact.state === 'reachable'))
  ami.on('attack', (attack) => {
    metrics.stranger(attack.kind)
    log.warn({ kind: attack.kind, remoteAddress: attack.remoteAddress }, 'A SIP request was refused')
  })

  return { refresh }
}
