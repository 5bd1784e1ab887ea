import type { Knex } from 'knex'

/** What is used of a pooled connection: the socket under node-postgres. */
interface RawConnection {
  connection: { stream: { destroy(): void } }
}
interface RawClient {
  acquireConnection(): Promise<RawConnection>
  releaseConnection(connection: RawConnection): Promise<void>
}

/**
 * A transaction that ends within `limitMs`, whatever the server does: one that hangs (a frozen machine, a lost network)
 * has its connection cut, which fails it like any lost connection. Whether such a transaction was committed is unknown,
 * so `work` must be safe to repeat; what the server still holds of it keeps its row locks, so a repetition comes after.
 */
export async function timedTransaction<T>(
  db: Knex,
  limitMs: number,
  work: (trx: Knex.Transaction) => Promise<T>
): Promise<T> {
  const client = db.client as RawClient
  const connection = await client.acquireConnection()
  const timer = setTimeout(() => connection.connection.stream.destroy(), limitMs)
  try {
    return await db.transaction(work, { connection })
  } finally {
    clearTimeout(timer)
    await client.releaseConnection(connection)
  }
}
