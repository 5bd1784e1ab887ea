import type { Knex } from 'knex'
import { insertAll } from './insert-all.ts'
import type { Random } from './random.ts'
import { uuidAt } from './random.ts'

/** What the shop sells, with the prices of a usual order and how often it is asked for. */
const products: readonly (readonly [title: string, from: number, to: number, weight: number])[] = [
  ['Диван «Осло»', 48_900, 89_900, 9],
  ['Диван «Лунд» угловой', 74_500, 139_000, 7],
  ['Кухня прямая', 118_000, 240_000, 6],
  ['Кухня угловая', 190_000, 465_000, 5],
  ['Шкаф-купе', 42_000, 118_000, 6],
  ['Стол и четыре стула', 27_400, 64_900, 5],
  ['Матрас', 14_900, 52_000, 5],
  ['Сборка и доставка', 3200, 9800, 3]
]
const lostReasons = ['Дорого', 'Купили в другом месте', 'Передумали', 'Не подошёл размер', 'Долго ждать']
const notes = ['Просит перезвонить вечером', 'Нужен замер', 'Ждёт скидку на выходных', 'Удобнее писать']
const firstNames = [
  'Анна',
  'Виктор',
  'Лариса',
  'Константин',
  'Марина',
  'Тимур',
  'Оксана',
  'Денис',
  'Вера',
  'Глеб'
]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

interface CallRow {
  id: string
  started_at: Date
  answered_at: Date | null
  outcome: string
  caller_number: string
  contact_id: string | null
  contact_name: string | null
  operator_id: string | null
  source_name: string | null
  inquiry_channel: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
  site_id: string | null
}
interface Stage {
  id: string
  kind: 'open' | 'won' | 'lost'
}
type Row = Record<string, unknown> & { id: string }

interface Book {
  inquiries: Row[]
  deals: Row[]
  changes: Record<string, unknown>[]
  activities: Record<string, unknown>[]
  contacts: { id: string; name: string; e164: string }[]
}

/**
 * What became of the past calls: an inquiry of each that was no repeat, and deals of some of them, open, won and lost,
 * by the same rules as live ones (`crm/inquiries/place.ts`).
 * @returns how many deals there are
 */
export async function insertDeals(
  trx: Knex.Transaction,
  { random, nowMs }: { random: Random; nowMs: number }
): Promise<number> {
  const calls = (await trx('calls')
    .where({ is_demo: true, direction: 'in', is_spam: false })
    .whereNotNull('caller_number')
    .whereNot('outcome', 'blocked')
    .orderBy(['started_at', 'id'])) as CallRow[]
  const owners = new Map(
    (
      await trx('contacts')
        .where({ is_demo: true })
        .whereNotNull('owner_id')
        .select<{ id: string; owner_id: string }[]>('id', 'owner_id')
    ).map(({ id, owner_id }) => [id, owner_id])
  )
  const stages: Stage[] = await trx('pipeline_stages as s')
    .join('pipelines as p', 'p.id', 's.pipeline_id')
    .whereRaw('p.id = (select id from pipelines order by position, created_at limit 1)')
    .orderBy('s.position')
    .select<Stage[]>('s.id', 's.kind')
  const pipeline = await trx('pipelines')
    .orderBy(['position', 'created_at'])
    .first<{ id: string } | undefined>('id')
  // Whoever has thrown the pipelines away before the demo came wants no deals.
  if (!pipeline || stages.length === 0) return 0
  const book = write(calls, { random, nowMs, owners, stages, pipelineId: pipeline.id })
  await insertAll(
    trx,
    'contacts',
    book.contacts.map(({ id, name }) => ({ id, name, is_demo: true }))
  )
  await insertAll(
    trx,
    'contact_phones',
    book.contacts.map(({ id, e164 }) => ({ e164, contact_id: id }))
  )
  await insertAll(trx, 'inquiries', book.inquiries)
  await insertAll(trx, 'deals', book.deals)
  // Inquiries and deals point at each other.
  await trx.raw(`update inquiries i set deal_id = d.id from deals d where d.inquiry_id = i.id and d.is_demo`)
  await insertAll(trx, 'deal_stage_changes', book.changes)
  await insertAll(trx, 'activities', book.activities)
  return book.deals.length
}

interface Talk {
  at: Date
  operatorId: string | null
}

interface Plan {
  random: Random
  nowMs: number
  owners: ReadonlyMap<string, string>
  stages: readonly Stage[]
  pipelineId: string
}

/** Goes through the calls as they came, and keeps what is open with each client. */
function write(calls: readonly CallRow[], plan: Plan): Book {
  const book: Book = { inquiries: [], deals: [], changes: [], activities: [], contacts: [] }
  const open = new Map<string, { inquiry: Row; untilMs: number; deal: Row | null }>()
  const talks = new Map<string, Talk[]>()
  for (const call of calls) {
    if (call.outcome !== 'answered' || call.answered_at === null) continue
    const talk = { at: call.answered_at, operatorId: call.operator_id }
    talks.set(call.caller_number, [...(talks.get(call.caller_number) ?? []), talk])
  }
  for (const call of calls) {
    const atMs = call.started_at.getTime()
    const known = open.get(call.caller_number)
    if (known && atMs < known.untilMs) {
      const { inquiry, deal } = known
      book.activities.push(activityOf(call, inquiry, deal))
      continue
    }
    const inquiry = inquiryOf(call, plan, talks.get(call.caller_number) ?? [])
    book.inquiries.push(inquiry)
    const deal = inquiry['state'] === 'accepted' ? dealOf(call, inquiry, plan, book) : null
    const closed = deal ? deal['closed_at'] : inquiry['closed_at']
    const untilMs = closed instanceof Date ? closed.getTime() : deal ? Infinity : atMs + dayMs
    open.set(call.caller_number, { inquiry, untilMs, deal })
    book.activities.push(activityOf(call, inquiry, deal))
  }
  return book
}

