import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { pause } from '../../host/pause.ts'
import type { Fence } from './tape-sql.ts'

/** Who waits takes a lease that was not renewed for this long. */
export const leaseMs = 3000
const renewMs = 600
const lookMs = 250
/** A process that stood still for so long may have been taken for dead. */
const gapMs = 1500
const tickMs = 200
/** A database that takes longer for one row is away. */
const answerMs = 2000

/** Where other processes reach the owner, with the sealed key to it. */
export interface Door {
  address: string
  sealedKey: string
}

/** Our claim to be the only one who leads the calls of an installation. */
export interface Lease {
  readonly fence: Fence
  /** Resolves, with why, once it is another's; never while it is ours. */
  readonly lost: Promise<string>
  /**
   * Whether we may act on Asterisk: true at once, unless this process stood still for a while; then the database is asked.
   * While that is away nobody can take the lease, and calls go on.
   */
  mayAct(): true | Promise<boolean>
  /** Asks the database now. False: it is lost. */
  confirm(): Promise<boolean>
  /** Gives it up, so that whoever waits need not wait any longer. */
  release(): Promise<void>
}

export interface LeaseOptions {
  db: Knex
  /** What is led: the installation's Asterisk. */
  node: string
  door?: Door
  /** Whether an owner is known to be dead: then nobody waits for its lease to run out. */
  isGone?: (owner: string) => boolean
  /** Ends the waiting. */
  stop?: AbortSignal
  log: Logger
}

interface LeaseRow {
  owner: string
  epoch: string
  renewals: string
  is_free: boolean
}

/**
 * Waits for a node's lease and takes it: from then on only writes with its epoch count. It is renewed until it is
 * released or lost. Whether an owner lives is judged by its renewals and our own steady clock, and only while the
 * database answers: when that comes back after minutes, the owner has its time to renew before anybody takes over.
 * @returns null when `stop` ended the waiting
 */
export async function waitForLease(options: LeaseOptions): Promise<Lease | null> {
  const { db, node, log, isGone = () => false, stop } = options
  const owner = randomUUID()
  const isStopped = (): boolean => stop?.aborted === true
  let seen = ''
  let sinceMs = 0
  let isWaiting = false
  while (!isStopped()) {
    try {
      const row = await readLease(db, node)
      const mark = row === null ? '' : `${row.owner} ${row.epoch} ${row.renewals}`
      if (row === null || mark !== seen) {
        seen = mark
        sinceMs = performance.now()
      }
      if (row === null || row.is_free || isGone(row.owner) || performance.now() - sinceMs >= leaseMs) {
        const unrenewedMs = Math.round(performance.now() - sinceMs)
        const epoch = await take(options, owner, row)
        if (epoch !== null) {
          const lease = hold(options, { node, owner, epoch }, unrenewedMs)
          if (!isStopped()) return lease
          // Told to stop while it was being taken.
          await lease.release()
        }
      }
      if (!isWaiting) log.info('Another controller leads the calls; this one waits for its turn')
      isWaiting = true
    } catch (error) {
      if (!isWaiting && stop === undefined) throw error
      log.debug({ err: error }, 'The lease cannot be looked at')
      // What was not seen cannot be judged.
      seen = ''
      sinceMs = performance.now()
    }
    await pause(lookMs, stop)
  }
  return null
}

async function readLease(db: Knex, node: string): Promise<LeaseRow | null> {
  const { rows } = await db
    .raw<{ rows: LeaseRow[] }>(
      `select owner, epoch, renewals, expires_at = '-infinity' as is_free from node_leases where node = ?`,
      [node]
    )
    .timeout(answerMs)
  return rows[0] ?? null
}

/** Takes it from exactly the owner that was seen. @returns null when somebody else was quicker */
async function take(options: LeaseOptions, owner: string, seen: LeaseRow | null): Promise<number | null> {
  const { db, node, door } = options
  const given = { node, owner, address: door?.address ?? null, key: door?.sealedKey ?? null }
  const expires = `now() + interval '${leaseMs} milliseconds'`
  const result = await (
    seen === null
      ? db.raw<{ rows: { epoch: string }[] }>(
          `insert into node_leases (node, owner, epoch, expires_at, door, door_key)
           values (:node, cast(:owner as uuid), 1, ${expires}, :address, :key)
           on conflict do nothing returning epoch`,
          given
        )
      : db.raw<{ rows: { epoch: string }[] }>(
          `update node_leases set owner = cast(:owner as uuid), epoch = epoch + 1, renewals = renewals + 1,
             expires_at = ${expires}, door = :address, door_key = :key
           where node = :node and owner = cast(:before as uuid) and epoch = :epoch and renewals = :renewals
           returning epoch`,
          { ...given, before: seen.owner, epoch: seen.epoch, renewals: seen.renewals }
        )
  ).timeout(answerMs)
  const [row] = result.rows
  return row === undefined ? null : Number(row.epoch)
}

function hold({ db, log }: LeaseOptions, fence: Fence, unrenewedMs: number): Lease {
  let isOver = false
  let isDoubtful = false
  let tickedMs = performance.now()
  let asking: Promise<boolean> | undefined
  let tell: (why: string) => void = () => undefined
  const lost = new Promise<string>((resolve) => (tell = resolve))

  function end(why: string): void {
    if (isOver) return
    isOver = true
    clearInterval(ticking)
    clearInterval(renewing)
    tell(why)
  }

  async function ask(): Promise<boolean> {
    try {
      const result = await db
        .raw<{ rowCount: number }>(
          `update node_leases set renewals = renewals + 1, expires_at = now() + interval '${leaseMs} milliseconds'
           where node = ? and owner = ?::uuid and epoch = ?`,
          [fence.node, fence.owner, fence.epoch]
        )
        .timeout(answerMs)
      if (result.rowCount === 0) end('Another controller leads the calls now')
      else isDoubtful = false
    } catch (error) {
      // Nobody can take it either.
      log.debug({ err: error }, 'The lease could not be renewed')
    }
    return !isOver
  }

  const confirm = (): Promise<boolean> => {
    if (isOver) return Promise.resolve(false)
    asking ??= ask().finally(() => (asking = undefined))
    return asking
  }

  function stoodStill(): boolean {
    const nowMs = performance.now()
    if (nowMs - tickedMs > gapMs) isDoubtful = true
    return isDoubtful
  }

  const ticking = setInterval(() => {
    stoodStill()
    tickedMs = performance.now()
  }, tickMs)
  // It never fails: it says so by its answer.
  const renewing = setInterval(() => void confirm().catch(() => undefined), renewMs)
  log.info({ epoch: fence.epoch, unrenewedMs }, 'This controller leads the calls')

  return {
    fence,
    lost,
    mayAct: () => (isOver || stoodStill() ? confirm() : true),
    confirm,
    async release() {
      if (isOver) return
      isOver = true
      clearInterval(ticking)
      clearInterval(renewing)
      await asking
      await db
        .raw(
          `update node_leases set expires_at = '-infinity' where node = ? and owner = ?::uuid and epoch = ?`,
          [fence.node, fence.owner, fence.epoch]
        )
        .timeout(answerMs)
        .catch((error: unknown) => log.debug({ err: error }, 'The lease could not be given up; it runs out'))
    }
  }
}
