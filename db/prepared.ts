import type { Knex } from 'knex'

/**
 * Runs a statement that every call or visit needs: the server plans it once for each connection instead of each time.
 * Poolers between us and the server must know named statements (PgBouncer does since 1.21).
 *
 * @param name of this very text in the whole product; one name for two texts is an error of the driver
 * @param values in the text's own way: by place (`?`) or by name (`:name`)
 * @throws the driver's errors as they come
 * @see https://www.postgresql.org/docs/current/sql-prepare.html when a plan is kept
 */
export async function prepared<Row>(
  db: Knex,
  name: string,
  text: string,
  values: readonly Knex.RawBinding[] | Knex.ValueDict
): Promise<Row[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(text, values as Knex.ValueDict).options({ name })
  return rows
}
