import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createFacts } from '../../reports/facts/facts.ts'

/** A few clients whose ways are known by heart, in the first ten days of November 2026 (and one in October). */
export interface Company {
  siteId: string
  annaId: string
  calls: Record<'paidThenDirect' | 'paidThenOrganic' | 'onlyDirect' | 'unknown' | 'october', string>
}

interface Touch {
  at: string
  channel: string
  source: string
  medium: string
  campaign?: string
  keyword?: string
}

const direct = (at: string): Touch => ({ at, channel: 'direct', source: '(direct)', medium: '(none)' })
const organic = (at: string): Touch => ({ at, channel: 'organic', source: 'google', medium: 'organic' })
const paid = (at: string, keyword: string): Touch => ({
  at,
  channel: 'paid',
  source: 'yandex',
  medium: 'cpc',
  campaign: 'brand',
  keyword
})

/** Writes down what happened and lets the product count it. Times are Moscow's, as the company's days are. */
export async function fillReports(db: Knex): Promise<Company> {
  const siteId = randomUUID()
  await db('sites').insert({ id: siteId, name: 'shop.example', domain: 'shop.example' })
  const annaId = randomUUID()
  await db('users').insert({
    id: annaId,
    login: 'anna',
    name: 'Анна Смирнова',
    role: 'operator',
    password_hash: 'x'
  })

  /** @returns the visitor, and the last of their visits */
  async function visitor(touches: readonly Touch[]): Promise<{ visitor_id: string; visit_id: string }> {
    const visitorId = randomUUID()
    await db('visitors').insert({ id: visitorId, site_id: siteId, touch: {} })
    let visitId = ''
    for (const { at, channel, source, medium, campaign = null, keyword = null } of touches) {
      visitId = randomUUID()
      const way = { inquiry_channel: channel, source, medium, campaign, keyword }
      const url = `https://shop.example/${channel}`
      await db('visits').insert({
        ...way,
        id: visitId,
        visitor_id: visitorId,
        site_id: siteId,
        started_at: at,
        seen_at: at,
        landing_url: url,
        page_url: url,
        rule: channel === 'direct' ? 'direct' : channel === 'organic' ? 'organic' : 'campaign'
      })
      await db('touchpoints').insert({
        ...way,
        visitor_id: visitorId,
        visit_id: visitId,
        site_id: siteId,
        at,
        is_direct: channel === 'direct'
      })
    }
    return { visitor_id: visitorId, visit_id: visitId }
  }

  async function call(at: string, talkSeconds: number | null, more: object): Promise<string> {
    const id = randomUUID()
    const startedMs = Date.parse(at)
    const isAnswered = talkSeconds !== null
    await db('calls').insert({
      id,
      pbx_unique_id: id,
      direction: 'in',
      call_type: 'tracking_dynamic',
      started_at: at,
      answered_at: isAnswered ? new Date(startedMs + 5000) : null,
      ended_at: new Date(startedMs + 5000 + (talkSeconds ?? 0) * 1000),
      outcome: isAnswered ? 'answered' : 'missed',
      wait_seconds: 5,
      talk_seconds: talkSeconds,
      caller_region: 'Москва',
      ...(isAnswered && { operator_id: annaId, operator_name: 'Анна Смирнова' }),
      ...more
    })
    return id
  }
  const tracked = async (touches: readonly Touch[]) => ({
    ...(await visitor(touches)),
    site_id: siteId,
    landing_url: `https://shop.example/${touches.at(-1)?.channel ?? ''}`,
    attribution_confidence: 0.9
  })

  const paidThenDirect = await call('2026-11-04T10:30:00+03:00', 120, {
    ...(await tracked([paid('2026-11-02T12:00:00+03:00', 'окна'), direct('2026-11-04T10:25:00+03:00')])),
    caller_number: '+79160000001'
  })
  const paidThenOrganic = await call('2026-11-05T15:10:00+03:00', null, {
    ...(await tracked([
      paid('2026-11-03T12:00:00+03:00', 'окна цена'),
      organic('2026-11-05T15:00:00+03:00')
    ])),
    caller_number: '+79160000002'
  })
  // Called back after ten minutes.
  await call('2026-11-05T15:20:00+03:00', 60, {
    direction: 'out',
    call_type: 'click_to_call',
    caller_number: '+79160000002'
  })
  const onlyDirect = await call('2026-11-06T15:10:00+03:00', 10, {
    ...(await tracked([direct('2026-11-06T15:00:00+03:00')])),
    caller_number: '+79160000003'
  })
  const unknown = await call('2026-11-07T23:50:00+03:00', null, {
    outcome: 'abandoned',
    caller_number: '+79160000004'
  })
  const october = await call('2026-10-25T12:00:00+03:00', 90, {
    ...(await tracked([organic('2026-10-25T11:50:00+03:00')])),
    caller_number: '+79160000005'
  })

  const inquiryId = randomUUID()
  await db('inquiries').insert({
    id: inquiryId,
    kind: 'call',
    state: 'accepted',
    title: 'Окна на дачу',
    call_id: paidThenDirect,
    site_id: siteId,
    created_at: '2026-11-04T10:31:00+03:00'
  })
  const won = await db('pipeline_stages').where({ kind: 'won' }).first<{ id: string; pipeline_id: string }>()
  await db('deals').insert({
    title: 'Окна на дачу',
    pipeline_id: won.pipeline_id,
    stage_id: won.id,
    amount: 30_000,
    inquiry_id: inquiryId,
    created_at: '2026-11-04T11:00:00+03:00',
    closed_at: '2026-11-08T11:00:00+03:00'
  })
  await db('costs').insert({
    day: '2026-11-03',
    inquiry_channel: 'paid',
    source: 'yandex',
    medium: 'cpc',
    campaign: 'brand',
    keyword: 'окна',
    amount: 10_000,
    currency: 'RUB'
  })
  await createFacts({ db, log: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }) }).settle()
  return { siteId, annaId, calls: { paidThenDirect, paidThenOrganic, onlyDirect, unknown, october } }
}
