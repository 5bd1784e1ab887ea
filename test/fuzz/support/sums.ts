import type { Knex } from 'knex'

/** Tables that a refusal may write to: who asked, how often, and what they were told. */
const aside = /^(sessions|idempotency|audit|login|throttle|api_tokens|jobs_|knex|sign_in|personal_data_views)/

const statements = new WeakMap<Knex, string>()

/** A sum over all rows of each table: the same as long as nobody has changed one. */
export async function sumsOf(db: Knex): Promise<Map<string, string>> {
  let sql = statements.get(db)
  if (sql === undefined) {
    const { rows } = await db.raw<{ rows: { name: string }[] }>(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'`
    )
    sql = rows
      .filter(({ name }) => !aside.test(name))
      .map(
        ({ name }) =>
          `select '${name}' as name, count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) as sum from "${name}" t`
      )
      .join(' union all ')
    statements.set(db, sql)
  }
  const { rows } = await db.raw<{ rows: { name: string; sum: string }[] }>(sql)
  return new Map(rows.map(({ name, sum }) => [name, sum]))
}
