import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { countersOf, LoginThrottle, refuseFor, waitAfter, windowMs } from './throttle.ts'

/** Rows whose time is over are removed by those who come, this many at a time. */
const swept = 20

/**
 * The throttle of all web ports of an installation together: attempts are counted in the database, and a restart forgets
 * none. What a process knows by itself it refuses without asking.
 */
export class SharedThrottle {
  readonly #db: Knex
  readonly #scope: string
  readonly #own: LoginThrottle
  readonly #now: () => number

  /** @param scope what is counted together; the same in all processes */
  constructor(db: Knex, scope: string, now: () => number = Date.now) {
    this.#db = db
    this.#scope = scope
    this.#own = new LoginThrottle(now)
    this.#now = now
  }

  /**
   * Counts an attempt.
   * @param device of a known browser of this login; null: a stranger so far
   * @throws ApiError too_many_attempts with the seconds to wait; database errors as they come
   */
  async begin(login: string, address: string, device: string | null = null): Promise<void> {
    this.#own.begin(login, address, device)
    const nowMs = this.#now()
    const limits = new Map(
      countersOf(login, address, device).map(([name, limit]) => [this.#keyOf(name), limit])
    )
    // In one order everywhere: two attempts at the same rows wait for each other, and never both.
    const keys = [...limits.keys()].toSorted()
    await this.#db.transaction(async (trx) => {
      const known = await trx('sign_in_tries')
        .whereIn('key', keys)
        .orderBy('key')
        .forUpdate()
        .select<{ blocked_until: Date }[]>('blocked_until')
      refuseFor(Math.max(0, ...known.map((row) => row.blocked_until.getTime() - nowMs)))
      const { rows } = await trx.raw<{ rows: { key: string; count: number }[] }>(
        `insert into sign_in_tries as t (key, count, last_at, blocked_until)
         select k, 1, :now, to_timestamp(0) from unnest(cast(:keys as text[])) as k order by k
         on conflict (key) do update set last_at = excluded.last_at,
           count = case when t.last_at < :since then 1 else t.count + 1 end
         returning key, count`,
        { keys, now: new Date(nowMs), since: new Date(nowMs - windowMs) }
      )
      for (const { key, count } of rows) {
        const limit = limits.get(key)
        const waitMs = limit ? waitAfter(count, limit) : 0
        if (waitMs > 0)
          await trx('sign_in_tries')
            .where({ key })
            .update({ blocked_until: new Date(nowMs + waitMs) })
      }
    })
    await this.#db.raw(
      `delete from sign_in_tries where key in
         (select key from sign_in_tries where last_at < ? order by last_at limit ${swept} for update skip locked)`,
      [new Date(nowMs - windowMs)]
    )
  }

  /** The password was right: the owner starts afresh, and what is shared with others gets its attempt back. */
  async succeeded(login: string, address: string, device: string | null = null): Promise<void> {
    this.#own.succeeded(login, address, device)
    const [own = '', ...shared] = countersOf(login, address, device).map(([name]) => name)
    await this.#db('sign_in_tries')
      .where({ key: this.#keyOf(own) })
      .delete()
    for (const name of shared)
      await this.#db('sign_in_tries')
        .where({ key: this.#keyOf(name) })
        .where('count', '>', 0)
        .decrement('count', 1)
  }

  /** Nothing of a login or an address is kept, and any text fits. */
  #keyOf(name: string): string {
    return createHash('sha256').update(`${this.#scope}\n${name}`).digest('base64url')
  }
}
