import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import { direct, type Before, type Classified, type Touch } from '../classify.ts'

/** What a page view tells, cleaned and cut. */
export interface PageView {
  url: string
  referrer: string | null
  title: string | null
  /** The visitor's own clock, ms. */
  beatMs: number
  zone: string | null
  language: string | null
  screen: string | null
  device: string
  userAgent: string | null
  ip: string | null
  gaClientId: string | null
  ymClientId: string | null
  cookies: Record<string, string>
}

/** A visitor as the database knows them. */
export interface KnownVisitor {
  before: Before
  touchAtMs: number
  visit: { id: string; startedMs: number; landingUrl: string; referrer: string | null } | null
}

interface VisitorRow {
  touch: Touch
  touch_at: Date
  seen_at: Date
  visit_id: string | null
  started_at: Date
  landing_url: string
  referrer: string | null
  visit_seen_at: Date | null
}

/** Finds a visitor of this site with the newest visit; null for strangers, and for ids of another site. */
export async function findVisitor(
  db: Knex,
  siteId: string,
  visitorId: string,
  windowMs: number,
  nowMs: number
): Promise<KnownVisitor | null> {
  const [row] = await prepared<VisitorRow>(
    db,
    'find_visitor',
    `select v.touch, v.touch_at, v.seen_at, l.id as visit_id, l.started_at, l.landing_url, l.referrer,
       l.seen_at as visit_seen_at
     from visitors v left join lateral (
       select id, started_at, seen_at, landing_url, referrer from visits
       where visitor_id = v.id order by started_at desc limit 1
     ) l on true
     where v.id = ? and v.site_id = ?`,
    [visitorId, siteId]
  )
  if (!row) return null
  const touchAtMs = row.touch_at.getTime()
  // A source stands for as long as a call may follow it; after that the visitor is as good as new.
  const touch = nowMs - touchAtMs > windowMs ? direct : row.touch
  return {
    before: { touch, seenMs: (row.visit_seen_at ?? row.seen_at).getTime() },
    touchAtMs,
    visit:
      row.visit_id === null
        ? null
        : {
            id: row.visit_id,
            startedMs: row.started_at.getTime(),
            landingUrl: row.landing_url,
            referrer: row.referrer
          }
  }
}

/**
 * Writes a visit that begins: visitor, visit and touchpoint in one statement. False when the visitor's id belongs
 * to another site.
 * @param isNewcomer write it only for an id that nobody has; false when somebody has it
 */
export async function openVisit(
  db: Knex,
  ids: { siteId: string; visitorId: string; visitId: string },
  view: PageView,
  found: Classified,
  isNewcomer = false
): Promise<boolean> {
  const { touch, current, rule } = found
  const rows = await prepared(
    db,
    'open_visit',
    `with visitor as (
       insert into visitors (id, site_id, touch, ga_client_id, ym_client_id)
       values (:visitorId, :siteId, :current, :gaClientId, :ymClientId)
       on conflict (id) do update set seen_at = now(),
         touch = excluded.touch,
         touch_at = case when :isDirect then visitors.touch_at else now() end,
         ga_client_id = coalesce(excluded.ga_client_id, visitors.ga_client_id),
         ym_client_id = coalesce(excluded.ym_client_id, visitors.ym_client_id)
       where visitors.site_id = :siteId and not cast(:isNewcomer as boolean)
       returning id
     ), visit as (
       insert into visits (id, visitor_id, site_id, beat_ms, landing_url, page_url, page_title, pages, referrer, rule,
         inquiry_channel, source, medium, campaign, keyword, content, utm, click_ids, zone, language, device, screen,
         user_agent, ip, ga_client_id, ym_client_id, cookies)
       select cast(:visitId as uuid), visitor.id, cast(:siteId as uuid), cast(:beatMs as bigint), :url, :url, :title,
         jsonb_build_array(jsonb_build_object('at', now(), 'url', cast(:url as text))), :referrer, :rule,
         :channel, :source, :medium, :campaign, :keyword, 
         :content, cast(:utm as jsonb), cast(:clickIds as jsonb), :zone, :language, :device,
         :screen, :userAgent, cast(:ip as inet), :gaClientId, :ymClientId, cast(:cookies as jsonb)
       from visitor
       returning id
     )
     insert into touchpoints (visitor_id, visit_id, site_id, is_direct, inquiry_channel, source, medium, campaign, keyword)
     select cast(:visitorId as uuid), visit.id, cast(:siteId as uuid), cast(:isDirect as boolean), :channel, :source, :medium, :campaign, :keyword from visit
     returning id`,
    {
      ...ids,
      ...columnsOf(view),
      current: JSON.stringify(current),
      rule,
      isNewcomer,
      isDirect: rule === 'direct',
      channel: touch.inquiryChannel,
      source: touch.source,
      medium: touch.medium,
      campaign: touch.campaign,
      keyword: touch.keyword,
      content: touch.content,
      utm: JSON.stringify(touch.utm),
      clickIds: JSON.stringify(touch.clickIds)
    }
  )
  return rows.length > 0
}

/** Writes one more page of a visit. */
export async function continueVisit(db: Knex, visitId: string, view: PageView): Promise<void> {
  await prepared(
    db,
    'continue_visit',
    `update visits set seen_at = now(), left_at = null, page_count = page_count + 1, page_url = :url,
       page_title = :title, beat_ms = :beatMs,
       pages = case when jsonb_array_length(pages) >= 50 then pages
                    else pages || jsonb_build_object('at', now(), 'url', cast(:url as text)) end,
       ga_client_id = coalesce(:gaClientId, ga_client_id), ym_client_id = coalesce(:ymClientId, ym_client_id)
     where id = :visitId`,
    { ...columnsOf(view), visitId }
  )
}

/** What other systems have given a visitor. */
export type ForeignIds = Pick<PageView, 'gaClientId' | 'ymClientId' | 'cookies'>

/** More than all of them together. */
const mostCookies = 40

/** Adds to a visit what other systems have given the visitor since its page was written. */
export async function addForeignIds(
  db: Knex,
  { visitId, visitorId }: { visitId: string; visitorId: string },
  { gaClientId, ymClientId, cookies }: ForeignIds
): Promise<void> {
  await prepared(
    db,
    'add_foreign_ids',
    `update visits set cookies = cookies || cast(:cookies as jsonb),
       ga_client_id = coalesce(:gaClientId, ga_client_id), ym_client_id = coalesce(:ymClientId, ym_client_id)
     where id = :visitId and visitor_id = :visitorId
       and (select count(*) from jsonb_object_keys(cookies)) < ${mostCookies}`,
    { visitId, visitorId, gaClientId, ymClientId, cookies: JSON.stringify(cookies) }
  )
}

function columnsOf({ cookies, ...view }: PageView) {
  return { ...view, cookies: JSON.stringify(cookies) }
}

/** A UUIDv7: rows of one time lie together in the index. */
export function newVisitId(nowMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
