import type { Knex } from 'knex'
import { z } from 'zod'
import type { CallSelection } from '../contract/journal.ts'
import {
  boundName,
  callFilters,
  missedOutcomes,
  type CallFilter,
  type CallFilterName
} from '../contract/journal-fields.ts'
import { ApiError } from '../problems.ts'
import { likePart, phoneDigits, snake } from '../rows.ts'

/** One thing that calls must fulfil. */
export interface Condition {
  sql: string
  bindings: readonly unknown[]
  /**
   * The same over an index in which few or very many calls may be found: nobody knows before looking. `sql` is written
   * so that this index does not serve it.
   */
  indexed?: {
    sql: string
    bindings: readonly unknown[]
    /** A single key of the index: what it finds need not be cut with what others find. */
    isOneKey?: boolean
  }
  /** Asks for a share of a model: which rows of `credits c` and `report_paths p` count. */
  share?: { credits: readonly Condition[]; paths: readonly Condition[] }
  /** Only bounds the time. */
  isPeriod?: true
}

/** A list of ids or words in an index of its own: each value of it can be read in the order of the list. */
export interface Split {
  name: CallFilterName
  /** One of each value. */
  looks: readonly Condition[]
  /** All values at once. */
  whole: Condition
}

/** What a query of the journal asks of a call. */
export interface Selection {
  conditions: readonly Condition[]
  /** Null where one look at the table will do. */
  split: Split | null
}

type Words = readonly string[]
type Sql = (values: Words) => Condition

const parts = `(coalesce(calls.caller_number, '') || ' ' || coalesce(calls.dialed_number, '') || ' ' ||
  coalesce(calls.contact_name, '') || ' ' || coalesce(calls.caller_name, ''))`
/** As the index of migration 0011 has it: Latin letters stand for others, the same for some. */
const inLatin = (sql: string): string =>
  `translate(lower(${sql}), 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqwwxyxeua')`
/** Shorter ones that no part of three letters or digits is in are in half of all calls, or in no index. */
const isIndexed = (text: string): boolean => /[\da-zа-яё]{3}/i.test(text)

const missed = `calls.direction = 'in' and calls.outcome in (${missedOutcomes.map((word) => `'${word}'`).join(',')})`
const plain = (sql: string): Condition => ({ sql, bindings: [] })

/** Filters whose column is not called as they are. */
const columns: Partial<Record<CallFilterName, string>> = {
  // As reports have it: of a number that is of no region, the country.
  region: 'coalesce(calls.caller_region, calls.caller_country)',
  country: 'calls.caller_country',
  group: 'calls.group_name',
  source: 'calls.source_name',
  utmSource: "calls.utm->>'source'",
  utmMedium: "calls.utm->>'medium'",
  utmCampaign: "calls.utm->>'campaign'",
  utmTerm: "calls.utm->>'term'",
  utmContent: "calls.utm->>'content'",
  landing: 'calls.landing_url',
  // As reports name a landing page.
  landingPath: 'landing_key(calls.landing_url)',
  page: 'calls.page_url',
  confidence: 'calls.attribution_confidence'
}

/** Yes and no where that is more than a column. */
const flags: Partial<Record<CallFilterName, readonly [yes: string, no: string]>> = {
  isMissed: [missed, `not coalesce(${missed}, false)`],
  isReturned: ['calls.returned_at is not null', `calls.returned_at is null and ${missed}`],
  isSpam: ['calls.is_spam', 'not calls.is_spam'],
  isVip: ['calls.is_vip', 'not calls.is_vip'],
  isCounted: [
    "calls.direction = 'in' and calls.ended_at is not null and not calls.is_spam and calls.outcome <> 'blocked'",
    "not coalesce(calls.direction = 'in' and calls.ended_at is not null and not calls.is_spam and calls.outcome <> 'blocked', false)"
  ],
  hasRecording: ["calls.recording_state = 'ready'", "calls.recording_state is distinct from 'ready'"],
  hasVisit: ['calls.visit_id is not null', 'calls.visit_id is null']
}

