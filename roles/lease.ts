import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { connect } from '../db/knex.ts'
import { codeOf } from '../host/setup-error.ts'
import { waitForLease, type Door, type Lease } from '../pbx/runtime/lease.ts'
import type { Ground } from './ground.ts'

/**
 * Waits for the lease over a database connection of its own: renewing it must not stand in line behind other work.
 * @param isAlone nobody else works in this DATA_DIR, so an owner that was here before is dead: nothing is waited for
 * @returns null when `stop` ended the waiting
 */
export async function leadCalls(
  { config, databaseUrl, instance, log }: Ground,
  options: { isAlone: boolean; door?: Door; stop?: AbortSignal }
): Promise<{ lease: Lease; close: () => Promise<void> } | null> {
  const { isAlone, door, stop } = options
  const file = path.join(config.dataDir, 'lease-owner')
  const last = isAlone ? lastOwner(file) : null
  const db = connect(databaseUrl, log, 1)
  const lease = await waitForLease({
    ...{ db, node: instance.node, log },
    isGone: (owner) => owner === last,
    ...(door && { door }),
    ...(stop && { stop })
  })
  if (lease === null) {
    await db.destroy()
    return null
  }
  if (isAlone) await writeFile(file, lease.fence.owner)
  const close = async (): Promise<void> => {
    await lease.release()
    await db.destroy()
  }
  return { lease, close }
}

function lastOwner(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return null
  }
}
