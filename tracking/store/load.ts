import type { Knex } from 'knex'
import type { LeaseMemory, VisitInfo } from '../attribution/memory.ts'
import type { Touch } from '../classify.ts'

interface VisitColumns {
  visit_id: string
  visitor_id: string
  site_id: string
  touch: Touch
  landing_url: string
  page_url: string
  referrer: string | null
  ga_client_id: string | null
  ym_client_id: string | null
  device: string | null
}
interface LeaseRow extends VisitColumns {
  number_id: string
  from_at: Date
  seen_at: Date
  until_at: Date
}
interface CallRow extends VisitColumns {
  number_id: string
  caller_number: string
  started_at: Date
  confidence: string
}

const visitColumns = `v.id as visit_id, v.visitor_id, v.site_id, p.touch, v.landing_url, v.page_url, v.referrer,
  v.ga_client_id, v.ym_client_id, v.device`

/** After a start: the holds of the last hour, and the calls whose callers may dial again. */
export async function loadMemory(db: Knex, memory: LeaseMemory, nowMs: number): Promise<void> {
  const leases = await db.raw<{ rows: LeaseRow[] }>(
    `select l.number_id, l.from_at, l.seen_at, l.until_at, ${visitColumns}
     from number_leases l join visits v on v.id = l.visit_id join visitors p on p.id = v.visitor_id
     where l.kind = 'lease' and l.until_at > ? order by l.from_at`,
    [new Date(nowMs - 3_600_000)]
  )
  for (const row of leases.rows) {
    const { visit_id: visitId, visitor_id: visitorId } = row
    const times = {
      fromMs: row.from_at.getTime(),
      seenMs: row.seen_at.getTime(),
      untilMs: row.until_at.getTime()
    }
    memory.hold(row.number_id, { visitId, visitorId, ...times }, infoOf(row))
  }
  const calls = await db.raw<{ rows: CallRow[] }>(
    `select c.number_id, c.caller_number, c.started_at, c.attribution_confidence as confidence, ${visitColumns}
     from calls c join visits v on v.id = c.visit_id join visitors p on p.id = v.visitor_id
       join sites s on s.id = v.site_id
     where c.caller_number is not null and c.number_id is not null
       and c.started_at > ?::timestamptz - make_interval(secs => s.redial_seconds)
     order by c.started_at`,
    [new Date(nowMs)]
  )
  for (const row of calls.rows) {
    const { visit_id: visitId, visitor_id: visitorId } = row
    const call = { visitId, visitorId, atMs: row.started_at.getTime(), confidence: Number(row.confidence) }
    memory.called(row.number_id, row.caller_number, call, infoOf(row))
  }
}

const infoOf = (row: VisitColumns): VisitInfo => ({
  visitId: row.visit_id,
  visitorId: row.visitor_id,
  siteId: row.site_id,
  touch: row.touch,
  landingUrl: row.landing_url,
  pageUrl: row.page_url,
  referrer: row.referrer,
  gaClientId: row.ga_client_id,
  ymClientId: row.ym_client_id,
  device: row.device
})
