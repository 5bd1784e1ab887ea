import fc from 'fast-check'
import type { Knex } from 'knex'

/** Something that happens to the raw tables. `n` chooses among what is there; nothing happens when there is nothing. */
export type Deed =
  | { do: 'call'; call: CallWish }
  | {
      do: 'spam' | 'rate' | 'removeCall' | 'removeDeal' | 'removeForm' | 'moveDeal' | 'askDeal'
      n: number
      to: number
    }
  | { do: 'attribute'; n: number; visitor: number | null }
  | { do: 'join'; visitor: number; contact: number | null }
  | { do: 'form' | 'callback'; minute: number; visitor: number | null; source: number | null }
  | {
      do: 'inquiry'
      minute: number
      of: 'call' | 'form' | 'callback' | 'manual'
      n: number
      path: number
      who: number | null
    }
  | { do: 'inquiryState'; n: number; to: number }
  | {
      do: 'deal'
      minute: number
      inquiry: number | null
      amount: number
      currency: number
      stage: number
      path: number
    }
  | { do: 'exchange'; currency: number; day: number; rate: number }
  | { do: 'stageKind'; isWon: boolean }
  | { do: 'settle' }

interface CallWish {
  minute: number
  direction: 'in' | 'out'
  client: number | null
  outcome: number
  talk: number
  site: number | null
  visitor: number | null
  source: number | null
  operator: number | null
  place: number
  rating: number | null
  confidence: number
}

