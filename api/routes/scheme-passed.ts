import { companyZone } from '../company-zone.ts'
import { schemePassed } from '../contract/schemes.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'

/**
 * A call's steps do not say of which scheme they are: those after its last `goto` are of the scheme in which it ended,
 * those before the first of the one in which it began.
 */
const passedToday = `
with today as (
  select id, scheme_id, steps from calls
  where direction = 'in' and started_at >= date_trunc('day', now() at time zone :zone) at time zone :zone
    and (scheme_id = :id or steps @> '[{"exit":"goto"}]')
), placed as (
  select t.id, t.scheme_id, s.value ->> 'block' as block,
    count(*) filter (where s.value ->> 'exit' = 'goto') over (partition by t.id order by s.n) -
      cast(coalesce(s.value ->> 'exit', '') = 'goto' as int) as part,
    count(*) filter (where s.value ->> 'exit' = 'goto') over (partition by t.id) as parts
  from today t cross join lateral jsonb_array_elements(t.steps) with ordinality as s(value, n)
)
select block, cast(count(distinct id) as int) as count from placed p
where (part = parts and scheme_id = :id) or (part = 0 and parts > 0 and exists (
  select from call_events e where e.call_id = p.id and e.type = 'call.initiated' and e.data -> 'scheme' ->> 'id' = cast(:id as text)))
group by block`

/** How many calls went through each block of a scheme today, for its picture. */
export const schemePassedRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/schemes/:id/passed',
    summary: 'How many calls of today went through each block',
    answer: schemePassed,
    async handle({ id }) {
      await findRow(db, 'schemes', id)
      const zone = await companyZone(db)
      const { rows } = await db.raw<{ rows: { block: string; count: number }[] }>(passedToday, { id, zone })
      return { blocks: Object.fromEntries(rows.map(({ block, count }) => [block, count])) }
    }
  })
]
