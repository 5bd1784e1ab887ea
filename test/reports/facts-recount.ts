import type { Knex } from 'knex'
import { credits as modelCredits, models, type Model } from '../../tracking/attribution/models.ts'

/**
 * The figures of reports counted the slow way, from the raw tables and nothing else: what the kept sums must equal. Knows
 * nothing of `reports/`; it reads the definitions in the plainest form there is.
 */
export interface Recount {
  /** Measures by `cut|model|day|site|path|key`, as text. */
  sums: Record<string, string>
  /** Flags by call. */
  flags: Record<string, string>
  /** What all models give each counted subject, in millionths. */
  credits: Record<string, string>
}

interface Rules {
  targetSeconds: number
  saleCycleDays: number
  uniqueDays: number
  isPerSite: boolean
  currency: string
}

const dayMs = 86_400_000
const nobody = '00000000-0000-0000-0000-000000000000'
type Value = string | number | boolean | Date | null
export type Row = Record<string, Value>
export const textOf = (value: Value | undefined): string =>
  value === null || value === undefined ? '' : String(value)
export const timeOf = (value: Value | undefined): number =>
  value instanceof Date ? value.getTime() : Number.NaN
const missed = ['missed', 'abandoned', 'busy', 'failed', 'voicemail']

export const names = [
  ...[
    'calls',
    'first_calls',
    'unique_calls',
    'repeat_calls',
    'answered',
    'missed',
    'returned',
    'return_seconds'
  ],
  ...['target', 'wait_seconds', 'talk_seconds', 'ratings', 'rating_sum', 'attributed', 'confidence_sum'],
  ...['inquiries', 'deals', 'won', 'revenue']
] as const
type Name = (typeof names)[number]