/** Ids that are the same in every run. */
const uuid = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`
export const worldStart = Date.parse('2026-03-27T21:30:00Z')
const minutes = 5 * 24 * 60
const outcomes = ['answered', 'answered', 'answered', 'missed', 'abandoned', 'voicemail', 'blocked']
const stages = ['new', 'won', 'lost'] as const
const currencies = ['RUB', 'USD', 'EUR']
/** Channel, source, medium, campaign, keyword. */
const paths: (string | null)[][] = [
  ['paid', 'yandex', 'cpc', 'Окна', 'купить окна'],
  ['paid', 'yandex', 'cpc', null, null],
  ['organic', 'google', 'organic', null, null],
  ['direct', '(direct)', '(none)', null, null],
  [null, null, null, null, null],
  ['offline', 'Banner', '', null, 'x'.repeat(310)]
]
const pathOf = (n: number) => {
  const [inquiry_channel, source, medium, campaign, keyword] = paths[n % paths.length] ?? []
  const cut = (text: string | null | undefined) => text?.slice(0, 300) ?? null
  return { inquiry_channel, source, medium, campaign, keyword: cut(keyword) }
}

const minute = fc.integer({ min: 0, max: minutes })
const among = (count: number) => fc.nat({ max: count - 1 })
const perhaps = (count: number) => fc.option(among(count), { nil: null, freq: 3 })
const call: fc.Arbitrary<CallWish> = fc.record({
  minute,
  direction: fc.constantFrom('in', 'in', 'in', 'out'),
  client: fc.option(among(4), { nil: null, freq: 8 }),
  outcome: among(outcomes.length),
  talk: fc.constantFrom(0, 5, 29, 30, 31, 600),
  site: perhaps(2),
  visitor: perhaps(5),
  source: perhaps(paths.length),
  operator: perhaps(3),
  place: among(4),
  rating: perhaps(6),
  confidence: fc.nat({ max: 10_000 })
})
const n = fc.nat({ max: 50 })
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('call' as const), call }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('spam', 'rate', 'removeCall', 'removeDeal', 'removeForm', 'moveDeal', 'askDeal'),
      ...{ n, to: among(3) }
    })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('attribute' as const), n, visitor: perhaps(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('join' as const), visitor: among(5), contact: perhaps(2) })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('form', 'callback'),
      ...{ minute, visitor: perhaps(5), source: perhaps(paths.length) }
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('inquiry' as const),
      of: fc.constantFrom('call', 'call', 'form', 'callback', 'manual'),
      ...{ minute, n, path: among(paths.length), who: perhaps(3) }
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('inquiryState' as const), n, to: among(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('deal' as const),
      ...{ minute, inquiry: perhaps(20), amount: fc.nat({ max: 99_999_99 }), currency: among(3) },
      ...{ stage: among(3), path: among(paths.length) }
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('exchange' as const),
      ...{
        currency: fc.constantFrom(1, 2),
        day: fc.nat({ max: 6 }),
        rate: fc.integer({ min: 1, max: 99_999 })
      }
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stageKind' as const), isWon: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ do: 'settle' as const }) }
)

export interface History {
  touches: { visitor: number; minute: number; path: number }[]
  deeds: Deed[]
  isPerSite: boolean
  timeZone: string
}
export const history: fc.Arbitrary<History> = fc.record({
  touches: fc.array(fc.record({ visitor: among(5), minute, path: among(4) }), { maxLength: 25 }),
  deeds: fc.array(deed, { minLength: 5, maxLength: 60 }),
  isPerSite: fc.boolean(),
  timeZone: fc.constantFrom('Europe/Moscow', 'Europe/Berlin', 'America/St_Johns')
})

const at = (minute: number): Date => new Date(worldStart + minute * 60_000)
const operator = (n: number | null): string | null => (n === null ? null : uuid(5, n))
const visitorId = (n: number | null): string | null => (n === null ? null : uuid(2, n))

/** An empty company with two sites, five visitors and what they saw. */
export async function begin(db: Knex, { touches, isPerSite, timeZone }: History): Promise<void> {
  await db.raw(`truncate calls, credits, report_paths, report_sums, report_visits, report_dirty_days, fact_queue, visits, visitors,
    touchpoints, form_submissions, callbacks, inquiries, deals, deal_stage_changes, currency_rates, sites, contacts, sources,
    pipelines, pipeline_stages, users, settings restart identity cascade`)
  const rules = { targetSeconds: 30, saleCycleDays: 2, uniqueDays: 1, isPerSite }
  await db('settings').insert([
    { key: 'reports.rules', value: JSON.stringify(rules) },
    { key: 'company.timeZone', value: JSON.stringify(timeZone) }
  ])
  const insert = (table: string, rows: object[]): Promise<unknown> =>
    rows.length > 0 ? db(table).insert(rows) : Promise.resolve()
  await insert(
    'users',
    [0, 1, 2].map((k) => ({
      id: uuid(5, k),
      login: `u${k}`,
      name: `U${k}`,
      role: 'operator',
      password_hash: 'x'
    }))
  )
  await insert(
    'sites',
    [0, 1].map((k) => ({
      id: uuid(1, k),
      name: `S${k}`,
      domain: `s${k}.ru`,
      attribution_days: k === 0 ? 30 : 2
    }))
  )
  await insert(
    'contacts',
    [0, 1].map((k) => ({ id: uuid(3, k), name: `C${k}` }))
  )
  await insert(
    'sources',
    paths.map((_, k) => ({
      id: uuid(6, k),
      name: `Source ${k}`,
      inquiry_channel: 'offline',
      medium: k % 2 ? 'm' : null
    }))
  )
  await insert(
    'visitors',
    [0, 1, 2, 3, 4].map((k) => ({ id: uuid(2, k), site_id: uuid(1, k % 2), touch: '{}' }))
  )
  const seen = touches.map((touch, k) => ({
    ...{ visitor_id: uuid(2, touch.visitor), visit_id: uuid(4, k), site_id: uuid(1, touch.visitor % 2) },
    ...{ at: at(touch.minute), path: { ...pathOf(touch.path) } }
  }))
  await insert(
    'touchpoints',
    seen.map(({ path, ...touch }) => ({ ...touch, ...path, is_direct: path.inquiry_channel === 'direct' }))
  )
  await insert(
    'visits',
    seen.map(({ path, visit_id, at: started_at, ...touch }, k) => ({
      ...{ id: visit_id, started_at, ...touch, ...path, rule: 'direct', page_url: 'x' },
      landing_url: `https://S.ru/page${k % 3}?utm_source=x#top`
    }))
  )
  await insert('pipelines', [{ id: uuid(7, 0), name: 'P' }])
  await insert(
    'pipeline_stages',
    stages.map((name, k) => ({
      id: uuid(8, k),
      pipeline_id: uuid(7, 0),
      name,
      kind: k === 0 ? 'open' : name,
      position: k
    }))
  )
}