/** Filters that look elsewhere than at one column. */
const special: Partial<Record<CallFilterName, Sql>> = {
  callerNumber: (values) => phonePart('calls.caller_number', values),
  dialedNumber: (values) => phonePart('calls.dialed_number', values),
  tag: (values) => {
    const tags = values.filter((value) => value !== '')
    const some = "calls.tags || '{}' && cast(? as text[])"
    if (tags.length < values.length) return { sql: `calls.tags = '{}' or ${some}`, bindings: [tags] }
    const indexed = "calls.tags <> '{}' and calls.tags && cast(? as text[])"
    return {
      sql: some,
      bindings: [tags],
      indexed: { sql: indexed, bindings: [tags], isOneKey: tags.length === 1 }
    }
  },
  comment: ([text = '']) => ({
    sql: `(calls.note ilike ? or exists (
      select from call_comments where call_comments.call_id = calls.id and call_comments.text ilike ?))`,
    bindings: [likePart(text), likePart(text)]
  }),
  userAgent: ([text = '']) => ({
    sql: 'exists (select from visits where visits.id = calls.visit_id and visits.user_agent ilike ?)',
    bindings: [likePart(text)]
  })
}

/** Lists with an index of their own, those first of which one value tends to have the fewest calls. */
const splittable: readonly CallFilterName[] = [
  ...(['landingPath', 'keyword', 'campaign', 'numberId', 'operatorId'] as const),
  ...(['poolId', 'sourceId', 'source', 'siteId', 'outcome'] as const)
]
/** More looks than this cost more than they save. */
const mostLooks = 12

/**
 * What a checked query asks for, as SQL.
 * @param timeZone the company's
 * @throws ApiError invalid, naming each filter at fault
 */
export function selectionOf(query: CallSelection, timeZone: string): Selection {
  const errors: { path: string; message: string }[] = []
  const given = query as Record<string, unknown>
  const conditions = [...periodOf(query, timeZone, 'calls.started_at'), ...searchOf(query.search)]
  const lists = new Map<CallFilterName, Words>()
  const hasModel = query.model !== undefined
  for (const [name, filter] of Object.entries(callFilters) as [CallFilterName, CallFilter][]) {
    if (hasModel && isPathField(name)) continue
    try {
      if (filter.kind === 'range') {
        conditions.push(...rangeOf(name, given))
        continue
      }
      const value = given[name]
      if (value === undefined) continue
      const values = valuesOf(filter, value as string | string[])
      if (values === null) continue
      if (splittable.includes(name) && isSplittable(values)) lists.set(name, values)
      else conditions.push(conditionOf(name, filter, values, timeZone))
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      errors.push({ path: name, message: error.message })
    }
  }
  if (errors.length > 0) throw new ApiError('invalid', { errors })
  if (hasModel) conditions.push(shareOf(query.model, given, periodOf(query, timeZone, 'c.at')))
  const isByTime = query.sort.endsWith('startedAt')
  if (!isByTime && given['isMissed'] === 'true' && !lists.has('outcome')) lists.set('outcome', missedOutcomes)
  const split = splitOf(lists, isByTime)
  for (const [name, values] of lists) if (name !== split?.name) conditions.push(among(name, values))
  return { conditions, split }
}

const isSplittable = (values: Words): boolean =>
  values.length > 0 && values.length <= mostLooks && !values.includes('')

/** Other orders than that of time have indexes by outcome. */
function splitOf(lists: ReadonlyMap<CallFilterName, Words>, isByTime: boolean): Split | null {
  const name = splittable.find((each) => (lists.get(each)?.length ?? 0) > 1)
  const chosen = name ?? (!isByTime && lists.has('outcome') ? 'outcome' : undefined)
  const values = chosen && lists.get(chosen)
  if (!chosen || !values) return null
  return { name: chosen, looks: values.map((value) => among(chosen, [value])), whole: among(chosen, values) }
}

/** Narrows rows of `calls` to the selection, without its split. */
export function applyConditions(rows: Knex.QueryBuilder, conditions: readonly Condition[]): void {
  for (const { sql, bindings } of conditions) rows.whereRaw(`(${sql})`, [...bindings] as Knex.RawBinding[])
}

/** The whole selection on one look at the table. */
export function applySelection(rows: Knex.QueryBuilder, { conditions, split }: Selection): void {
  applyConditions(rows, split ? [...conditions, split.whole] : conditions)
}

class FilterError extends Error {}

const columnOf = (name: CallFilterName): string => columns[name] ?? `calls.${snake(name)}`

const uuid = z.guid()

