import type { Knex } from 'knex'
import type { Api } from './api.ts'
import { quantile } from './api.ts'

/** A page of the journal that people often ask for; each time with other values. */
interface Question {
  name: string
  query(values: Values, n: number): string
}

/** What stands in the database, to ask for. */
interface Values {
  operators: string[]
  sites: string[]
  numbers: string[]
  pools: string[]
  contacts: string[]
  visitors: string[]
  callers: string[]
  campaigns: string[]
  keywords: string[]
  sources: string[]
  regions: string[]
  /** The last day, and a month before. */
  today: string
  weekAgo: string
  monthAgo: string
}

const at = (list: readonly string[], n: number): string => encodeURIComponent(list[n % list.length] ?? '')

export const questions: Question[] = [
  { name: 'everything', query: () => '' },
  { name: 'the last week', query: ({ weekAgo, today }) => `from=${weekAgo}&to=${today}` },
  { name: 'an operator', query: ({ operators }, n) => `operatorId=${at(operators, n)}` },
  {
    name: 'three operators',
    query: ({ operators }, n) =>
      `operatorId=${at(operators, n)},${at(operators, n + 7)},${at(operators, n + 19)}`
  },
  { name: 'two outcomes', query: () => 'outcome=missed,abandoned' },
  { name: 'missed and not returned', query: () => 'isMissed=true&isReturned=false' },
  {
    name: 'counted calls of a month',
    query: ({ monthAgo, today }) => `isCounted=true&from=${monthAgo}&to=${today}`
  },
  { name: 'a site', query: ({ sites }, n) => `siteId=${at(sites, n)}` },
  { name: 'a number', query: ({ numbers }, n) => `numberId=${at(numbers, n)}` },
  {
    name: 'a channel',
    query: (_, n) => `inquiryChannel=${['paid', 'organic', 'direct', 'offline'][n % 4] ?? ''}`
  },
  { name: 'a source', query: ({ sources }, n) => `source=${at(sources, n)}` },
  { name: 'a campaign', query: ({ campaigns }, n) => `campaign=${at(campaigns, n)}` },
  { name: 'a keyword', query: ({ keywords }, n) => `keyword=${at(keywords, n)}` },
  {
    name: 'a keyword, in a month',
    query: ({ keywords, monthAgo, today }, n) => `keyword=${at(keywords, n)}&from=${monthAgo}&to=${today}`
  },
  {
    name: 'a source under a model',
    query: ({ sources }, n) => `model=lastNonDirect&source=${at(sources, n)}`
  },
  {
    name: 'a campaign under a model, in a month',
    query: ({ campaigns, monthAgo, today }, n) =>
      `model=linear&campaign=${at(campaigns, n)}&from=${monthAgo}&to=${today}`
  },
  { name: 'a region', query: ({ regions }, n) => `region=${at(regions, n)}` },
  { name: 'a caller, whole number', query: ({ callers }, n) => `search=${at(callers, n)}` },
  {
    name: 'last digits of a caller',
    query: ({ callers }, n) => `search=${(callers[n % callers.length] ?? '').slice(-6)}`
  },
  { name: 'a name that nobody has', query: () => 'search=zyxwvut' },
  { name: 'a contact', query: ({ contacts }, n) => `contactId=${at(contacts, n)}` },
  { name: 'a visitor', query: ({ visitors }, n) => `visitorId=${at(visitors, n)}` },
  { name: 'a tag', query: (_, n) => `tag=${['vip', 'complaint', 'delivery', 'warranty'][n % 4] ?? ''}` },
  { name: 'first calls', query: () => 'isFirstCall=true' },
  { name: 'target calls', query: () => 'isTarget=true' },
  { name: 'spam', query: () => 'isSpam=true' },
  { name: 'with a visit', query: () => 'hasVisit=true' },
  { name: 'talks over five minutes', query: () => 'minTalkSeconds=300' },
  { name: 'talks over half an hour', query: () => 'minTalkSeconds=1800' },
  { name: 'bad ratings', query: () => 'rating=1,2' },
  { name: 'Mondays at nine', query: () => 'weekday=1&hour=9' },
  { name: 'longest talks', query: () => 'sort=-talkSeconds' },
  {
    name: 'longest talks of a month',
    query: ({ monthAgo, today }) => `sort=-talkSeconds&from=${monthAgo}&to=${today}`
  },
  {
    name: 'longest waits of an operator',
    query: ({ operators }, n) => `sort=-waitSeconds&operatorId=${at(operators, n)}`
  },
  {
    name: 'longest calls of two outcomes',
    query: () => 'sort=-totalSeconds&outcome=abandoned,voicemail'
  },
  { name: 'shortest talks', query: () => 'sort=talkSeconds' },
  { name: 'worst ratings first', query: () => 'sort=rating' },
  { name: 'most faithful clients', query: () => 'sort=-callNumber' },
  { name: 'voice mail', query: () => 'outcome=voicemail' },
  { name: 'a pool', query: ({ pools }, n) => `poolId=${at(pools, n)}` },
  { name: 'a landing page', query: (_, n) => `landingPath=shop${1 + (n % 5)}.example/p${n % 40}` },
  { name: 'part of a landing page', query: (_, n) => `landing=example/p${n % 40}` },
  {
    name: 'three digits of a caller',
    query: ({ callers }, n) => `search=${(callers[n % callers.length] ?? '').slice(-3)}`
  },
  {
    name: 'a name, in another alphabet, that nobody has',
    query: () => `search=${encodeURIComponent('Щукин')}`
  },
  { name: 'a name that many have', query: () => 'search=Client' },
  {
    name: 'an operator’s long target calls that were answered',
    query: ({ operators }, n) =>
      `operatorId=${at(operators, n)}&outcome=answered&isTarget=true&minTalkSeconds=600`
  }
]