export async function recount(db: Knex, rules: Rules, timeZone: string): Promise<Recount> {
  const all = (table: string): Promise<Row[]> => db(table).select('*')
  const calls = (await all('calls')).sort(
    (a, b) =>
      timeOf(a['started_at']) - timeOf(b['started_at']) || (textOf(a['id']) < textOf(b['id']) ? -1 : 1)
  )
  const touchpoints = (await all('touchpoints')).sort(
    (a, b) => timeOf(a['at']) - timeOf(b['at']) || Number(a['id']) - Number(b['id'])
  )
  const byId = async (table: string) => new Map((await all(table)).map((row) => [textOf(row['id']), row]))
  const [sites, visitors, visits, forms, callbacks, inquiries, deals, stages, sources] = await Promise.all(
    [
      ...[
        'sites',
        'visitors',
        'visits',
        'form_submissions',
        'callbacks',
        'inquiries',
        'deals',
        'pipeline_stages'
      ],
      'sources'
    ].map(byId)
  )
  if (!sites || !visitors || !visits || !forms || !callbacks || !inquiries || !deals || !stages || !sources)
    throw new Error('A table is missing')
  const rates = await all('currency_rates')

  // Flags, each by its definition over all earlier calls.
  const isCounted = (call: Row): boolean =>
    call['direction'] === 'in' &&
    call['ended_at'] !== null &&
    call['is_spam'] === false &&
    call['outcome'] !== 'blocked'
  const targets = new Set<Row>()
  const flags = new Map<
    string,
    { first: boolean; nth: number | null; unique: boolean; repeat: boolean; target: boolean }
  >()
  const returns = new Map<string, Row>()
  calls.forEach((call, place) => {
    const isMine = (other: Row): boolean =>
      call['caller_number'] !== null &&
      other['caller_number'] === call['caller_number'] &&
      (!rules.isPerSite || other['site_id'] === call['site_id'])
    if (call['direction'] !== 'in' || call['ended_at'] === null) return
    const earlier = calls.slice(0, place).filter((other) => isCounted(other) && isMine(other))
    const within = (other: Row, days: number): boolean =>
      timeOf(call['started_at']) - timeOf(other['started_at']) <= days * dayMs
    const counts = isCounted(call)
    const repeat = counts && earlier.some((other) => targets.has(other) && within(other, rules.saleCycleDays))
    const target = counts && !repeat && Number(call['talk_seconds'] ?? 0) >= rules.targetSeconds
    if (target) targets.add(call)
    flags.set(textOf(call['id']), {
      first: counts && earlier.length === 0,
      nth: counts ? earlier.length + 1 : null,
      unique: counts && !earlier.some((other) => within(other, rules.uniqueDays)),
      repeat,
      target
    })
    if (!counts || !missed.includes(textOf(call['outcome'])) || call['caller_number'] === null) return
    const talk = calls
      .slice(place + 1)
      .find(
        (other) =>
          other['caller_number'] === call['caller_number'] &&
          other['ended_at'] !== null &&
          other['direction'] !== 'internal' &&
          other['outcome'] === 'answered' &&
          other['answered_at'] !== null
      )
    if (talk) returns.set(textOf(call['id']), talk)
  })

  // Credits.
  const pathOf = (row: Row, source: string): string =>
    !textOf(row['inquiry_channel']) && !textOf(row[source])
      ? 'unknown||||'
      : [
          textOf(row['inquiry_channel']) || 'unknown',
          row[source],
          row['medium'],
          row['campaign'],
          row['keyword']
        ]
          .map(textOf)
          .join('|')
  const shared = new Map<string, { path: string; shares: Record<Model, number> }[]>()
  const share = (id: string, atMs: number, visitorId: string, siteId: string, own: string): void => {
    const contact = visitors.get(visitorId)?.['contact_id'] ?? null
    const people = [...visitors.values()]
      .filter((one) => contact !== null && one['contact_id'] === contact)
      .map((one) => textOf(one['id']))
    const windowMs = Number(sites.get(siteId)?.['attribution_days'] ?? 30) * dayMs
    const web = touchpoints.filter(
      (touch) =>
        visitorId !== '' &&
        (touch['visitor_id'] === visitorId || people.includes(textOf(touch['visitor_id']))) &&
        timeOf(touch['at']) <= atMs &&
        atMs - timeOf(touch['at']) <= windowMs
    )
    const given =
      web.length > 0
        ? web.map((touch) => ({
            atMs: timeOf(touch['at']),
            isDirect: touch['is_direct'] === true,
            path: pathOf(touch, 'source')
          }))
        : [{ atMs, isDirect: false, path: own }]
    const columns = new Map(models.map((model) => [model, whole(modelCredits(model, given, atMs, Infinity))]))
    shared.set(
      id,
      given.map(({ path }, place) => ({
        path,
        shares: Object.fromEntries(
          models.map((model) => [model, columns.get(model)?.[place] ?? 0])
        ) as Record<Model, number>
      }))
    )
  }
  for (const call of calls.filter(isCounted)) {
    const visitorId = textOf(call['visitor_id'])
    const siteId = textOf(call['site_id'] ?? visitors.get(visitorId)?.['site_id'])
    share(textOf(call['id']), timeOf(call['started_at']), visitorId, siteId, pathOf(call, 'source_name'))
  }
  for (const [id, form] of forms)
    share(id, timeOf(form['at']), textOf(form['visitor_id']), textOf(form['site_id']), 'unknown||||')
  for (const [id, callback] of callbacks) {
    const visit = visits.get(textOf(callback['visit_id']))
    const source = sources.get(textOf(callback['source_id']))
    const own = source ? pathOf(source, 'name') : 'unknown||||'
    const siteId = textOf(callback['site_id'] ?? visit?.['site_id'])
    share(id, timeOf(callback['created_at']), textOf(visit?.['visitor_id']), siteId, own)
  }

  // Sums.
  const sums = new Map<string, Map<Name, bigint>>()
  const zone = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', weekday: 'short', hour: 'numeric' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' }
  })
  const local = (ms: number): { day: string; hour: string } => {
    const part = Object.fromEntries(zone.formatToParts(ms).map(({ type, value }) => [type, value]))
    const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part['weekday'] ?? '') + 1
    return {
      day: `${part['year']}-${part['month']}-${part['day']}`,
      hour: `${weekday}-${Number(part['hour'])}`
    }
  }
  const landing = (url: string): string =>
    URL.canParse(url) ? new URL(url).host + new URL(url).pathname : ''
  const add = (key: string, name: Name, amount: bigint): void => {
    const row = sums.get(key) ?? new Map<Name, bigint>()
    sums.set(key, row.set(name, (row.get(name) ?? 0n) + amount))
  }
  /** Adds measures to all cuts: by source with the shares given, else as a whole. */
  const count = (
    at: { day: string; site: string },
    keys: Record<string, string>,
    paths: readonly { path: string; shares: Record<Model, number> }[],
    measures: Partial<Record<Name, number>>,
    revenue = 0n
  ): void => {
    const entries = Object.entries(measures) as [Name, number][]
    const put = (key: string, part: bigint): void => {
      for (const [name, value] of entries) {
        // Confidence comes in ten thousandths, of which a share is rounded.
        const amount =
          name === 'confidence_sum' ? (BigInt(value) * part + 5000n) / 10000n : BigInt(value) * part
        add(key, name, amount)
      }
      if (revenue !== 0n) add(key, 'revenue', revenue * part)
    }
    for (const [cut, key] of Object.entries(keys)) put(`${cut}||${at.day}|${at.site}||${key}`, 1_000_000n)
    for (const { path, shares } of paths)
      for (const model of models)
        if (shares[model] > 0) put(`source|${model}|${at.day}|${at.site}|${path}|`, BigInt(shares[model]))
  }
  for (const call of calls.filter(isCounted)) {
    const id = textOf(call['id'])
    const flag = flags.get(id)
    const talk = returns.get(id)
    const { day, hour } = local(timeOf(call['started_at']))
    const keys = {
      hour,
      operator: textOf(call['operator_id']),
      pool: textOf(call['pool_id']),
      landing: landing(textOf(call['landing_url'])),
      region: textOf(call['caller_region'] ?? call['caller_country'])
    }
    const isTied = call['visit_id'] !== null
    count({ day, site: textOf(call['site_id'] ?? nobody) }, keys, shared.get(id) ?? [], {
      calls: 1,
      first_calls: Number(flag?.first),
      unique_calls: Number(flag?.unique),
      repeat_calls: Number(flag?.repeat),
      answered: Number(call['outcome'] === 'answered'),
      missed: Number(missed.includes(textOf(call['outcome']))),
      returned: Number(talk !== undefined),
      return_seconds: talk
        ? Math.max(0, Math.round((timeOf(talk['answered_at']) - timeOf(call['ended_at'])) / 1000))
        : 0,
      target: Number(flag?.target),
      wait_seconds: Number(call['wait_seconds'] ?? 0),
      talk_seconds: Number(call['talk_seconds'] ?? 0),
      ratings: Number(call['rating'] !== null),
      rating_sum: Number(call['rating'] ?? 0),
      attributed: Number(isTied),
      confidence_sum: isTied ? Math.round(Number(call['attribution_confidence'] ?? 0) * 10_000) : 0
    })
  }
  const placeOf = (inquiry: Row | undefined, atMs: number, responsible: string) => {
    const call = calls.find((one) => inquiry !== undefined && one['id'] === inquiry['call_id'])
    const visit = visits.get(textOf(inquiry?.['visit_id']))
    return {
      at: { day: local(atMs).day, site: textOf(inquiry?.['site_id'] ?? call?.['site_id'] ?? nobody) },
      keys: {
        hour: local(timeOf(call?.['started_at'] ?? inquiry?.['created_at'] ?? new Date(atMs))).hour,
        operator: responsible,
        pool: textOf(call?.['pool_id']),
        landing: landing(textOf(call?.['landing_url'] ?? visit?.['landing_url'])),
        region: textOf(call?.['caller_region'] ?? call?.['caller_country'])
      }
    }
  }
  const all1 = Object.fromEntries(models.map((model) => [model, 1_000_000])) as Record<Model, number>
  const pathsOf = (row: Row) =>
    shared.get(textOf(row['call_id'] ?? row['form_id'] ?? row['callback_id'])) ?? [
      { path: pathOf(row, 'source'), shares: all1 }
    ]
  for (const inquiry of inquiries.values()) {
    if (inquiry['state'] === 'spam') continue
    const { at, keys } = placeOf(inquiry, timeOf(inquiry['created_at']), textOf(inquiry['responsible_id']))
    count(at, keys, pathsOf(inquiry), { inquiries: 1 })
  }
  for (const deal of deals.values()) {
    const inquiry = inquiries.get(textOf(deal['inquiry_id']))
    const { at, keys } = placeOf(inquiry, timeOf(deal['created_at']), textOf(deal['responsible_id']))
    const won = stages.get(textOf(deal['stage_id']))?.['kind'] === 'won'
    const rate = rates
      .filter((one) => one['currency'] === deal['currency'] && dayText(one['day']) <= at.day)
      .sort((a, b) => (dayText(a['day']) < dayText(b['day']) ? 1 : -1))[0]?.['rate']
    const worth = deal['currency'] === rules.currency ? '1' : (rate ?? '0')
    const paths = inquiry ? pathsOf(inquiry) : [{ path: pathOf(deal, 'source'), shares: all1 }]
    // Both have four digits at most.
    const revenue = won ? scaled(textOf(deal['amount']), 4) * scaled(textOf(worth), 4) : 0n
    count(at, keys, paths, { deals: 1, won: Number(won) }, revenue)
  }
  return {
    sums: Object.fromEntries(
      [...sums].map(([key, row]) => [key, names.map((name) => row.get(name) ?? 0n).join()])
    ),
    flags: Object.fromEntries(
      [...flags].map(([id, one]) => {
        const talk = returns.get(id)
        const isBack = talk ? [textOf(talk['id']), timeOf(talk['answered_at'])] : ['', '']
        return [id, [one.first, one.nth ?? '', one.unique, one.repeat, one.target, ...isBack].join()]
      })
    ),
    credits: Object.fromEntries(
      [...shared].map(([id, list]) => [
        id,
        list.map(({ path, shares }) => [path, ...models.map((model) => shares[model])].join()).join(';')
      ])
    )
  }
}

/** Whole millionths by the largest remainder, the earlier first. */
function whole(parts: readonly number[]): number[] {
  const floors = parts.map((part) => Math.floor(part * 1e6))
  let left = 1e6 - floors.reduce((sum, one) => sum + one, 0)
  while (left > 0) {
    const rests = parts.map((part, place) => part * 1e6 - (floors[place] ?? 0))
    const place = rests.indexOf(Math.max(...rests))
    floors[place] = (floors[place] ?? 0) + 1
    left -= 1
  }
  return floors
}

/** A decimal as a whole number of its last digit. */
export function scaled(text: string, digits: number): bigint {
  const [units = '0', rest = ''] = text.split('.')
  return BigInt(units + rest.padEnd(digits, '0').slice(0, digits))
}

const dayText = (value: Value | undefined): string => {
  if (!(value instanceof Date)) return textOf(value)
  return `${value.getFullYear()}-${String(value.getMonth() + 1).padStart(2, '0')}-${String(value.getDate()).padStart(2, '0')}`
}