/** Null: nothing was asked for after all. */
function valuesOf(filter: CallFilter, value: string | string[]): string[] | null {
  const list = Array.isArray(value) ? value : [value]
  switch (filter.kind) {
    case 'texts':
      return list
    case 'contains': {
      const text = list.join(' ').trim()
      return text === '' ? null : [text]
    }
    case 'flag':
      return list
    case 'range':
      return null
    case 'words':
    case 'ids':
    case 'numbers': {
      const words = [...new Set(list.flatMap((each) => each.split(',')).filter((each) => each !== ''))]
      // An id that is not given can be asked for too.
      if (words.length === 0) return filter.kind === 'ids' && list.includes('') ? [] : null
      if (words.length > 100) throw new FilterError('takes at most 100 values')
      for (const word of words) checkWord(filter, word)
      return words
    }
  }
}

function checkWord(filter: CallFilter, word: string): void {
  if (filter.kind === 'words' && !filter.words.includes(word)) {
    throw new FilterError(`“${word.slice(0, 40)}” is none of ${filter.words.join(', ')}`)
  }
  if (filter.kind === 'ids' && !uuid.safeParse(word).success) {
    throw new FilterError(`“${word.slice(0, 40)}” is no id`)
  }
  if (filter.kind === 'numbers') {
    const number = Number(word)
    if (!/^\d{1,6}$/.test(word) || number < filter.min || number > filter.max) {
      throw new FilterError(`“${word.slice(0, 40)}” is no whole number from ${filter.min} to ${filter.max}`)
    }
  }
}

function conditionOf(name: CallFilterName, filter: CallFilter, values: Words, timeZone: string): Condition {
  const own = special[name]
  if (own) return own(values)
  const column = columnOf(name)
  if (filter.kind === 'flag') {
    const isYes = values[0] === 'true'
    const pair = flags[name]
    if (pair) return plain(isYes ? pair[0] : pair[1])
    return plain(`${column} is ${isYes ? 'true' : 'false'}`)
  }
  if (filter.kind === 'contains') return { sql: `${column} ilike ?`, bindings: [likePart(values[0] ?? '')] }
  if (filter.kind === 'ids' && values.length === 0) return plain(`${column} is null`)
  if (filter.kind === 'ids') return among(name, values)
  if (name === 'weekday' || name === 'hour') {
    return {
      // Planners take such a comparison for a rare thing and sort; `case` says that they cannot know.
      sql: `case when extract(${name === 'hour' ? 'hour' : 'isodow'} from calls.started_at at time zone ?)
        = any(cast(? as int[])) then true else false end`,
      bindings: [timeZone, values]
    }
  }
  if (filter.kind === 'numbers') return { sql: `${column} = any(cast(? as int[]))`, bindings: [values] }
  const some = values.filter((value) => value !== '')
  // An empty value means "not given", beside whatever else is asked for.
  if (some.length === values.length) return among(name, values)
  const led = longTexts.includes(name) ? `left(${column}, ${beginning})` : column
  const known = some.length > 0 ? ` or ${column} = any(cast(? as text[]))` : ''
  return { sql: `${led} is null or ${led} = ''${known}`, bindings: known === '' ? [] : [some] }
}

/** Texts that may be of any length: their indexes of migration 0011 hold the beginning. */
const longTexts: readonly CallFilterName[] = ['source', 'campaign', 'keyword']
const beginning = 200

/** Values of a column, so that its index serves: a single one is compared plainly, for a list has no order. */
function among(name: CallFilterName, values: Words): Condition {
  const column = columnOf(name)
  const type = callFilters[name].kind === 'ids' ? 'uuid' : 'text'
  const is = values.length === 1 ? `= cast(? as ${type})` : `= any(cast(? as ${type}[]))`
  const bound = (words: Words): unknown => (words.length === 1 ? words[0] : words)
  // As the index has it.
  if (name === 'landingPath')
    return { sql: `calls.landing_url is not null and ${column} ${is}`, bindings: [bound(values)] }
  if (!longTexts.includes(name)) return { sql: `${column} ${is}`, bindings: [bound(values)] }
  const begin = values.map((value) => [...value].slice(0, beginning).join(''))
  const led = { sql: `left(${column}, ${beginning}) ${is}`, bindings: [bound(begin)] }
  // What is shorter than a beginning is told by it. Said twice, planners would take it for twice as rare.
  if (values.every((value) => value.length < beginning)) return led
  return { sql: `${led.sql} and ${column} ${is}`, bindings: [...led.bindings, bound(values)] }
}

