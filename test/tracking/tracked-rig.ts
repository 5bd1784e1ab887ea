import { randomUUID } from 'node:crypto'
import type { ApiDeps } from '../../api/deps.ts'
import { createTracking, type Tracking } from '../../tracking/store/tracking.ts'
import { startRig, type Answer, type Rig } from '../api/support/rig.ts'
import { chrome, foundSite, silent, type TestSite } from './site.ts'

/** An address that has had its share. */
export const flooding = '203.0.113.9'

export type TrackedRig = Awaited<ReturnType<typeof startTrackedRig>>

/**
 * The whole API with tracking, and browsers on sites.
 * @param more parts for the API than these tests usually have
 */
export async function startTrackedRig(more: (deps: ApiDeps) => ApiDeps = (deps) => deps) {
  const made: { tracking?: Tracking; url: string } = { url: '' }
  const rig: Rig = await startRig({
    before: (deps, url) => {
      const tracking = createTracking({ db: deps.db, databaseUrl: url, log: silent })
      Object.assign(made, { tracking, url })
      const admit = (address: string): boolean => address !== flooding && tracking.admit(address)
      return { ...more(deps), tracking: Object.assign(Object.create(tracking) as Tracking, { admit }) }
    }
  })
  const { tracking } = made
  if (!tracking) throw new Error('no tracking')
  await tracking.start()
  let addresses = 0

  async function site(
    count: number,
    settings?: Parameters<typeof foundSite>[2]
  ): Promise<TestSite & { origin: string }> {
    const found = await foundSite(rig.db, count, settings)
    await tracked.reload()
    const { domain = '' } = tracked.config.sites.get(found.key) ?? {}
    return { ...found, origin: `https://${domain}` }
  }
  /** A browser at an address of its own. */
  function browser({ key, origin }: { key: string; origin: string }, headers: Record<string, string> = {}) {
    addresses += 1
    const own = {
      Origin: origin,
      'User-Agent': chrome,
      'X-Forwarded-For': `198.51.${Math.floor(addresses / 250)}.${addresses % 250}`,
      'Content-Type': 'text/plain;charset=UTF-8',
      ...headers
    }
    const visitor = randomUUID()
    const post = (path: string, body: object): Promise<Answer> =>
      rig.request('POST', `/api/track/${path}`, { body: { key, visitor, ...body }, headers: own })
    return {
      visitor,
      post,
      visit: (body: object = {}) =>
        post('visits', {
          url: `${origin}/?utm_source=yandex&utm_medium=cpc&utm_campaign=okna`,
          at: 1,
          groups: ['main'],
          ...body
        })
    }
  }

  const tracked = tracking
  return {
    rig,
    tracking: tracked,
    databaseUrl: made.url,
    site,
    browser,
    async close() {
      await tracked.stop()
      await rig.close()
    }
  }
}
