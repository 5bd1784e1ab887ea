import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { sumColumns, type Sums } from '../../../reports/queries/measures.ts'

export const noSite = '00000000-0000-0000-0000-000000000000'

/** A path that something came by. @returns its id */
export async function insertPath(
  db: Knex,
  path: { inquiry_channel: string; source?: string; medium?: string; campaign?: string; keyword?: string }
): Promise<number> {
  const [row] = await db('report_paths').insert(path).returning<{ id: number }[]>('id')
  if (!row) throw new Error('No path came back')
  return row.id
}

export interface SumsOf extends Partial<Sums> {
  cut: string
  day: string
  model?: string
  site_id?: string
  path_id?: number
  key?: string
}

/** Sums of a day in whole calls: written as the millionths that the table holds. */
export async function insertSums(db: Knex, ...rows: SumsOf[]): Promise<void> {
  await db('report_sums').insert(
    rows.map((row) => ({
      ...row,
      model: row.model ?? (row.cut === 'source' ? 'lastNonDirect' : ''),
      ...Object.fromEntries(sumColumns.map((column) => [column, Math.round((row[column] ?? 0) * 1e6)]))
    }))
  )
}

export async function insertSite(db: Knex, domain: string): Promise<string> {
  const [row] = await db('sites').insert({ name: domain, domain }).returning<{ id: string }[]>('id')
  if (!row) throw new Error('No site came back')
  return row.id
}

export const uuid = (): string => randomUUID()
