import type { CallVisit } from '../../pbx/call/types.ts'

/** The visitor, as other systems know them: what joins ours to their reports. */
export interface ForeignIds {
  /** Yandex Metrica: ClientID. */
  metrica: string | null
  /** Google Analytics: client_id, and the session of each property by what follows `G-`. */
  ga: string | null
  gaSessions: Readonly<Record<string, string>>
  roistat: string | null
}

/** The whole way by which somebody came. */
export interface PathFacts {
  channel: string | null
  source: string | null
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  utm: Readonly<Record<string, string>>
  /** `gclid`, `gbraid`, `wbraid`, `yclid`, `ymclid`, `fbclid`, `msclkid`, of the touch that stands. */
  clickIds: Readonly<Record<string, string>>
  landingUrl: string | null
  pageUrl: string | null
  referrer: string | null
  siteId: string | null
  visitId: string | null
  visitorId: string | null
  ids: ForeignIds
  /** All cookies of other systems that the snippet has kept, by name. */
  cookies: Readonly<Record<string, string>>
}

const nobody: ForeignIds = { metrica: null, ga: null, gaSessions: {}, roistat: null }

export const noPath: PathFacts = {
  ...{ channel: null, source: null, medium: null, campaign: null, term: null, content: null },
  ...{ utm: {}, clickIds: {}, landingUrl: null, pageUrl: null, referrer: null },
  ...{ siteId: null, visitId: null, visitorId: null, ids: nobody, cookies: {} }
}

/** What a visit's row tells. */
export interface VisitRow {
  id: string
  visitor_id: string
  site_id: string
  landing_url: string
  page_url: string
  referrer: string | null
  content: string | null
  utm: Record<string, string>
  click_ids: Record<string, string>
  ga_client_id: string | null
  ym_client_id: string | null
  cookies: Record<string, string>
  /** Of the visitor's standing touch, which may be older than the visit. */
  touch: { content?: string | null; utm?: Record<string, string>; clickIds?: Record<string, string> } | null
}

/** The way of a call, as far as its tape tells. Pure. */
export function pathOfTape(visit: CallVisit | undefined): PathFacts {
  if (!visit) return noPath
  const { visitId, visitorId, landingUrl, pageUrl, referrer, utm, clickIds } = visit
  return {
    ...noPath,
    ...{ visitId, visitorId, landingUrl, pageUrl, referrer, utm, clickIds },
    content: utm['content'] ?? null,
    ids: { ...nobody, metrica: visit.ymClientId, ga: visit.gaClientId }
  }
}

/** Adds what the visit knows; what the path says already stays. Pure. */
export function withVisit(path: PathFacts, row: VisitRow | null): PathFacts {
  if (!row) return path
  const { touch, cookies } = row
  const isBare = Object.keys(path.clickIds).length === 0
  const isUnmarked = Object.keys(path.utm).length === 0
  const utm = isUnmarked ? (touch?.utm ?? row.utm) : path.utm
  return {
    ...path,
    visitId: row.id,
    visitorId: row.visitor_id,
    siteId: path.siteId ?? row.site_id,
    landingUrl: path.landingUrl ?? row.landing_url,
    pageUrl: path.pageUrl ?? row.page_url,
    referrer: path.referrer ?? row.referrer,
    content: path.content ?? touch?.content ?? row.content,
    utm,
    clickIds: isBare ? (touch?.clickIds ?? row.click_ids) : path.clickIds,
    ids: {
      metrica: path.ids.metrica ?? row.ym_client_id,
      ga: path.ids.ga ?? row.ga_client_id,
      gaSessions: gaSessionsOf(cookies),
      roistat: cookies['roistat_visit'] ?? null
    },
    cookies
  }
}

/** `_ga_ABC123` is `GS1.1.1700000000.3.1…` or `GS2.1.s1700000000$o3$g1…`: the long number is the session. */
function gaSessionsOf(cookies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cookies).flatMap(([name, value]) => {
      const property = /^_ga_(\w+)$/.exec(name)?.[1]
      const session = /^GS\d\.\d+\.s?(\d{6,})/.exec(value)?.[1]
      return property !== undefined && session !== undefined ? [[property, session]] : []
    })
  )
}