export interface PageFigures {
  name: string
  first: { p50: number; p95: number }
  deep: { p50: number; p95: number } | null
}

/** Delays of first pages, and of pages far down: after the thirtieth day, or among middling values of what is sorted by. */
export async function measureJournal(db: Knex, api: Api, times: number): Promise<PageFigures[]> {
  const values = await valuesOf(db)
  const figures: PageFigures[] = []
  for (const { name, query } of questions) {
    const paths = Array.from({ length: times }, (_, n) => `/api/calls?limit=50&${query(values, n)}`)
    const [path = ''] = paths
    const cursor = path.includes('from=')
      ? null
      : await deepCursor(db, /sort=([-\w]+)/.exec(path)?.[1] ?? '-startedAt')
    const first = await delays(api, paths)
    const deep = cursor
      ? await delays(
          api,
          paths.map((one) => `${one}&cursor=${cursor}`)
        )
      : null
    figures.push({ name, first, deep })
  }
  return figures
}

async function delays(api: Api, paths: readonly string[]): Promise<{ p50: number; p95: number }> {
  const found: number[] = []
  for (const path of paths) found.push((await api.timed(path)).ms)
  found.sort((a, b) => a - b)
  return { p50: quantile(found, 0.5), p95: quantile(found, 0.95) }
}

const middling: Record<string, [column: string, value: string]> = {
  talkSeconds: ['talk_seconds', '60'],
  waitSeconds: ['wait_seconds', '5'],
  totalSeconds: ['total_seconds', '60'],
  rating: ['rating', '3'],
  callNumber: ['call_number', '2']
}

/** A cursor as the API writes it, of a place far down the list. */
async function deepCursor(db: Knex, sort: string): Promise<string | null> {
  const [column, value] = middling[sort.replace('-', '')] ?? []
  const { rows } = await db.raw<{ rows: { value: string; id: string }[] }>(
    column === undefined || value === undefined
      ? `select cast(started_at as text) as value, id from calls
         where started_at > (select min(started_at) from calls) + interval '30 days' order by started_at limit 1`
      : `select cast(${column} as text) as value, id from calls where ${column} = ${value} limit 1`
  )
  const [row] = rows
  return row ? Buffer.from(JSON.stringify([sort, false, row.value, row.id])).toString('base64url') : null
}

async function valuesOf(db: Knex): Promise<Values> {
  const list = async (sql: string): Promise<string[]> =>
    (await db.raw<{ rows: { value: string }[] }>(sql)).rows.map(({ value }) => value)
  const some = (column: string): Promise<string[]> =>
    list(`select distinct ${column}::text as value from (select ${column} from calls where ${column} is not null
      order by started_at desc limit 5000) c limit 40`)
  const days = await list(
    `select (cast(max(started_at) at time zone 'Europe/Moscow' as date) - back)::text as value
     from calls cross join (values (0), (6), (30)) as b(back) group by back order by back`
  )
  return {
    operators: await list(`select id as value from users where login like 'operator%' order by login`),
    sites: await list(`select id as value from sites order by id`),
    numbers: await list(`select id as value from numbers order by hashtext(id::text) limit 40`),
    pools: await list(`select id as value from number_pools order by id`),
    contacts: await some('contact_id'),
    visitors: await some('visitor_id'),
    callers: await some('caller_number'),
    campaigns: await list(
      `select distinct campaign as value from report_paths where campaign <> '' order by 1`
    ),
    keywords: await list(`select distinct keyword as value from report_paths where keyword <> '' order by 1`),
    sources: await list(`select distinct source as value from report_paths order by 1`),
    regions: await some('caller_region'),
    ...{ today: days[0] ?? '', weekAgo: days[1] ?? '', monthAgo: days[2] ?? '' }
  }
}
