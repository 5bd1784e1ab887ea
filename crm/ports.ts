import type { Knex } from 'knex'
import type { CrmEvent } from './events.ts'

/** Tells the world outside of an event, in the transaction of what happened: it is told if and only if that commits. */
export type Announce = (trx: Knex, event: CrmEvent) => Promise<void>

/** Where nobody listens. */
export const announceNothing: Announce = () => Promise.resolve()
