import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Moments } from '../../pbx/call/moments.ts'
import type { CallVisit, Source } from '../../pbx/call/types.ts'
import { whoVersion } from '../../tracking/attribution/who.ts'
import * as company from './company.ts'
import { insertAll } from './insert-all.ts'
import { uuidAt, type Random } from './random.ts'

type SiteKey = keyof typeof company.sites

/** Numbers that are lent to visitors of the two shops, and what each shop's own number is. */
export const pools: Record<
  SiteKey,
  { name: string; own: string; members: readonly string[]; overflow: string; weight: number }
> = {
  shop: {
    name: '«Уютный дом»: посетители',
    own: '+74950102030',
    members: Array.from({ length: 8 }, (_, i) => `+7495010204${i}`),
    overflow: '+74950102048',
    weight: 4
  },
  kitchens: {
    name: '«Кухни»: посетители',
    own: '+74950102031',
    members: Array.from({ length: 4 }, (_, i) => `+7495010205${i}`),
    overflow: '+74950102058',
    weight: 3
  }
}

/** Where visitors of the sites come from, with shares; and the pages they land on. */
const origins: Record<SiteKey, readonly (readonly [source: string, share: number])[]> = {
  shop: [
    ['direct-sofas', 30],
    ['organic', 28],
    ['google', 16],
    ['vk', 8],
    ['site', 18]
  ],
  kitchens: [
    ['direct-kitchens', 44],
    ['vk', 18],
    ['organic', 20],
    ['site', 18]
  ]
}
const landings: Record<SiteKey, readonly string[]> = {
  shop: ['/', '/divany', '/divany/uglovye', '/kresla', '/dostavka'],
  kitchens: ['/', '/kuhni', '/kuhni/loft', '/zamer']
}
const referrers: Record<string, string> = { organic: 'https://yandex.ru/', vk: 'https://vk.com/' }
const minuteMs = 60_000
const dayMs = 86_400_000
const lingerMs = 3 * minuteMs
/** Visits of people who do not call, for each call to a lent number. */
const quietPerCall = 5

interface Visit {
  id: string
  visitorId: string
  site: SiteKey
  source: company.DemoSource
  startMs: number
  endMs: number
  landing: string
  device: 'mobile' | 'desktop' | 'tablet'
  /** The number it was shown; null: the overflow number. */
  number: string | null
}

/** Pools with their numbers, which are there already; and the sites' numbers that are replaced. */
export async function insertPools(trx: Knex.Transaction): Promise<Record<SiteKey, string>> {
  const ids = { shop: randomUUID(), kitchens: randomUUID() }
  for (const [key, pool] of Object.entries(pools) as [SiteKey, (typeof pools)[SiteKey]][]) {
    const site = await trx('sites')
      .where({ domain: company.sites[key].domain, is_demo: true })
      .first<{ id: string }>('id')
    const overflow = await trx('numbers').where({ e164: pool.overflow }).first<{ id: string }>('id')
    await trx('number_pools').insert({
      ...{ id: ids[key], name: pool.name, site_id: site.id, overflow_number_id: overflow.id, is_demo: true }
    })
    await trx('numbers')
      .whereIn('e164', [...pool.members])
      .update({ pool_id: ids[key] })
    const groups = [{ name: 'main', replaces: [pool.own] }]
    await trx('sites')
      .where({ id: site.id })
      .update({ number_groups: JSON.stringify(groups) })
  }
  return ids
}

export interface VisitPlan {
  random: Random
  nowMs: number
  tapes: readonly (readonly TapeRow[])[]
  poolIds: Record<SiteKey, string>
  sources: readonly { key: string; id: string }[]
}

