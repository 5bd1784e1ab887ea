import type { Knex } from 'knex'
import { pino } from 'pino'
import { waitForLease } from '../../pbx/runtime/lease.ts'
import type { Fence } from '../../pbx/runtime/tape-sql.ts'

/** Takes a node's lease as a controller would, and lets it go again: its epoch stays good until the next one. */
export async function takeLease(db: Knex, node: string): Promise<Fence> {
  const lease = await waitForLease({ db, node, log: pino({ level: 'silent' }) })
  if (lease === null) throw new Error('Nobody stops the waiting')
  await lease.release()
  return lease.fence
}
