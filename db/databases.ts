import pg from 'pg'

/** The same server and login, another database. */
export function urlOfDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(name)}`
  return changed.toString()
}

/**
 * Makes a database unless it is there already.
 * @param adminUrl any database of the same server; the login must be allowed to create databases
 * @returns the URL of the database
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await withClient(adminUrl, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  })
  return urlOfDatabase(adminUrl, name)
}

/**
 * Copies a database that nobody is connected to, such as a migrated template of the tests.
 * @returns the URL of the copy
 */
export async function cloneDatabase(adminUrl: string, template: string, name: string): Promise<string> {
  await withClient(adminUrl, async (client) => {
    // Files are copied as they are, which is half the work of writing each page of them to the log.
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)} strategy file_copy`
    )
  })
  return urlOfDatabase(adminUrl, name)
}

/** Removes a database, cutting off whoever is connected to it; a missing one is fine. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
  })
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