/** Visits behind the past calls to lent numbers, told in their tapes as they are in real ones; and visits without a call. */
export function makeVisits({ random, nowMs, tapes, poolIds, sources }: VisitPlan) {
  const visits: Visit[] = []
  const visitors = new Map<string, { id: string; contactId: string | null }>()
  const { isFree, take } = createLendings()
  const visit = (site: SiteKey, visitorId: string, startMs: number, endMs: number): Visit => {
    const key = random.weighted(origins[site])
    const source = company.sources.find((one) => one.key === key)
    if (!source) throw new Error(`There is no source ${key}`)
    return {
      ...{ id: uuidAt(random, startMs), visitorId, site, source, startMs, endMs, number: null },
      landing: random.pick(landings[site]),
      device: random.weighted([
        ['mobile', 62],
        ['desktop', 33],
        ['tablet', 5]
      ] as const)
    }
  }
  const siteOf = (number: string): SiteKey | null =>
    pools.shop.members.includes(number) ? 'shop' : pools.kitchens.members.includes(number) ? 'kitchens' : null

  const told = tapes.map((rows) => {
    // The call arrives, and is initiated once it is known where it goes.
    const place = rows.findIndex(({ type }) => type === 'call.initiated')
    const first = rows[place]
    if (first === undefined) return rows
    const withData = (data: object): TapeRow[] =>
      rows.map((row, at) => (at === place ? { ...row, data: { ...row.data, ...data } } : row))
    const data = first.data as unknown as Moments['call.initiated']
    const number = data.number?.e164 ?? ''
    const site = siteOf(number)
    if (site === null) return rows
    const startMs = first.atMs - random.whole(1, 9) * minuteMs - random.whole(0, 59_000)
    const endMs = first.atMs + random.whole(0, 2) * minuteMs
    const pool = { poolId: poolIds[site], poolName: pools[site].name }
    const isKnown = random.chance(0.92) && isFree(number, startMs, endMs + lingerMs)
    if (!isKnown) return withData({ visit: nobody(pool) })
    take(number, startMs, endMs + lingerMs)
    const name = `${site} ${data.caller.number ?? first.callId}`
    const visitor = visitors.get(name) ?? { id: uuidAt(random, startMs), contactId: data.contact?.id ?? null }
    visitors.set(name, visitor)
    const before = random.weighted([
      [0, 45],
      [1, 30],
      [2, 15],
      [3, 10]
    ] as const)
    const path = Array.from({ length: before }, () => {
      const atMs = startMs - Math.round(random.between(0.05, 18) * dayMs)
      return visit(site, visitor.id, atMs, atMs + random.whole(1, 6) * minuteMs)
    }).sort((a, b) => a.startMs - b.startMs)
    const last = { ...visit(site, visitor.id, startMs, endMs), number }
    visits.push(...path, last)
    const standing = [...path, last].findLast(({ source }) => source.inquiryChannel !== 'direct') ?? last
    const confidence = Number(random.between(0.82, 0.99).toFixed(4))
    const { visitId, visitorId } = { visitId: last.id, visitorId: visitor.id }
    const tied: CallVisit = {
      ...{ visitId, visitorId, ...pool, rule: 'holder', model: whoVersion, confidence },
      candidates: [{ visitId, visitorId, share: confidence }],
      ...{
        landingUrl: addressOf(last),
        pageUrl: addressOf(last),
        referrer: referrers[last.source.key] ?? null
      },
      ...{
        utm: utmOf(standing.source),
        clickIds: {},
        gaClientId: null,
        ymClientId: null,
        device: last.device
      }
    }
    const { name: sourceName, inquiryChannel, medium, campaign, keyword } = standing.source
    const source: Source = {
      id: sources.find(({ key }) => key === standing.source.key)?.id ?? null,
      ...{ name: sourceName, inquiryChannel, medium, campaign, keyword }
    }
    return withData({ source, visit: tied })
  })

  const starts = told.map(([first]) => first?.atMs ?? nowMs)
  const calling = visits.filter(({ number }) => number !== null).length
  for (let i = 0; i < calling * quietPerCall; i += 1) {
    const startMs = Math.min(
      nowMs - 20 * minuteMs,
      random.pick(starts) + Math.round(random.between(-3, 3) * 3_600_000)
    )
    const site = random.weighted([
      ['shop', 3],
      ['kitchens', 1]
    ] as const)
    visits.push(visit(site, uuidAt(random, startMs), startMs, startMs + random.whole(1, 6) * minuteMs))
  }
  visits.sort((a, b) => a.startMs - b.startMs)
  for (const one of visits) {
    if (one.number !== null) continue
    const until = one.endMs + lingerMs
    const free = pools[one.site].members.find((member) => isFree(member, one.startMs, until))
    if (free === undefined) continue
    one.number = free
    take(free, one.startMs, until)
  }
  return {
    tapes: told,
    visits,
    contacts: new Map([...visitors.values()].map(({ id, contactId }) => [id, contactId]))
  }
}

/** When each number was lent, by day: thousands of visits ask for every number whether it is free. */
function createLendings() {
  const lent = new Map<string, { from: number; to: number }[]>()
  function keys(number: string, from: number, to: number): string[] {
    const first = Math.floor(from / dayMs)
    const last = Math.floor(to / dayMs)
    return Array.from({ length: last - first + 1 }, (_, day) => `${number} ${first + day}`)
  }
  return {
    /** Nobody has it then, nor in the minute before and after. */
    isFree: (number: string, from: number, to: number): boolean =>
      keys(number, from - minuteMs, to + minuteMs).every((key) =>
        (lent.get(key) ?? []).every((one) => to + minuteMs < one.from || from > one.to + minuteMs)
      ),
    take(number: string, from: number, to: number): void {
      for (const key of keys(number, from, to)) {
        const known = lent.get(key)
        if (known) known.push({ from, to })
        else lent.set(key, [{ from, to }])
      }
    }
  }
}

const nobody = (pool: { poolId: string; poolName: string }): CallVisit => ({
  ...{
    visitId: null,
    visitorId: null,
    ...pool,
    rule: 'unknown',
    model: whoVersion,
    confidence: 0,
    candidates: []
  },
  ...{ landingUrl: null, pageUrl: null, referrer: null, utm: {}, clickIds: {} },
  ...{ gaClientId: null, ymClientId: null, device: null }
})

function utmOf({
  inquiryChannel,
  name,
  medium,
  campaign,
  keyword
}: company.DemoSource): Record<string, string> {
  if (inquiryChannel === 'direct' || inquiryChannel === 'organic') return {}
  return {
    source: name,
    ...(medium !== null && { medium }),
    ...(campaign !== null && { campaign }),
    ...(keyword !== null && { term: keyword })
  }
}

