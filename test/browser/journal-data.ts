import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { insertCall } from '../api/support/calls.ts'

/** The call with a recording and a visit. */
export const heldCall = '22222222-2222-4222-8222-222222222222'

const clients = ['Ирина Соколова', 'ООО «Ромашка»', null, 'Пётр Лебедев', null]
const campaigns = ['Окна Москва', 'Двери', null]

/** Thirty calls: ten missed, of which five were called back, and one with everything. @returns its recording's id */
export async function seedJournal(db: Knex): Promise<string> {
  const [recordingId, visitId, visitorId, poolId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const [site] = await db('sites')
    .insert({ name: 'Окна', domain: 'okna.example' })
    .returning<{ id: string }[]>('id')
  const source = {
    inquiry_channel: 'paid',
    source: 'yandex',
    medium: 'cpc',
    campaign: 'Окна Москва',
    keyword: 'окна купить'
  }
  await db('visitors').insert({ id: visitorId, site_id: site?.id, touch: JSON.stringify(source) })
  const pages = [
    { at: '2026-11-20T09:55:00+00:00', url: 'https://okna.example/?utm_source=yandex' },
    { at: '2026-11-20T09:57:10+00:00', url: 'https://okna.example/price' }
  ]
  await db('visits').insert({
    ...{ id: visitId, visitor_id: visitorId, site_id: site?.id, started_at: '2026-11-20T09:55:00Z' },
    ...{ landing_url: pages[0]?.url, page_url: pages[1]?.url, page_count: 2, pages: JSON.stringify(pages) },
    ...{
      rule: 'campaign',
      ...source,
      device: 'desktop',
      ip: '203.0.113.7',
      user_agent: 'Mozilla/5.0 (X11; Linux)'
    }
  })
  await db('touchpoints').insert({
    ...{
      visitor_id: visitorId,
      visit_id: visitId,
      site_id: site?.id,
      at: '2026-11-20T09:55:00Z',
      is_direct: false
    },
    ...source
  })
  for (let n = 0; n < 29; n += 1) {
    const isMissed = n < 10
    const talk = 20 + n * 7
    await insertCall(db, {
      started_at: new Date(Date.UTC(2026, 10, 19, 8, n * 13)),
      ended_at: new Date(Date.UTC(2026, 10, 19, 8, n * 13 + 3)),
      outcome: isMissed ? 'missed' : 'answered',
      returned_at: isMissed && n < 5 ? new Date(Date.UTC(2026, 10, 19, 15, n)) : null,
      caller_number: `+7916${String(1_112_200 + n * 37)}`,
      caller_region: n % 2 === 0 ? 'Москва' : 'Казань',
      contact_name: clients[n % clients.length],
      contact_id: clients[n % clients.length] ? randomUUID() : null,
      dialed_number: '+74951112233',
      source_name: ['Яндекс.Директ', 'Google', 'Визитка'][n % 3],
      campaign: campaigns[n % campaigns.length],
      operator_name: isMissed ? null : 'Анна Белова',
      operator_id: isMissed ? null : randomUUID(),
      wait_seconds: 3 + n,
      talk_seconds: isMissed ? null : talk,
      total_seconds: talk + 10,
      is_target: !isMissed && n % 2 === 0,
      is_first_call: n % 3 === 0,
      call_number: 1 + (n % 3),
      is_unique: n % 3 === 0,
      is_repeat: false,
      rating: isMissed ? null : 3 + (n % 3)
    })
  }
  await insertCall(db, {
    ...{ id: heldCall, started_at: '2026-11-20T10:00:00Z', ended_at: '2026-11-20T10:02:00Z' },
    ...{
      caller_number: '+79161234567',
      caller_region: 'Москва',
      caller_country: 'RU',
      contact_id: randomUUID(),
      contact_name: 'Мария Орлова'
    },
    ...{ dialed_number: '+74951112233', operator_name: 'Анна Белова', operator_id: randomUUID(), rating: 5 },
    ...{
      source_name: 'Яндекс.Директ',
      inquiry_channel: 'paid',
      medium: 'cpc',
      campaign: 'Окна Москва',
      keyword: 'окна купить'
    },
    ...{ wait_seconds: 8, talk_seconds: 104, clean_talk_seconds: 104, total_seconds: 120 },
    ...{
      is_target: true,
      is_first_call: true,
      call_number: 1,
      is_unique: true,
      is_repeat: false,
      site_id: site?.id
    },
    ...{ visit_id: visitId, visitor_id: visitorId, pool_id: poolId, pool_name: 'Окна, весь сайт' },
    ...{ attribution_model: 'lastNonDirect', attribution_confidence: 0.93, landing_url: pages[0]?.url },
    ...{
      page_url: pages[1]?.url,
      device: 'desktop',
      utm: JSON.stringify({ source: 'yandex', medium: 'cpc' })
    },
    attribution: JSON.stringify({
      rule: 'holder',
      candidates: [
        { visitId, visitorId, share: 0.93 },
        { visitId: randomUUID(), visitorId: randomUUID(), share: 0.06 }
      ]
    }),
    ...{ recording_id: recordingId, recording_state: 'ready', recording_seconds: 20 }
  })
  await seedLegs(db)
  await db('call_events').insert({
    ...{ call_id: heldCall, seq: 1, at: '2026-11-20T10:00:00Z', type: 'call.ended', to_phase: 'ended' }
  })
  await db('recordings').insert({
    ...{ id: recordingId, call_id: heldCall, leg: 'a1', kind: 'talk', state: 'ready', file: recordingId }
  })
  return recordingId
}

/** Two operators had the call, and the line of one of them was weak. */
async function seedLegs(db: Knex): Promise<void> {
  const at = { started_at: '2026-11-20T10:00:00Z', answered_at: '2026-11-20T10:00:08Z' }
  await db('call_legs').insert([
    { ...at, call_id: heldCall, leg: 'a1', user_name: 'Анна Белова' },
    { ...at, call_id: heldCall, leg: 'a2', user_name: 'Олег Мартынов' }
  ])
  const good = { mos: 4.36, worst_mos: 4.2, rtt_ms: 38, jitter_ms: 2.4, loss: 0.001, seconds: 64 }
  const weak = { mos: 3.72, worst_mos: 2.9, rtt_ms: 210, jitter_ms: 34, loss: 0.041, seconds: 40 }
  await db('leg_quality').insert([
    { call_id: heldCall, leg: 'a1', ...good },
    { call_id: heldCall, leg: 'a2', ...weak, problems: ['loss', 'jitter'], reconnects: 1 }
  ])
}