function rangeOf(name: CallFilterName, given: Record<string, unknown>): Condition[] {
  const least = given[boundName('min', name)]
  const most = given[boundName('max', name)]
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    throw new FilterError(`${boundName('min', name)} is above ${boundName('max', name)}`)
  }
  const column = columnOf(name)
  return [
    ...(typeof least === 'number' ? [{ sql: `${column} >= ?`, bindings: [least] }] : []),
    ...(typeof most === 'number' ? [{ sql: `${column} <= ?`, bindings: [most] }] : [])
  ]
}

/** Part of a number as people write it; words that are no number find none. */
function phonePart(column: string, values: Words): Condition {
  const text = values[0] ?? ''
  return { sql: `${column} like ?`, bindings: [likePart(phoneDigits(text) || text)] }
}

function searchOf(search: string | undefined): Condition[] {
  const typed = search?.trim() ?? ''
  if (typed === '') return []
  const digits = phoneDigits(typed)
  // Digits have no case, and comparing without it is several times as quick.
  const like = digits === '' ? 'ilike' : 'like'
  const wanted = likePart(digits || typed)
  return [
    {
      sql: `${parts} ${like} ?`,
      bindings: [wanted],
      // Calls in progress are not in that index: their text may change, and they are few.
      ...(isIndexed(wanted) && {
        indexed: {
          sql: `${inLatin(parts)} like ${inLatin('?')} and ${parts} ${like} ? and calls.ended_at is not null`,
          bindings: [wanted, wanted],
          isOneKey: /^[\da-z]{3}$/i.test(digits || typed)
        }
      })
    }
  ]
}

const isDay = (border: string): boolean => !border.includes('T')
const daysBack = { today: 0, yesterday: 1, week: 6, month: 29 } as const
/** The first moment of a day of the company, so many days before its today. */
const dayStart = "(date_trunc('day', now() at time zone ?) - ? * interval '1 day') at time zone ?"

function periodOf({ from, to, period }: CallSelection, timeZone: string, column: string): Condition[] {
  const found: Condition[] = []
  const isPeriod = true
  if (from !== undefined) {
    found.push(
      isDay(from)
        ? { sql: `${column} >= cast(? as timestamp) at time zone ?`, bindings: [from, timeZone], isPeriod }
        : { sql: `${column} >= cast(? as timestamptz)`, bindings: [from], isPeriod }
    )
  }
  if (to !== undefined) {
    found.push(
      isDay(to)
        ? {
            sql: `${column} < (cast(? as timestamp) + interval '1 day') at time zone ?`,
            bindings: [to, timeZone],
            isPeriod
          }
        : { sql: `${column} < cast(? as timestamptz)`, bindings: [to], isPeriod }
    )
  }
  if (found.length > 0 || period === undefined || period === 'all') return found
  found.push({ sql: `${column} >= ${dayStart}`, bindings: [timeZone, daysBack[period], timeZone], isPeriod })
  if (period === 'yesterday') {
    found.push({ sql: `${column} < ${dayStart}`, bindings: [timeZone, 0, timeZone], isPeriod })
  }
  return found
}

const pathFields = ['inquiryChannel', 'source', 'medium', 'campaign', 'keyword'] as const
const isPathField = (name: CallFilterName): boolean => (pathFields as readonly string[]).includes(name)

/** Calls of which a model gives a share to a path. */
function shareOf(
  model: string | undefined,
  given: Record<string, unknown>,
  period: readonly Condition[]
): Condition {
  const paths = pathFields.flatMap((name) => {
    const value = given[name]
    if (value === undefined) return []
    const values = Array.isArray(value) ? (value as string[]) : [value as string]
    // Reports show spellings of a source that differ in case only as one source.
    if (name === 'source')
      return [
        {
          sql: 'lower(p.source) in (select lower(each) from unnest(cast(? as text[])) as u(each))',
          bindings: [values]
        }
      ]
    return [{ sql: `p.${snake(name)} = any(cast(? as text[]))`, bindings: [values] }]
  })
  const credits = [plain("c.subject = 'call'"), plain(`c.${snake(model ?? '')} > 0`)]
  const all = [...credits, ...paths]
  return {
    sql: `calls.id in (select c.subject_id from credits c join report_paths p on p.id = c.path_id
      where ${all.map(({ sql }) => sql).join(' and ')})`,
    bindings: all.flatMap(({ bindings }) => bindings),
    share: { credits: [...credits, ...period], paths }
  }
}
