import { tagList } from '../contract/calls.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'

/** So many of the last tagged calls are looked at: what people write nowadays, and a short walk in a long journal. */
const calls = 3000
const days = 90

/** The words that people put on calls. */
export const tagRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/tags',
    summary: 'Tags that calls of late have, the most used first',
    answer: tagList,
    async handle() {
      const { rows } = await db.raw<{ rows: { name: string; calls: number }[] }>(
        `select tag as name, count(*)::int as calls
         from (select tags from calls where tags <> '{}' and started_at > now() - ? * interval '1 day'
               order by started_at desc limit ?) c, unnest(c.tags) as tag
         group by tag order by count(*) desc, tag limit 100`,
        [days, calls]
      )
      return { items: rows, nextCursor: null }
    }
  })
]