function activityOf(call: CallRow, inquiry: Row, deal: Row | null): Record<string, unknown> {
  const isLater = deal !== null && call.started_at > (deal['created_at'] as Date)
  return {
    subject: 'call',
    subject_id: call.id,
    at: call.started_at,
    contact_id: inquiry['contact_id'],
    inquiry_id: isLater ? null : inquiry.id,
    deal_id: deal?.id ?? null
  }
}

function inquiryOf(call: CallRow, { random, nowMs, owners }: Plan, talks: readonly Talk[]): Row {
  const atMs = call.started_at.getTime()
  const first = talks.find(({ at }) => at >= call.started_at) ?? null
  const isOld = nowMs - atMs > 2 * dayMs
  const state = first
    ? random.weighted(
        isOld
          ? ([
              ['accepted', 24],
              ['closed', 73],
              ['inWork', 3]
            ] as const)
          : ([
              ['accepted', 22],
              ['closed', 34],
              ['inWork', 30],
              ['new', 14]
            ] as const)
      )
    : random.weighted(
        isOld
          ? ([
              ['closed', 97],
              ['new', 3]
            ] as const)
          : ([
              ['new', 80],
              ['inWork', 20]
            ] as const)
      )
  const endMs = Math.min((first?.at.getTime() ?? atMs) + random.between(10 * minuteMs, 6 * hourMs), nowMs)
  const isClosed = state === 'closed' || state === 'accepted'
  return {
    id: uuidAt(random, atMs),
    kind: 'call',
    state,
    title: call.contact_name ?? call.caller_number,
    call_id: call.id,
    site_id: call.site_id,
    contact_id: call.contact_id,
    phone: call.caller_number,
    inquiry_channel: call.inquiry_channel,
    source: call.source_name,
    medium: call.medium,
    campaign: call.campaign,
    keyword: call.keyword,
    responsible_id:
      (call.contact_id && owners.get(call.contact_id)) || (call.operator_id ?? first?.operatorId ?? null),
    is_missed: call.outcome !== 'answered',
    first_response_at: first?.at ?? null,
    note: random.chance(0.12) ? random.pick(notes) : null,
    is_demo: true,
    created_at: call.started_at,
    updated_at: isClosed ? new Date(endMs) : call.started_at,
    closed_at: isClosed ? new Date(endMs) : null
  }
}

function dealOf(call: CallRow, inquiry: Row, plan: Plan, book: Book): Row {
  const { random, nowMs, stages, pipelineId } = plan
  const createdMs = inquiry['closed_at'] instanceof Date ? inquiry['closed_at'].getTime() : nowMs
  if (inquiry['contact_id'] === null) meet(call, inquiry, random, book)
  const way = stages.filter(({ kind }) => kind === 'open')
  const ageDays = (nowMs - createdMs) / dayMs
  const end = random.weighted(
    ageDays > 10
      ? ([
          ['won', 40],
          ['lost', 44],
          ['open', 16]
        ] as const)
      : ageDays > 3
        ? ([
            ['won', 24],
            ['lost', 22],
            ['open', 54]
          ] as const)
        : ([
            ['won', 8],
            ['lost', 6],
            ['open', 86]
          ] as const)
  )
  const steps = random.whole(1, way.length)
  const last = stages.find(({ kind }) => kind === end)
  const path = [...way.slice(0, steps), ...(last && end !== 'open' ? [last] : [])]
  // Each step takes its part of the time that there was.
  const spanMs = Math.min(nowMs - createdMs, random.between(0.4, 7) * dayMs)
  const times = path.map(
    (_stage, index) => new Date(createdMs + (spanMs * index) / Math.max(1, path.length - 1))
  )
  const [title, from, to] = random.weighted(products.map((product) => [product, product[3]] as const))
  const id = uuidAt(random, createdMs)
  for (const [index, stage] of path.entries()) {
    book.changes.push({
      deal_id: id,
      from_stage_id: path[index - 1]?.id ?? null,
      to_stage_id: stage.id,
      at: times[index],
      by_user_id: inquiry['responsible_id']
    })
  }
  const deal: Row = {
    id,
    title,
    pipeline_id: pipelineId,
    stage_id: path.at(-1)?.id ?? '',
    amount: Math.round(random.between(from, to) / 100) * 100,
    currency: 'RUB',
    contact_id: inquiry['contact_id'],
    inquiry_id: inquiry.id,
    responsible_id: inquiry['responsible_id'],
    inquiry_channel: inquiry['inquiry_channel'],
    source: inquiry['source'],
    medium: inquiry['medium'],
    campaign: inquiry['campaign'],
    keyword: inquiry['keyword'],
    lost_reason: end === 'lost' ? random.pick(lostReasons) : null,
    note: inquiry['note'],
    is_demo: true,
    created_at: new Date(createdMs),
    updated_at: times.at(-1) ?? new Date(createdMs),
    closed_at: end === 'open' ? null : (times.at(-1) ?? null)
  }
  book.deals.push(deal)
  return deal
}

/** Who buys is asked for a name. */
function meet(call: CallRow, inquiry: Row, random: Random, book: Book): void {
  const e164 = call.caller_number
  let contact = book.contacts.find((each) => each.e164 === e164)
  if (!contact) {
    contact = { id: uuidAt(random, call.started_at.getTime()), name: random.pick(firstNames), e164 }
    book.contacts.push(contact)
  }
  inquiry['contact_id'] = contact.id
  inquiry['title'] = contact.name
}
