import { recordOf, textOf } from '../connectors/read.ts'
import type { ServeRequest } from '../connectors/kind.ts'
import { timeOf } from './words.ts'

/** Calls of which time and kind are wished for. */
export interface HistoryWish {
  fromMs: number
  toMs: number
  type: 'all' | 'in' | 'out' | 'missed'
  limit: number
  format: 'json' | 'csv'
}

/** What the CRM asks of us. */
export type Asked =
  | { do: 'call'; user: string; phone: string; line: string | null; isNew: boolean }
  | { do: 'people' | 'groups'; isNew: boolean }
  | { do: 'history'; wish: HistoryWish }
  | { do: 'nothing'; status: number; error: string }

const dayMs = 86_400_000
/** Lines of one answer, when nothing is said, and at the most. */
const usualLines = 100
const mostLines = 1000
/** Where MegaFon's own days begin and end. */
const zoneMs = 3 * 3_600_000

const nothing = (status: number, error: string): Asked => ({ do: 'nothing', status, error })

/** By `cmd` at our address, or by the path below `/crmapi/v1`. Pure. */
export function readAsked({ method, path, query, body }: ServeRequest, nowMs: number): Asked {
  const given = { ...recordOf(body), ...query }
  const part = /^\/crmapi\/v1\/(.+?)\/?$/.exec(path)?.[1]
  switch (part ?? `cmd ${textOf(given['cmd'])}`) {
    case 'makecall':
    case 'cmd makeCall':
      return method === 'POST' ? readCall(given, part !== undefined) : nothing(405, 'POST is wanted')
    case 'users':
    case 'cmd accounts':
      return { do: 'people', isNew: part !== undefined }
    case 'groups':
    case 'cmd groups':
      return { do: 'groups', isNew: part !== undefined }
    case 'history/json':
      return readHistory(given, 'json', nowMs)
    case 'history/csv':
    case 'cmd history':
      return readHistory(given, 'csv', nowMs)
    default:
      return nothing(part === undefined ? 400 : 404, 'Invalid command')
  }
}

function readCall(given: Record<string, unknown>, isNew: boolean): Asked {
  const [phone, user] = [textOf(given['phone']).trim(), textOf(given['user']).trim()]
  if (!/^\+?[\d ()-]{3,25}$/.test(phone)) return nothing(400, 'Invalid phone')
  if (user === '' || user.length > 100) return nothing(400, 'Invalid user')
  return { do: 'call', user, phone, line: textOf(given['clid']).trim() || null, isNew }
}

function readHistory(given: Record<string, unknown>, format: 'json' | 'csv', nowMs: number): Asked {
  const type = textOf(given['type']) || 'all'
  if (type !== 'all' && type !== 'in' && type !== 'out' && type !== 'missed')
    return nothing(400, 'Invalid type')
  const limit = textOf(given['limit']) === '' ? usualLines : Number(textOf(given['limit']))
  if (!Number.isInteger(limit) || limit < 1) return nothing(400, 'Invalid limit')
  const span = spanOf(given, nowMs)
  if (!span) return nothing(400, 'Invalid period')
  return { do: 'history', wish: { ...span, type, limit: Math.min(limit, mostLines), format } }
}

/** From `start` to `end`, else a `period` by name, else today. */
function spanOf(given: Record<string, unknown>, nowMs: number): { fromMs: number; toMs: number } | null {
  const [start, end] = [textOf(given['start']), textOf(given['end'])]
  if (start !== '') {
    const fromMs = timeOf(start)
    const toMs = end === '' ? nowMs : timeOf(end)
    return fromMs !== null && toMs !== null && fromMs < toMs ? { fromMs, toMs } : null
  }
  return periodOf(textOf(given['period']) || 'today', nowMs)
}

function periodOf(period: string, nowMs: number): { fromMs: number; toMs: number } | null {
  const local = new Date(nowMs + zoneMs)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const today = Date.UTC(year, month, day) - zoneMs
  const monday = today - ((local.getUTCDay() + 6) % 7) * dayMs
  const monthAt = (shift: number): number => Date.UTC(year, month + shift, 1) - zoneMs
  const spans: Record<string, [number, number]> = {
    today: [today, today + dayMs],
    yesterday: [today - dayMs, today],
    this_week: [monday, monday + 7 * dayMs],
    last_week: [monday - 7 * dayMs, monday],
    this_month: [monthAt(0), monthAt(1)],
    last_month: [monthAt(-1), monthAt(0)]
  }
  const [fromMs, toMs] = spans[period] ?? []
  return fromMs === undefined || toMs === undefined ? null : { fromMs, toMs }
}
