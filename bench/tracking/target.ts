import type { Knex } from 'knex'

/** A site with one pool, for load. */
export interface Target {
  siteId: string
  key: string
  poolId: string
  origin: string
}

const domain = 'bench.example'
const numbers = 500

/**
 * Makes the site, or finds the one of the last run. Its numbers are free again at once, so that every request lends one:
 * in the time that a bench takes no pool could hold all those visitors.
 */
export async function foundTarget(db: Knex): Promise<Target> {
  await tidyTarget(db)
  const [site] = await db('sites')
    .insert({ name: 'Bench', domain, visits_per_address: 1_000_000 })
    .onConflict('domain')
    .merge(['name'])
    .returning<{ id: string; key: string }[]>(['id', 'key'])
  const [pool] = await db('number_pools')
    .insert({ name: 'Bench', site_id: site?.id })
    .onConflict('name')
    .merge(['site_id'])
    .returning<{ id: string }[]>('id')
  if (!site || !pool) throw new Error('no site')
  const rows = Array.from({ length: numbers }, (_, i) => ({
    e164: `+7496${1_000_000 + i}`,
    pool_id: pool.id
  }))
  await db('numbers').insert(rows).onConflict('e164').ignore()
  await db.raw(
    `create function let_go() returns trigger language plpgsql as $$ begin new.held_until = now(); return new; end $$`
  )
  await db.raw('create trigger let_go before update on number_slots for each row execute function let_go()')
  return { siteId: site.id, key: site.key, poolId: pool.id, origin: `https://${domain}` }
}

/** Numbers stay lent again. */
export async function tidyTarget(db: Knex): Promise<void> {
  await db.raw('drop trigger if exists let_go on number_slots')
  await db.raw('drop function if exists let_go')
}