/** Of the few pages with their few origins, each for thousands of visits. */
const addresses = new Map<string, string>()

function addressOf({ site, landing, source }: Visit): string {
  const key = `${site} ${landing} ${source.key}`
  const known = addresses.get(key) ?? makeAddress(site, landing, source)
  addresses.set(key, known)
  return known
}

function makeAddress(site: SiteKey, landing: string, source: company.DemoSource): string {
  const url = new URL(landing, `https://${company.sites[site].domain}`)
  for (const [name, value] of Object.entries(utmOf(source))) url.searchParams.set(`utm_${name}`, value)
  return url.href
}

/** Writes visits with what belongs to them: visitors, touchpoints, and the numbers that were lent. */
export async function insertVisits(
  trx: Knex.Transaction,
  { visits, contacts }: Pick<ReturnType<typeof makeVisits>, 'visits' | 'contacts'>,
  poolIds: Record<SiteKey, string>
): Promise<void> {
  const numbers = await trx('numbers')
    .where({ is_demo: true })
    .select<{ id: string; e164: string }[]>('id', 'e164')
  const siteRows = await trx('sites')
    .where({ is_demo: true })
    .select<{ id: string; domain: string }[]>('id', 'domain')
  const numberId = (e164: string): string => numbers.find((one) => one.e164 === e164)?.id ?? ''
  const siteId = (site: SiteKey): string =>
    siteRows.find(({ domain }) => domain === company.sites[site].domain)?.id ?? ''
  const iso = (ms: number): string => new Date(ms).toISOString()
  const pathOf = ({ source }: Visit) => ({
    ...{ inquiry_channel: source.inquiryChannel, source: source.name, medium: source.medium ?? '(none)' },
    ...{ campaign: source.campaign, keyword: source.keyword }
  })
  const newest = new Map<string, { first: Visit; last: Visit }>()
  for (const one of visits)
    newest.set(one.visitorId, { first: newest.get(one.visitorId)?.first ?? one, last: one })
  const visitors = [...newest].map(([id, { first, last }]) => ({
    id,
    site_id: siteId(last.site),
    created_at: iso(first.startMs),
    seen_at: iso(last.endMs),
    touch: {
      inquiryChannel: last.source.inquiryChannel,
      source: last.source.name,
      medium: last.source.medium ?? '(none)',
      ...{ campaign: last.source.campaign, keyword: last.source.keyword, content: null },
      ...{ utm: utmOf(last.source), clickIds: {} }
    },
    touch_at: iso(last.startMs),
    contact_id: contacts.get(id) ?? null,
    identity: {}
  }))
  await insertAll(trx, 'visitors', visitors)
  const rows = visits.map((one) => ({
    ...{ id: one.id, visitor_id: one.visitorId, site_id: siteId(one.site) },
    ...{ started_at: iso(one.startMs), seen_at: iso(one.endMs), left_at: iso(one.endMs), beat_ms: one.endMs },
    ...{ landing_url: addressOf(one), page_url: addressOf(one), page_title: null, page_count: 1 },
    pages: [{ at: iso(one.startMs), url: addressOf(one) }],
    referrer: referrers[one.source.key] ?? null,
    rule: ruleOf(one.source.inquiryChannel),
    ...pathOf(one),
    ...{ utm: utmOf(one.source), click_ids: {}, cookies: {} },
    ...{ zone: 'Europe/Moscow', language: 'ru', device: one.device }
  }))
  await insertAll(trx, 'visits', rows)
  const touchpoints = visits.map((one) => ({
    ...{ visitor_id: one.visitorId, visit_id: one.id, site_id: siteId(one.site), at: iso(one.startMs) },
    ...{ is_direct: one.source.inquiryChannel === 'direct', ...pathOf(one) }
  }))
  await insertAll(trx, 'touchpoints', touchpoints)
  const leases = visits.map((one) => ({
    id: one.id,
    kind: one.number === null ? 'overflow' : 'lease',
    number_id: numberId(one.number ?? pools[one.site].overflow),
    ...{ pool_id: poolIds[one.site], site_id: siteId(one.site), visit_id: one.id, visitor_id: one.visitorId },
    ...{
      is_stolen: false,
      from_at: iso(one.startMs),
      seen_at: iso(one.endMs),
      until_at: iso(one.endMs + lingerMs)
    }
  }))
  await insertAll(trx, 'number_leases', leases)
}

const ruleOf = (inquiryChannel: string): string =>
  inquiryChannel === 'direct' ? 'direct' : inquiryChannel === 'organic' ? 'organic' : 'campaign'

/** Leases and touchpoints hang on nothing that is deleted with the sites; run it before those go. */
export async function wipeVisits(trx: Knex.Transaction): Promise<void> {
  const sites = trx('sites').where({ is_demo: true }).select('id')
  for (const table of ['number_leases', 'touchpoints', 'visit_events', 'visits', 'visitors'])
    await trx(table).whereIn('site_id', sites.clone()).delete()
  await trx('number_pools').where({ is_demo: true }).delete()
}
