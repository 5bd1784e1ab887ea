import type { Knex } from 'knex'
import { usageThings, type UsageThing } from './contract/settings-words.ts'
import type { Row } from './rows.ts'
import { restorable, tableOf } from './usage-tables.ts'

/** So long can a deletion be taken back. */
const keptMinutes = 10

export const isUsageThing = (things: string): things is UsageThing =>
  (usageThings as readonly string[]).includes(things)

interface Kept {
  things: UsageThing | 'companies'
  row: Row
  parts: Record<string, Row[]>
}

/** Keeps a row with its parts for a short while, before it is deleted in the same transaction. */
export async function keepDeleted(
  trx: Knex.Transaction,
  things: UsageThing,
  id: string,
  userId: string
): Promise<void> {
  const parts: Record<string, Row[]> = {}
  for (const table of restorable[things]?.parts ?? []) {
    const column = table === 'group_members' ? 'group_id' : 'list_id'
    parts[table] = await jsonOf(trx, table, column, id)
  }
  const [row] = await jsonOf(trx, tableOf(things), 'id', id)
  await trx('deleted_things').where('deleted_at', '<', expiry()).delete()
  await trx('deleted_things')
    .insert({ id, things, row: JSON.stringify(row), parts: JSON.stringify(parts), deleted_by: userId })
    .onConflict('id')
    .merge()
}

/** Keeps a company with the contacts that belong to it, before it is deleted in the same transaction. */
export async function keepCompany(trx: Knex.Transaction, id: string, userId: string): Promise<void> {
  const [row] = await jsonOf(trx, 'companies', 'id', id)
  const contacts = await trx('contacts').where({ company_id: id }).select<Row[]>('id')
  await trx('deleted_things').where('deleted_at', '<', expiry()).delete()
  await trx('deleted_things')
    .insert({
      ...{ id, things: 'companies', deleted_by: userId },
      ...{ row: JSON.stringify(row), parts: JSON.stringify({ contacts }) }
    })
    .onConflict('id')
    .merge()
}

/**
 * Puts a deleted row back as it was, with the same id.
 * @returns null when it is not kept (any more)
 */
export async function restoreDeleted(trx: Knex.Transaction, id: string): Promise<Kept | null> {
  const [kept] = await trx('deleted_things')
    .where({ id })
    .where('deleted_at', '>=', expiry())
    .delete()
    .returning<Kept[]>(['things', 'row', 'parts'])
  if (!kept) return null
  if (kept.things === 'companies') {
    await put(trx, 'companies', [kept.row])
    // Whoever has been given to another company since stays there.
    await trx('contacts')
      .whereIn(
        'id',
        (kept.parts['contacts'] ?? []).map((each) => String(each['id']))
      )
      .where({ company_id: null })
      .update({ company_id: id })
    return kept
  }
  await put(trx, tableOf(kept.things), [kept.row])
  for (const [table, rows] of Object.entries(kept.parts)) await put(trx, table, rows)
  return kept
}

/** Every column as the database writes it, so that nothing is lost on the way back. */
async function jsonOf(trx: Knex, table: string, column: string, id: string): Promise<Row[]> {
  const { rows } = await trx.raw<{ rows: { row: Row }[] }>(
    'select to_jsonb(t) as row from ?? as t where ?? = ?',
    [table, column, id]
  )
  return rows.map(({ row }) => row)
}

async function put(trx: Knex, table: string, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    await trx.raw('insert into ?? select * from jsonb_populate_record(cast(null as ??), cast(? as jsonb))', [
      table,
      table,
      JSON.stringify(row)
    ])
  }
}

const expiry = (): Date => new Date(Date.now() - keptMinutes * 60_000)
