import { randomUUID } from 'node:crypto'
import { orderCallback } from '../../dialling/callbacks.ts'
import { deviceOf } from '../../tracking/bots.ts'
import { clean } from '../../tracking/landing.ts'
import { formatNational } from '../../tracking/phones.ts'
import { identify, keepForm, noteEvent } from '../../tracking/store/events.ts'
import { beatSeconds } from '../../tracking/store/tracking.ts'
import {
  scriptQuery,
  trackCallback,
  trackCallbackAnswer,
  trackEvent,
  trackForm,
  trackFormAnswer,
  trackHeartbeat,
  trackHeartbeatAnswer,
  trackVisit,
  trackVisitAnswer,
  type TrackCallback,
  type TrackVisit
} from '../contract/track.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { sendScript } from '../track-script.ts'
import { siteOf } from '../track-door.ts'

/** What the snippet on a site asks and tells. Public: by site key, from the site's own pages, counted by address. */
export const trackRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /t.js',
    summary: 'The snippet of a site',
    query: scriptQuery,
    raw: 'text/javascript',
    async handle({ req, res, query }) {
      const site = deps.tracking?.config.sites.get(query.key)
      if (!site) throw new ApiError('unknown_site')
      await sendScript(site, req, res)
    }
  }),
  endpoint({
    route: 'POST /api/track/visits',
    summary: 'Tell of a page view and get the numbers to show',
    body: trackVisit,
    answer: trackVisitAnswer,
    async handle(context) {
      const { body } = context
      const site = siteOf(deps, body.key, context)
      if (!deps.tracking) throw new ApiError('tracking_away')
      const { state, visitorId, visitId, numbers } = await deps.tracking.visit(site, {
        view: viewOf(context),
        visitorId: body.visitor ?? randomUUID(),
        visitId: body.visit ?? null,
        groups: body.groups,
        isPage: body.isPage,
        hasConsent: body.consent
      })
      return {
        state,
        visitor: visitorId,
        visit: visitId,
        heartbeatSeconds: beatSeconds,
        numbers: numbers.map((number) => ({ ...number, formatted: formatNational(number.e164) }))
      }
    }
  }),
  endpoint({
    route: 'POST /api/track/heartbeat',
    summary: 'Tell that the page is still looked at, or left',
    body: trackHeartbeat,
    answer: trackHeartbeatAnswer,
    handle(context) {
      const { body } = context
      const site = siteOf(deps, body.key, context)
      if (!deps.tracking) throw new ApiError('tracking_away')
      return deps.tracking.heartbeat(site, {
        visitorId: body.visitor,
        visitId: body.visit,
        beatMs: body.at,
        isActive: body.active,
        isLeaving: body.leaving
      })
    }
  }),
  endpoint({
    route: 'POST /api/track/events',
    summary: 'Tell what the visitor did, or who they are',
    body: trackEvent,
    async handle(context) {
      const { kind, name, data, visitor: visitorId, visit: visitId, key } = context.body
      const ids = { siteId: siteOf(deps, key, context).id, visitorId, visitId }
      const plain = Object.fromEntries(
        Object.entries(data).map(([field, value]) => [
          clean(field),
          typeof value === 'string' ? clean(value, 1000) : value
        ])
      )
      const isKept =
        kind === 'identify'
          ? await identify(deps.db, ids, plain)
          : await noteEvent(deps.db, ids, clean(name), plain)
      if (!isKept) throw new ApiError('not_found')
    }
  }),
  endpoint({
    route: 'POST /api/track/forms',
    summary: 'Send a form of the site with the visit it belongs to',
    body: trackForm,
    answer: trackFormAnswer,
    status: 201,
    async handle(context) {
      const { body } = context
      const site = siteOf(deps, body.key, context)
      // A machine is told that all is well, and nothing is kept.
      if (body.trap) return { id: randomUUID() }
      const text = (value: string | null | undefined, longest = 300): string | null =>
        value ? clean(value, longest) || null : null
      const id = await keepForm(deps.db, {
        siteId: site.id,
        visitId: body.visit ?? null,
        visitorId: body.visitor ?? null,
        formName: text(body.form),
        name: text(body.name),
        phone: text(body.phone),
        email: text(body.email),
        message: text(body.message, 5000),
        fields: Object.fromEntries(
          Object.entries(body.fields).map(([field, value]) => [clean(field), clean(value, 2000)])
        ),
        pageUrl: text(body.url, 2000)
      })
      return { id }
    }
  }),
  endpoint({
    route: 'POST /api/track/callbacks',
    summary: 'Order a callback from a page of the site: an operator is rung first, then the visitor',
    body: trackCallback,
    answer: trackCallbackAnswer,
    status: 201,
    handle: (context) => orderFromPage(deps, context)
  })
]

