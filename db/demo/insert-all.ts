import type { Knex } from 'knex'

const rowsPerStatement = 4000

/** One statement for thousands of rows: they travel as JSON, and PostgreSQL takes them apart by the table's own types. */
export async function insertAll(
  trx: Knex.Transaction,
  table: string,
  rows: readonly object[]
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const part = rows.slice(from, from + rowsPerStatement)
    const columns = Object.keys(part[0] ?? {})
    await trx.raw(
      `insert into ?? (${columns.map(() => '??').join(', ')})
       select ${columns.map(() => '??').join(', ')} from jsonb_populate_recordset(null::${table}, ?::jsonb)`,
      [table, ...columns, ...columns, JSON.stringify(part)]
    )
  }
}