/** Does one thing to the raw tables. */
export async function act(db: Knex, deed: Deed, number: number): Promise<void> {
  const nth = async (table: string, n: number): Promise<string | null> => {
    const rows = await db(table).orderBy('id').select<{ id: string }[]>('id')
    return rows[n % Math.max(1, rows.length)]?.id ?? null
  }
  const id = uuid(100, number)
  switch (deed.do) {
    case 'call':
      await db('calls').insert(callRow(id, deed.call))
      return
    case 'spam':
      await db('calls')
        .where({ id: await nth('calls', deed.n) })
        .update({ is_spam: db.raw('not is_spam') })
      return
    case 'rate':
      await db('calls')
        .where({ id: await nth('calls', deed.n) })
        .update({ rating: deed.to + 1 })
      return
    case 'removeCall':
      await db('calls')
        .where({ id: await nth('calls', deed.n) })
        .delete()
      return
    case 'removeDeal':
      await db('deals')
        .where({ id: await nth('deals', deed.n) })
        .delete()
      return
    case 'removeForm':
      await db('form_submissions')
        .where({ id: await nth('form_submissions', deed.n) })
        .delete()
      return
    case 'moveDeal':
      await db('deals')
        .where({ id: await nth('deals', deed.n) })
        .update({ stage_id: uuid(8, deed.to) })
      return
    case 'askDeal':
      await db('deals')
        .where({ id: await nth('deals', deed.n) })
        .update({ inquiry_id: await nth('inquiries', deed.n) })
      return
    case 'attribute':
      await db('calls')
        .where({ id: await nth('calls', deed.n) })
        .update({ visitor_id: visitorId(deed.visitor), visit_id: deed.visitor === null ? null : uuid(4, 0) })
      return
    case 'join':
      await db('visitors')
        .where({ id: uuid(2, deed.visitor) })
        .update({ contact_id: deed.contact === null ? null : uuid(3, deed.contact) })
      return
    case 'form':
      await db('form_submissions').insert({
        ...{ id, at: at(deed.minute), visitor_id: visitorId(deed.visitor) },
        site_id: uuid(1, (deed.visitor ?? 0) % 2)
      })
      return
    case 'callback':
      await db('callbacks').insert({
        ...{ id, created_at: at(deed.minute), phone: '+79990000000', kind: 'form', state: 'done' },
        visit_id: deed.visitor === null ? null : await nth('visits', deed.visitor),
        source_id: deed.source === null ? null : uuid(6, deed.source)
      })
      return
    case 'inquiry': {
      const tables = { call: 'calls', form: 'form_submissions', callback: 'callbacks' } as const
      const of = deed.of === 'manual' ? null : await nth(tables[deed.of], deed.n)
      await db('inquiries')
        .insert({
          ...{ id, kind: deed.of, title: 'T', created_at: at(deed.minute), ...pathOf(deed.path) },
          ...(deed.of !== 'manual' && { [`${deed.of}_id`]: of }),
          responsible_id: operator(deed.who),
          visit_id: deed.n % 2 ? await nth('visits', deed.n) : null,
          site_id: deed.n % 3 ? null : uuid(1, 1)
        })
        .onConflict()
        .ignore()
      return
    }
    case 'inquiryState':
      await db('inquiries')
        .where({ id: await nth('inquiries', deed.n) })
        .update({ state: ['new', 'spam', 'closed'][deed.to], responsible_id: operator(deed.to) })
      return
    case 'deal':
      await db('deals').insert({
        ...{
          id,
          title: 'D',
          pipeline_id: uuid(7, 0),
          stage_id: uuid(8, deed.stage),
          amount: deed.amount / 100
        },
        ...{ currency: currencies[deed.currency], created_at: at(deed.minute), ...pathOf(deed.path) },
        inquiry_id: deed.inquiry === null ? null : await nth('inquiries', deed.inquiry)
      })
      return
    case 'exchange':
      await db('currency_rates')
        .insert({
          currency: currencies[deed.currency],
          day: at(deed.day * 24 * 60)
            .toISOString()
            .slice(0, 10),
          rate: deed.rate / 1000
        })
        .onConflict(['currency', 'day'])
        .merge()
      return
    case 'stageKind':
      await db('pipeline_stages')
        .where({ id: uuid(8, 1) })
        .update({ kind: deed.isWon ? 'won' : 'open' })
      return
    case 'settle':
  }
}

function callRow(id: string, call: CallWish): Record<string, unknown> {
  const outcome = outcomes[call.outcome] ?? 'missed'
  const started = at(call.minute)
  const isAnswered = outcome === 'answered'
  const seconds = (count: number): Date => new Date(started.getTime() + count * 1000)
  const path = call.source === null ? null : pathOf(call.source)
  const isTied = call.visitor !== null
  return {
    ...{ id, pbx_unique_id: id, direction: call.direction, call_type: 'tracking_static' },
    ...{
      started_at: started,
      answered_at: isAnswered ? seconds(7) : null,
      ended_at: seconds(7 + call.talk),
      outcome
    },
    ...{ wait_seconds: 7, talk_seconds: isAnswered ? call.talk : 0 },
    caller_number: call.client === null ? null : `+7900000000${call.client}`,
    site_id: call.site === null ? null : uuid(1, call.site),
    visitor_id: visitorId(call.visitor),
    visit_id: isTied ? uuid(4, 0) : null,
    attribution_confidence: isTied ? call.confidence / 10_000 : null,
    ...(path && {
      ...{ inquiry_channel: path.inquiry_channel, source_name: path.source, medium: path.medium },
      ...{ campaign: path.campaign, keyword: path.keyword }
    }),
    operator_id: operator(call.operator),
    pool_id: call.place === 0 ? null : uuid(9, call.place),
    landing_url: ['https://S0.ru/a?b=1', null, 'http://s1.ru', 'https://s1.ru/%D1%8F/?x'][call.place],
    caller_region: call.place === 1 ? 'Тула' : null,
    caller_country: call.place < 3 ? 'RU' : null,
    rating: call.rating
  }
}