function viewOf({ req, body }: Context<unknown, TrackVisit>) {
  const agent = req.get('User-Agent')
  const text = (value: string | null | undefined, longest = 300): string | null =>
    value ? clean(value, longest) || null : null
  const ids = Object.fromEntries(
    Object.entries(body.ids).map(([name, value]) => [clean(name, 40), clean(value, 200)])
  )
  const userAgent = agent === undefined ? null : clean(agent, 500)
  return {
    url: clean(body.url, 2000),
    referrer: text(body.referrer, 2000),
    title: text(body.title),
    beatMs: body.at,
    zone: text(body.zone, 60),
    language: text(body.language, 35),
    screen: text(body.screen, 20),
    device: deviceOf(userAgent),
    userAgent,
    ip: req.ip?.replace(/^::ffff:/, '') ?? null,
    // `GA1.1.123456789.987654321`: the last two parts are the client.
    gaClientId: /(\d+\.\d+)$/.exec(ids['_ga'] ?? '')?.[1] ?? null,
    ymClientId: ids['_ym_uid'] || null,
    cookies: ids
  }
}

/** Which refusals of the dialling policy will still stand when the time of the callback has come. */
const lasting = ['bad_number', 'do_not_call', 'prefix_blocked', 'country_not_allowed'] as const

async function orderFromPage(
  deps: ApiDeps,
  context: Context<unknown, TrackCallback>
): Promise<{ id: string; isMerged: boolean }> {
  const { body, req } = context
  const site = siteOf(deps, body.key, context)
  if (body.trap) return { id: randomUUID(), isMerged: false }
  const { decision, number, isEmergency } = deps.dialling.policy.explain({
    number: body.phone,
    byUserId: null,
    // Whoever types the number need not be the one who asked for no calls.
    isUnsolicited: true
  })
  const reason = decision.allowed ? undefined : lasting.find((code) => code === decision.reason)
  if (reason) throw new ApiError(reason)
  if (number === null || isEmergency) throw new ApiError('bad_number')
  if (deps.tracking?.mayOrder(site.id, req.ip ?? '', number) !== true)
    throw new ApiError('too_many_attempts', { retryAfterSeconds: 3600 })
  const wanted = { name: body.name, note: body.note }
  const visit = await deps
    .db('visits')
    .where({ id: body.visit ?? null, site_id: site.id })
    .first<{ id: string; visitor_id: string } | undefined>('id', 'visitor_id')
  const made = await orderCallback(deps.db, {
    phone: number,
    kind: 'form',
    name: wanted.name ? clean(wanted.name) : null,
    note: wanted.note ? clean(wanted.note, 2000) : null,
    atMs: body.wishedAt ? Date.parse(body.wishedAt) : null,
    siteId: site.id,
    visitId: visit?.id ?? null
  })
  if (visit) {
    const ids = { siteId: site.id, visitId: visit.id, visitorId: visit.visitor_id }
    await identify(deps.db, ids, { phone: number, ...(wanted.name && { name: clean(wanted.name) }) })
  }
  return { id: made.id, isMerged: !made.isNew }
}
