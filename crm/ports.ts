import type { Knex } from 'knex'
import type { CrmEvent } from './events.ts'

/** Tells the world outside of an event, in the transaction of what happened: it is told if and only if that commits. */
export type Announce = (trx: Knex, event: CrmEvent) => Promise<void>

/** Where nobody listens. */
export const announceNothing: Announce = () => Promise.resolve()

/** What people are just now; who is not in it is off. */
export type Presences = () => readonly {
  readonly userId: string
  readonly presence: 'available' | 'busy' | 'wrapUp' | 'away' | 'offline'
  readonly since: string
}[]
