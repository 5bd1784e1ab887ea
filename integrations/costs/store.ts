import type { Knex } from 'knex'
import type { CostRow } from './core/read.ts'

/** What all costs of one import have in common. */
export interface CostOrigin {
  readonly importId: string | null
  readonly inquiryChannel: string
  readonly siteId: string | null
  readonly createdBy: string | null
}
/** Which costs a file stands for: those of its sources, on its site, in its days. */
export interface CostScope {
  readonly pairs: readonly { source: string; medium: string }[]
  readonly siteId: string | null
  readonly from: string
  readonly to: string
}

const rowsPerStatement = 2000

/** `1234` → `12.34`: text, so that nothing is lost on the way to the database. */
export const decimalOf = (cents: number): string => (cents / 100).toFixed(2)

/** Inserts costs, thousands with one statement. @returns their ids */
export async function insertCosts(
  trx: Knex.Transaction,
  rows: readonly CostRow[],
  { importId, inquiryChannel, siteId, createdBy }: CostOrigin
): Promise<string[]> {
  const ids: string[] = []
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const part = rows
      .slice(from, from + rowsPerStatement)
      .map(({ cents, ...rest }) => ({ ...rest, amount: decimalOf(cents) }))
    const { rows: made } = await trx.raw<{ rows: { id: string }[] }>(
      `insert into costs (day, source, medium, campaign, keyword, amount, currency, clicks, impressions, note,
         import_id, inquiry_channel, site_id, created_by)
       select r.*, cast(:importId as uuid), cast(:inquiryChannel as text), cast(:siteId as uuid), cast(:createdBy as uuid)
       from jsonb_to_recordset(cast(:rows as jsonb)) as r (day date, source text, medium text, campaign text,
         keyword text, amount numeric, currency text, clicks int, impressions int, note text)
       returning id`,
      { importId, inquiryChannel, siteId, createdBy, rows: JSON.stringify(part) }
    )
    ids.push(...made.map(({ id }) => id))
  }
  return ids
}

const inScope = `day between cast(:from as date) and cast(:to as date) and site_id is not distinct from cast(:siteId as uuid)
  and (source, medium) in (select source, medium from jsonb_to_recordset(cast(:pairs as jsonb)) as p (source text, medium text))`

const bound = ({ pairs, siteId, from, to }: CostScope) => ({ from, to, siteId, pairs: JSON.stringify(pairs) })

/** How much is there already of what a file stands for. */
export async function costsInScope(
  db: Knex,
  scope: CostScope
): Promise<{ currency: string; amount: number; costs: number }[]> {
  const { rows } = await db.raw<{ rows: { currency: string; amount: string; costs: number }[] }>(
    `select currency, sum(amount) as amount, cast(count(*) as int) as costs from costs where ${inScope}
     group by currency order by currency`,
    bound(scope)
  )
  return rows.map((row) => ({ ...row, amount: Number(row.amount) }))
}

/** Puts aside the costs that an import replaces. @returns how many */
export async function setAside(trx: Knex.Transaction, importId: string, scope: CostScope): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `with gone as (delete from costs where ${inScope} returning *)
     insert into costs_replaced (import_id, of_import_id, cost)
     select cast(:importId as uuid), gone.import_id, to_jsonb(gone) from gone`,
    { ...bound(scope), importId }
  )
  return rowCount
}

/** Removes the costs of an import and brings back those that it had put aside. */
export async function takeBack(trx: Knex.Transaction, importId: string): Promise<void> {
  await trx('costs').where({ import_id: importId }).delete()
  // Sites and users may be gone by now.
  await trx.raw(
    `with back as (delete from costs_replaced where import_id = :importId returning cost)
     insert into costs
     select (jsonb_populate_record(null::costs, cost || jsonb_build_object(
       'site_id', (select id from sites where id = cast(cost->>'site_id' as uuid)),
       'created_by', (select id from users where id = cast(cost->>'created_by' as uuid))))).* from back`,
    { importId }
  )
}

/** One import, undo or run of a connector at a time: each looks at what is there and then changes it. */
export async function lockCosts(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtext('ringtrace.costs'))`)
}

/** Sums of cents by currency, as they are stored with an import. */
export function totalsOf(
  rows: readonly Pick<CostRow, 'cents' | 'currency'>[]
): { currency: string; amount: number }[] {
  const sums = new Map<string, number>()
  for (const { cents, currency } of rows) sums.set(currency, (sums.get(currency) ?? 0) + cents)
  return [...sums].sort().map(([currency, cents]) => ({ currency, amount: cents / 100 }))
}

/** The first and the last day of some costs; null of none. */
export function rangeOf(rows: readonly Pick<CostRow, 'day'>[]): { from: string; to: string } | null {
  const [first] = rows
  if (!first) return null
  let from = first.day
  let to = first.day
  for (const { day } of rows) {
    if (day < from) from = day
    if (day > to) to = day
  }
  return { from, to }
}

/** Each source with its medium, once. */
export function pairsOf(
  rows: readonly Pick<CostRow, 'source' | 'medium'>[]
): { source: string; medium: string; rows: number }[] {
  const pairs = new Map<string, { source: string; medium: string; rows: number }>()
  for (const { source, medium } of rows) {
    const key = `${source}\u0000${medium}`
    const pair = pairs.get(key)
    if (pair) pair.rows += 1
    else pairs.set(key, { source, medium, rows: 1 })
  }
  return [...pairs.values()]
}
