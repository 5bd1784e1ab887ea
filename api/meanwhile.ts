import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import type { Context } from './endpoint.ts'
import { ApiError } from './problems.ts'
import type { Row } from './rows.ts'

/** Settings with their mark, as they leave. */
export const marked = <T extends object>(settings: T): T & { revision: string } => ({
  ...settings,
  revision: createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)
})

/**
 * Refuses settings that were made from others than those that stand there.
 * @param at when those were saved
 * @throws ApiError changed_meanwhile
 */
export async function refuseIfOther(
  db: Knex,
  settings: object,
  { revision: wanted, at }: { revision: string | undefined; at: Date }
): Promise<void> {
  const item = marked(settings)
  if (wanted !== undefined && wanted !== item.revision) throw await changedMeanwhile(db, item, at)
}

/**
 * Refuses a change under `If-Match: "<updatedAt>"` of a thing that somebody has saved since.
 * @param read the thing as it stands, for whoever must merge
 * @throws ApiError changed_meanwhile
 */
export async function refuseIfNewer(
  db: Knex,
  req: Context['req'],
  row: Row,
  read: () => Promise<object | undefined>
): Promise<void> {
  const wanted = req.get('If-Match')?.replace(/^(W\/)?"|"$/g, '')
  const { updated_at: at } = row
  if (wanted === undefined || wanted === '*' || !(at instanceof Date) || wanted === at.toISOString()) return
  throw await changedMeanwhile(db, (await read()) ?? {}, at)
}

/** The refusal, with what stands there now and who has saved it. */
async function changedMeanwhile(db: Knex, item: object, at: Date): Promise<ApiError> {
  // A change and its audit row are one transaction, so both have its time; here it has lost its microseconds.
  const by = await db('audit as a')
    .join('users as u', 'u.id', 'a.user_id')
    .where('a.at', '>=', at)
    .where('a.at', '<', new Date(at.getTime() + 1))
    .first<{ name: string } | undefined>('u.name')
  return new ApiError('changed_meanwhile', {
    current: { item, savedBy: by?.name ?? null, savedAt: at.toISOString() }
  })
}
