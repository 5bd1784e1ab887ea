import knex, { type Knex } from 'knex'
import type { Logger } from 'pino'

interface Connection {
  query(text: string, done: (error: unknown) => void): void
}

/** A pool whose commits do not wait for the disk: for rows that a crash of the server may cost. */
export function connectUnhurried(url: string, log: Logger): Knex {
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'ringtrace-visits',
      connectionTimeoutMillis: 3000
    },
    pool: {
      min: 0,
      max: 8,
      acquireTimeoutMillis: 5000,
      propagateCreateError: true,
      // A statement, not an option of the connection: poolers between us and the server refuse those.
      afterCreate: (connection: Connection, done: (error: unknown, connection: Connection) => void) => {
        connection.query('set synchronous_commit = off', (error) => done(error, connection))
      }
    },
    acquireConnectionTimeout: 5000
  })
  db.on('error', (error: unknown) => log.warn({ err: error }, 'A database connection failed'))
  return db
}
