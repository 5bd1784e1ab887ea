import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createTracking, type Tracking, type VisitRequest } from '../../tracking/store/tracking.ts'
import { newVisitId } from '../../tracking/store/visits.ts'
import type { TrackedSite } from '../../tracking/store/config.ts'

export const silent = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'

export interface TestSite {
  siteId: string
  key: string
  poolId: string
  /** E.164 of the pool's members. */
  numbers: string[]
  overflow: string
  numberIds: Map<string, string>
}

let made = 0

/** A site with one pool of `count` numbers and an overflow number. */
export async function foundSite(
  db: Knex,
  count: number,
  settings: { site?: Record<string, unknown>; pool?: Record<string, unknown> } = {}
): Promise<TestSite> {
  made += 1
  const e164 = (n: number): string => `+7495${String(made).padStart(3, '0')}${String(n).padStart(4, '0')}`
  const [site] = await db('sites')
    .insert({
      name: `Site ${made}`,
      domain: `site-${made}.example`,
      number_groups: JSON.stringify([{ name: 'main', replaces: ['+74951112233'] }]),
      ...settings.site
    })
    .returning<{ id: string; key: string }[]>(['id', 'key'])
  if (!site) throw new Error('no site')
  const [overflow] = await db('numbers')
    .insert({ e164: e164(0) })
    .returning<{ id: string }[]>('id')
  if (!overflow) throw new Error('no number')
  const [pool] = await db('number_pools')
    .insert({ name: `Pool ${made}`, site_id: site.id, overflow_number_id: overflow.id, ...settings.pool })
    .returning<{ id: string }[]>('id')
  if (!pool) throw new Error('no pool')
  const numbers = Array.from({ length: count }, (_, i) => e164(i + 1))
  const numberIds = new Map([[e164(0), overflow.id]])
  if (count > 0) {
    const rows = await db('numbers')
      .insert(numbers.map((number) => ({ e164: number, pool_id: pool.id })))
      .returning<{ id: string; e164: string }[]>(['id', 'e164'])
    for (const row of rows) numberIds.set(row.e164, row.id)
  }
  return { siteId: site.id, key: site.key, poolId: pool.id, numbers, overflow: e164(0), numberIds }
}

export async function startTracking(db: Knex, databaseUrl: string, now?: () => number): Promise<Tracking> {
  const tracking = createTracking({ db, databaseUrl, log: silent, ...(now && { now }) })
  await tracking.start()
  return tracking
}

export function siteOf(tracking: Tracking, { key }: TestSite): TrackedSite {
  const site = tracking.config.sites.get(key)
  if (!site) throw new Error('the site is not known yet')
  return site
}

/** A page view of a person. */
export function pageView(
  rest: Partial<Omit<VisitRequest, 'view'>> & { view?: Partial<VisitRequest['view']> } = {}
): VisitRequest {
  const { view, ...others } = rest
  return {
    visitorId: randomUUID(),
    visitId: null,
    groups: ['main'],
    isPage: true,
    hasConsent: false,
    ...others,
    view: {
      url: 'https://site.example/?utm_source=yandex&utm_medium=cpc&utm_campaign=okna&utm_term=buy',
      referrer: null,
      title: 'Windows',
      beatMs: 1000,
      zone: 'Europe/Moscow',
      language: 'ru',
      screen: '1280x720',
      device: 'desktop',
      userAgent: chrome,
      ip: `10.0.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`,
      gaClientId: null,
      ymClientId: null,
      cookies: {},
      ...view
    }
  }
}

export const wish = (
  site: TestSite,
  visitorId: string = randomUUID(),
  rest: Record<string, unknown> = {}
) => ({
  poolId: site.poolId,
  siteId: site.siteId,
  visitorId,
  visitId: newVisitId(Date.now()),
  holdSeconds: 210,
  quarantineSeconds: 1200,
  ...rest
})
