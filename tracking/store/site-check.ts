import type { Knex } from 'knex'
import { explain, type Explanation } from '../explain.ts'
import { choosePool } from '../pools.ts'
import type { TrackedSite } from './config.ts'
import type { ShownNumber } from './tracking.ts'
import { findVisitor } from './visits.ts'

export interface CheckQuestion {
  url: string
  referrer: string | null
  zone: string | null
  /** Whose visit is under way; null: a newcomer's first page. */
  visitorId: string | null
}

/** A number that a visitor holds now. */
export interface Held {
  group: string
  pool: string
  e164: string
  until: string
}

export interface CheckAnswer extends Explanation {
  held: Held[]
}

/** What tracking would make of an address on a site, and what the visitor holds. Writes nothing. */
export async function checkAddress(
  db: Knex,
  site: TrackedSite,
  ownHosts: readonly string[],
  question: CheckQuestion,
  nowMs: number
): Promise<CheckAnswer> {
  const { visitorId } = question
  const known =
    visitorId === null ? null : await findVisitor(db, site.id, visitorId, site.attributionMs, nowMs)
  const asked = { ...question, before: known?.before ?? null, landingUrl: known?.visit?.landingUrl }
  const held = await db('number_slots as s')
    .join('number_pools as p', 'p.id', 's.pool_id')
    .where({ 's.visitor_id': visitorId, 'p.site_id': site.id })
    .where('s.held_until', '>', new Date(nowMs))
    .select<{ group: string; pool: string; e164: string; until: Date }[]>(
      'p.group_name as group',
      'p.name as pool',
      's.e164',
      's.held_until as until'
    )
  return {
    ...explain({ ...site, ownHosts }, asked, nowMs),
    held: held.map((one) => ({ ...one, until: one.until.toISOString() }))
  }
}

/** The numbers that a visit from an address would see, one of its pool for an example: nothing is lent. */
export async function exampleNumbers(
  db: Knex,
  site: TrackedSite,
  { found, path }: Explanation,
  zone: string | null,
  groups: readonly string[]
): Promise<ShownNumber[]> {
  const numbers: ShownNumber[] = []
  for (const group of new Set(groups)) {
    const pool = choosePool(site.pools, group, { touch: found.current, zone, path })
    if (!pool) continue
    const slot =
      pool.mode === 'static'
        ? undefined
        : await db('number_slots')
            .where({ pool_id: pool.id })
            .orderBy('e164')
            .first<{ e164: string } | undefined>('e164')
    if (slot) numbers.push({ group, e164: slot.e164, kind: 'lease' })
    else if (pool.overflow) {
      const kind = pool.mode === 'static' ? 'static' : 'overflow'
      numbers.push({ group, e164: pool.overflow.e164, kind })
    }
  }
  return numbers
}
