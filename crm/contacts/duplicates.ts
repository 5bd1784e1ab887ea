import type { Knex } from 'knex'

export type Reason = 'email' | 'name'

export interface Pair {
  a: string
  b: string
  reasons: Reason[]
}

/** So many contacts of one name are people who happen to be called so, and not one written down twice. */
const mostOfOneName = 5

/**
 * Contacts that may be one: they share a mail, or a name of at least two words. A telephone number is never shared. Pairs
 * of which somebody has said that they are two are left out.
 * @param of only pairs with this contact
 */
export async function duplicatePairs(
  db: Knex,
  { of = null, limit = 100 }: { of?: string | null; limit?: number } = {}
): Promise<Pair[]> {
  const one = of === null ? '' : 'and :of in (x.id, y.id)'
  const mine = of === null ? '' : 'where email in (select email from contact_emails where contact_id = :of)'
  const { rows } = await db.raw<{ rows: Pair[] }>(
    `with shared as (
       select email from contact_emails ${mine} group by email having count(*) between 2 and 20
     ), named as (
       select lower(name) as name from contacts
       where btrim(name) ~ '\\S\\s+\\S' and name !~ '^[+\\d\\s()-]+$'
         ${of === null ? '' : 'and lower(name) = (select lower(name) from contacts where id = :of)'}
       group by 1 having count(*) between 2 and ${mostOfOneName}
     ), pairs as (
       select x.contact_id as a, y.contact_id as b, 'email' as reason
       from shared s join contact_emails x on x.email = s.email
       join contact_emails y on y.email = s.email and y.contact_id > x.contact_id
       union
       select x.id, y.id, 'name' from named n join contacts x on lower(x.name) = n.name
       join contacts y on lower(y.name) = n.name and y.id > x.id
     )
     select a, b, array_agg(reason order by reason) as reasons
     from pairs join contacts x on x.id = a join contacts y on y.id = b
     where not exists (select from contact_not_same n where n.a = pairs.a and n.b = pairs.b) ${one}
     group by a, b order by min(reason), max(greatest(x.created_at, y.created_at)) desc, a, b limit :limit`,
    of === null ? { limit } : { of, limit }
  )
  return rows
}

/** Somebody says that two contacts are two. */
export async function keepApart(trx: Knex, one: string, other: string, byUserId: string): Promise<void> {
  const [a, b] = [one, other].toSorted()
  await trx('contact_not_same').insert({ a, b, created_by: byUserId }).onConflict(['a', 'b']).ignore()
}
