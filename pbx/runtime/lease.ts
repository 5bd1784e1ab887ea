import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Fence } from './tape-sql.ts'

/**
 * Takes the node's lease: from now on only writes with this epoch count. The caller has made sure (a lock in
 * DATA_DIR) that no other controller of this node lives; one that hangs and wakes up later finds itself fenced out.
 */
export async function takeLease(db: Knex, node: string): Promise<Fence> {
  const owner = randomUUID()
  const result = await db.raw<{ rows: { epoch: string | number }[] }>(
    `insert into node_leases (node, owner, epoch, expires_at) values (?, ?::uuid, 1, now() + interval '1 minute')
     on conflict (node) do update
       set owner = excluded.owner, epoch = node_leases.epoch + 1, expires_at = excluded.expires_at
     returning epoch`,
    [node, owner]
  )
  const epoch = Number(result.rows[0]?.epoch)
  if (!Number.isInteger(epoch)) throw new Error('The database gave no epoch for the node lease')
  return { node, owner, epoch }
}
