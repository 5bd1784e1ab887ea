import { pathOfMarks, type ForeignRequest, type RequestPath } from '../connectors/foreign-requests.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import { words } from './words.ts'
import type { RoistatSettings } from './settings.ts'

/** What Roistat asks of us, read and checked. Pure. */
export type Asked =
  | { do: 'scheme' }
  | { do: 'export' | 'clients'; since: Date; offset: number; limit: number }
  | { do: 'lead' | 'call'; request: ForeignRequest; ours: string | null; caller: string; atMs: number }
  | { do: 'note'; order: string; text: string }
  | { do: 'task'; order: string; text: string; dueMs: number | null }
  | { do: 'nothing'; error: string }

/** A page, when Roistat does not say how long. */
const usualPage = 500
const mostPage = 2000

type Given = Readonly<Record<string, unknown>>

/** @param nowMs for what says no time */
export function readAsked(given: Given, settings: RoistatSettings, nowMs: number): Asked {
  switch (textOf(given['action'])) {
    case 'import_scheme':
      return { do: 'scheme' }
    case 'export':
      return readExport('export', given)
    case 'export_clients':
      return readExport('clients', given)
    case 'lead':
      return readLead(given, settings, nowMs)
    case 'call':
      return readCall(given, settings, nowMs)
    case 'message': {
      const text = [textOf(given['title']), textOf(given['message'])].filter(Boolean).join('\n')
      return about(given, 'lead_id', text, (order) => ({ do: 'note', order, text }))
    }
    case 'task': {
      const text = textOf(given['text'])
      const dueMs = timeOf(given['deadline'])
      return about(given, 'element_id', text, (order) => ({ do: 'task', order, text, dueMs }))
    }
    default:
      return { do: 'nothing', error: 'unknown action' }
  }
}

function about(given: Given, name: string, text: string, make: (order: string) => Asked): Asked {
  const order = textOf(given[name])
  if (!/^[0-9a-f-]{36}$/i.test(order)) return { do: 'nothing', error: `${name} must be the id of an order` }
  return text === '' ? { do: 'nothing', error: 'there is no text' } : make(order)
}

function readExport(what: 'export' | 'clients', given: Given): Asked {
  const whole = (name: string, usual: number, most: number): number | null => {
    const text = textOf(given[name])
    if (text === '') return usual
    return /^\d{1,12}$/.test(text) && Number(text) <= most ? Number(text) : null
  }
  const date = whole('date', 0, 9_999_999_999)
  const offset = whole('offset', 0, 100_000_000)
  const limit = whole('limit', usualPage, 1_000_000)
  if (date === null) return { do: 'nothing', error: 'date must be a UNIX time' }
  if (offset === null) return { do: 'nothing', error: 'offset must be a whole number' }
  if (limit === null || limit === 0) return { do: 'nothing', error: 'limit must be a whole number' }
  return { do: what, since: new Date(date * 1000), offset, limit: Math.min(limit, mostPage) }
}

function readLead(given: Given, { locale }: RoistatSettings, nowMs: number): Asked {
  const data = objectOf(given['data'])
  const info = { ...recordOf(given['visit']), ...objectOf(given['visit_info']) }
  const visit = textOf(given['visit']) || textOf(info['id']) || textOf(data['roistat'])
  const [phone, mail] = [nullable(given['phone']), nullable(given['email'])]
  if (phone === null && mail === null) return { do: 'nothing', error: 'a lead must have a phone or an email' }
  const atMs = Math.min(timeOf(given['created_date']) ?? nowMs, nowMs)
  const title = textOf(given['title'])
  // Without an id the same lead is known by what it says.
  const key = textOf(given['id']) || `${textOf(given['created_date'])} ${phone ?? ''} ${mail ?? ''} ${title}`
  return {
    do: 'lead',
    // A lead that we have sent there ourselves.
    ours: /^[0-9a-f-]{36}$/i.exec(textOf(data['ringtrace']))?.[0] ?? null,
    ...{ caller: phone ?? '', atMs },
    request: {
      key: `lead ${key}`,
      atMs,
      formName: title || `Roistat: ${words[locale].lead}`,
      name: nullable(given['name']),
      phone,
      mail,
      message: nullable(given['text']),
      fields: { ...flat(data), ...(visit !== '' && { roistat: visit }) },
      pageUrl: nullable(data['page']) ?? nullable(info['landing_page']),
      domain: nullable(info['domain']),
      siteId: null,
      path: pathOf({ ...data, ...info, ...given }),
      cookie: visit === '' ? null : { name: 'roistat_visit', value: visit }
    }
  }
}

function readCall(given: Given, { locale }: RoistatSettings, nowMs: number): Asked {
  const [caller, id] = [textOf(given['caller']), textOf(given['id'])]
  if (caller === '' || id === '') return { do: 'nothing', error: 'a call must have an id and a caller' }
  const visit = textOf(given['visit'])
  const atMs = Math.min(timeOf(given['date']) ?? nowMs, nowMs)
  const say = words[locale]
  const file = textOf(given['file_url'])
  const message = [
    `${textOf(given['callee'])} · ${textOf(given['status'])} · ${textOf(given['duration']) || '0'} s`,
    ...(file === '' ? [] : [`${say.record}: ${file}`])
  ].join('\n')
  return {
    do: 'call',
    ours: null,
    ...{ caller, atMs },
    request: {
      ...{ key: `call ${id}`, atMs, formName: `Roistat: ${say.call}` },
      ...{ name: null, phone: caller, mail: null, message },
      fields: {
        ...flat({
          callee: given['callee'],
          status: given['status'],
          duration: given['duration'],
          file_url: file
        }),
        ...(visit !== '' && { roistat: visit })
      },
      ...{ pageUrl: null, domain: null, siteId: null },
      path: pathOf(given),
      cookie: visit === '' ? null : { name: 'roistat_visit', value: visit }
    }
  }
}

/** Marks of the address tell more than a marker, whose first level is the source. */
function pathOf(given: Given): RequestPath | null {
  const marked = pathOfMarks({
    source: nullable(given['utm_source']),
    medium: nullable(given['utm_medium']),
    campaign: nullable(given['utm_campaign']),
    keyword: nullable(given['utm_term'])
  })
  if (marked) return marked
  const [source, campaign = null, ...rest] = textOf(given['marker']).split('_').filter(Boolean)
  if (source === undefined) return null
  return pathOfMarks({ source, medium: null, campaign, keyword: rest.join('_') || null })
}

const nullable = (value: unknown): string | null => textOf(value).trim() || null

/** An object, or JSON of one. */
function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'string') return recordOf(value)
  try {
    return recordOf(JSON.parse(value))
  } catch (error) {
    // Some send words where fields are meant.
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

const flat = (given: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const text = textOf(value)
      return text === '' ? [] : [[name, text]]
    })
  )

/** `2015-06-28 09:12:54`, `2019-01-01T11:11:11` (UTC both), or with a zone. */
function timeOf(value: unknown): number | null {
  const text = textOf(value).trim().replace(' ', 'T')
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return null
  const ms = Date.parse(
    /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : `${text}Z`
  )
  return Number.isNaN(ms) ? null : ms
}
