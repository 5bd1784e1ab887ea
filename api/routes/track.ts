import { randomUUID } from 'node:crypto'
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
  trackExplain,
  addressVerdict,
  trackForm,
  trackFormAnswer,
  trackHeartbeat,
  trackHeartbeatAnswer,
  trackVisit,
  trackVisitAnswer,
  type TrackVisit
} from '../contract/track.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { callbackProgress, widgetState } from '../contract/widget.ts'
import { orderFromPage, progressOf, stateOfWidget } from '../track-callback.ts'
import { siteOf } from '../track-door.ts'
import { sendPart, sendScript } from '../track-script.ts'
import { verdictOf } from '../track-check.ts'

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
    route: 'GET /t-widget.js',
    summary: 'The callback widget of a site, which the snippet loads',
    query: scriptQuery,
    raw: 'text/javascript',
    handle: ({ req, res, query }) => sendPart(deps, 'widget', query.key, req, res)
  }),
  endpoint({
    route: 'GET /t-debug.js',
    summary: 'The list of what the snippet sees, which it loads for those who look into a site',
    query: scriptQuery,
    raw: 'text/javascript',
    handle: ({ req, res, query }) => sendPart(deps, 'debug', query.key, req, res)
  }),
  endpoint({
    route: 'POST /api/track/visits',
    summary: 'Tell of a page view and get the numbers to show',
    body: trackVisit,
    answer: trackVisitAnswer,
    async handle(context) {
      const { body } = context
      const site = siteOf(deps, body.key, context, body.check)
      if (!deps.tracking) throw new ApiError('tracking_away')
      const isTried = body.check !== undefined
      if (isTried && !deps.tracking.isDebug(site.id, body.check ?? '')) throw new ApiError('wrong_origin')
      const { state, visitorId, visitId, numbers } = await deps.tracking[isTried ? 'tryVisit' : 'visit'](
        site,
        {
          view: viewOf(context),
          visitorId: body.visitor ?? randomUUID(),
          visitId: body.visit ?? null,
          groups: body.groups,
          isPage: body.isPage,
          hasConsent: body.consent
        }
      )
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
        isLeaving: body.leaving,
        found: body.ids === undefined ? null : foreignIdsOf(body.ids)
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
      if (deps.tracking?.maySend(site.id, context.req.ip ?? '') !== true)
        throw new ApiError('too_many_attempts', { retryAfterSeconds: 3600 })
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
  }),
  endpoint({
    route: 'GET /api/track/callbacks/:id',
    summary: 'How a callback stands, for the visitor who ordered it',
    answer: callbackProgress,
    handle({ id, res }) {
      // Whoever has the id ordered it: nobody can guess it, and it tells nothing of anybody.
      res.set('Access-Control-Allow-Origin', '*')
      return progressOf(deps, id)
    }
  }),
  endpoint({
    route: 'GET /api/track/widget',
    summary: 'Whether somebody calls back now, and when a call may be wished for',
    query: scriptQuery,
    answer: widgetState,
    handle({ res, query }) {
      if (!deps.tracking?.config.sites.has(query.key)) throw new ApiError('unknown_site')
      res.set('Access-Control-Allow-Origin', '*')
      return Promise.resolve(stateOfWidget(deps))
    }
  }),
  endpoint({
    route: 'POST /api/track/explain',
    summary: 'What tracking makes of a page, for somebody who looks into the site',
    body: trackExplain,
    answer: addressVerdict,
    handle(context) {
      const { key, token, visitor, ...question } = context.body
      const site = siteOf(deps, key, context, token)
      if (deps.tracking?.isDebug(site.id, token) !== true) throw new ApiError('forbidden')
      return verdictOf(deps, site, { ...question, visitorId: visitor ?? null })
    }
  })
]

function viewOf({ req, body }: Context<unknown, TrackVisit>) {
  const agent = req.get('User-Agent')
  const text = (value: string | null | undefined, longest = 300): string | null =>
    value ? clean(value, longest) || null : null
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
    ...foreignIdsOf(body.ids)
  }
}

/** Ids that other systems have given a visitor. */
function foreignIdsOf(given: Readonly<Record<string, string>>) {
  const cookies = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [clean(name, 40), clean(value, 200)])
  )
  return {
    // `GA1.1.123456789.987654321`: the last two parts are the client.
    gaClientId: /(\d+\.\d+)$/.exec(cookies['_ga'] ?? '')?.[1] ?? null,
    ymClientId: cookies['_ym_uid'] || null,
    cookies
  }
}
