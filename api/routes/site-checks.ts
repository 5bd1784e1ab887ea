import { readRetention, retentionSettings, saveRetention } from '../../tracking/store/retention.ts'
import type { TrackedSite } from '../../tracking/store/config.ts'
import { audit } from '../audit.ts'
import {
  addressCheck,
  addressVerdict,
  checkPage,
  checkPageWish,
  debugLink,
  debugLinkWish,
  trackingSettings
} from '../contract/track.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { keepPage, servedPage, verdictOf } from '../track-check.ts'

/** So long a link lets somebody look into a site. */
const lookMs = 60 * 60_000

/** "Check my site": what tracking makes of an address, of the site itself, and of a page that is pasted. */
export function siteCheckRoutes(deps: ApiDeps): Endpoint[] {
  function find(id: string): { site: TrackedSite; tracking: NonNullable<ApiDeps['tracking']> } {
    const { tracking } = deps
    if (!tracking) throw new ApiError('tracking_away')
    const site = [...tracking.config.sites.values()].find((one) => one.id === id)
    if (!site) throw new ApiError('not_found')
    return { site, tracking }
  }
  return [
    endpoint({
      route: 'POST /api/sites/:id/explain',
      summary: 'Which source an address stands for, and which pool would serve it',
      body: addressCheck,
      answer: addressVerdict,
      handle: ({ id, body }) => verdictOf(deps, find(id).site, { ...body, visitorId: null })
    }),
    endpoint({
      route: 'POST /api/sites/:id/debug-links',
      summary: 'Make an address of the site that shows what the snippet sees, for an hour',
      body: debugLinkWish,
      answer: debugLink,
      handle({ id, body }) {
        const { site, tracking } = find(id)
        const untilMs = Date.now() + lookMs
        const url = new URL(body.url)
        url.searchParams.set('vpbx_debug', tracking.debugToken(site.id, untilMs))
        return Promise.resolve({ url: url.href, until: new Date(untilMs).toISOString() })
      }
    }),
    endpoint({
      route: 'POST /api/sites/:id/check-pages',
      summary: 'Give the HTML of a page to try the snippet on, in a sandbox',
      body: checkPageWish,
      answer: checkPage,
      status: 201,
      handle({ id, body: { html, url, referrer } }) {
        const { site, tracking } = find(id)
        const token = tracking.debugToken(site.id, Date.now() + lookMs)
        const page = keepPage({ siteKey: site.key, html, url, referrer: referrer ?? '', token })
        return Promise.resolve({
          path: `/api/check-pages/${page.id}`,
          until: new Date(page.untilMs).toISOString()
        })
      }
    }),
    endpoint({
      route: 'GET /api/check-pages/:id',
      summary: 'A pasted page with the snippet on it, in a sandbox',
      raw: 'text/html',
      handle({ id, res }) {
        const page = servedPage(id)
        if (!page) throw new ApiError('not_found')
        // Instead of what holds for our own pages: this one has nothing of ours but the snippet.
        res.removeHeader('X-Frame-Options')
        res.set({
          'Content-Security-Policy': page.policy,
          'Content-Type': 'text/html; charset=utf-8',
          'Referrer-Policy': 'no-referrer'
        })
        res.end(page.html)
        return Promise.resolve()
      }
    }),
    endpoint({
      route: 'GET /api/tracking-settings',
      summary: 'How long visits and touchpoints are kept',
      answer: trackingSettings,
      handle: () => readRetention(deps.db)
    }),
    endpoint({
      route: 'PUT /api/tracking-settings',
      summary: 'Set how long visits and touchpoints are kept',
      body: retentionSettings,
      answer: trackingSettings,
      async handle(context) {
        await deps.db.transaction(async (trx) => {
          const before = await readRetention(trx)
          await saveRetention(trx, context.body)
          await audit(trx, context, {
            action: 'tracking-settings.change',
            entity: 'settings',
            entityId: 'tracking.retention',
            change: { before, after: context.body }
          })
        })
        return context.body
      }
    })
  ]
}
