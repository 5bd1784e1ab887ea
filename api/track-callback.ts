import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { orderCallback, type CallbackRow } from '../dialling/callbacks.ts'
import { tellOfFlood } from '../crm/tasks/alarms.ts'
import { isOpen, nextInAll, type Hours } from '../dialling/policy/hours.ts'
import { clean } from '../tracking/landing.ts'
import { identify } from '../tracking/store/events.ts'
import type { TrackCallback } from './contract/track.ts'
import type { CallbackProgress, WidgetState } from './contract/widget.ts'
import type { ApiDeps } from './deps.ts'
import type { Context } from './endpoint.ts'
import { ApiError } from './problems.ts'
import { siteOf } from './track-door.ts'
import type { trackCallbackAnswer } from './contract/track.ts'

/** Which refusals of the dialling policy will still stand when the time of the callback has come. */
const lasting = ['bad_number', 'do_not_call', 'prefix_blocked', 'country_not_allowed'] as const
const dayMs = 86_400_000
/** Nobody plans a call further ahead on a page. */
const longestAheadMs = 60 * dayMs
/** Nobody reads a page and writes a number sooner. */
const shortestVisitMs = 5000

/** Orders a callback as a page of a site asks for it. @throws ApiError */
export async function orderFromPage(
  deps: ApiDeps,
  context: Context<unknown, TrackCallback>
): Promise<z.output<typeof trackCallbackAnswer>> {
  const { body, req } = context
  const { tracking, dialling, db } = deps
  const site = siteOf(deps, body.key, context)
  if (!tracking) throw new ApiError('tracking_away')
  if (body.trap) return { id: randomUUID(), isMerged: false }
  // Before anything is looked up: tries are counted whatever comes of them.
  const work = tracking.workNeeded(site.id, req.ip ?? '', body.work ?? null)
  if (work) throw new ApiError('work_needed', { work })
  const { decision, number, isEmergency } = dialling.policy.explain({
    number: body.phone,
    byUserId: null,
    // Whoever types the number need not be the one who asked for no calls.
    isUnsolicited: true
  })
  const reason = decision.allowed ? undefined : lasting.find((code) => code === decision.reason)
  if (reason) throw await refused(deps, site, reason)
  if (number === null || isEmergency) throw await refused(deps, site, 'bad_number')
  const nowMs = Date.now()
  const wishedMs = body.wishedAt ? Date.parse(body.wishedAt) : null
  if (wishedMs !== null && wishedMs > nowMs + longestAheadMs) {
    throw new ApiError('invalid', { errors: [{ path: 'wishedAt', message: 'at most 60 days ahead' }] })
  }
  const [visit, client] = await Promise.all([
    db('visits')
      .where({ id: body.visit ?? null, site_id: site.id })
      .first<{ id: string; visitor_id: string; started_at: Date } | undefined>(
        'id',
        'visitor_id',
        'started_at'
      ),
    db('contact_phones').where({ e164: number }).first<{ e164: string } | undefined>('e164')
  ])
  const hasVisit = visit !== undefined && nowMs - visit.started_at.getTime() > shortestVisitMs
  if (!tracking.mayOrder(site.id, req.ip ?? '', number, { isClient: client !== undefined, hasVisit }))
    throw await refused(deps, site, 'too_many_attempts')
  const wanted = { name: body.name, note: body.note }
  const made = await orderCallback(db, {
    phone: number,
    kind: 'form',
    name: wanted.name ? clean(wanted.name) : null,
    note: wanted.note ? clean(wanted.note, 2000) : null,
    // A time that has passed, on a clock that is slow, means now.
    atMs: wishedMs !== null && wishedMs > nowMs ? wishedMs : null,
    siteId: site.id,
    visitId: visit?.id ?? null
  })
  if (visit) {
    const ids = { siteId: site.id, visitId: visit.id, visitorId: visit.visitor_id }
    await identify(db, ids, { phone: number, ...(wanted.name && { name: clean(wanted.name) }) })
  }
  return { id: made.id, isMerged: !made.isNew }
}

/** The refusal of an order; admins are told when a site gets very many. */
async function refused(
  { db, tracking }: ApiDeps,
  site: { id: string },
  code: (typeof lasting)[number] | 'too_many_attempts'
): Promise<ApiError> {
  if (tracking?.isFlood(site.id)) await db.transaction((trx) => tellOfFlood(trx, site.id))
  return new ApiError(code, code === 'too_many_attempts' ? { retryAfterSeconds: 3600 } : {})
}

/** How a callback stands. @throws ApiError not_found */
export async function progressOf({ db, dialling }: ApiDeps, id: string): Promise<CallbackProgress> {
  const row = await db('callbacks')
    .where({ id, kind: 'form' })
    .first<(CallbackRow & { last_result: string | null }) | undefined>()
  if (!row) throw new ApiError('not_found')
  const { hours } = dialling.policy.settings
  const common = { at: null, reason: null, timeZone: hours.timeZone }
  switch (row.state) {
    case 'calling':
      return { ...common, state: 'calling' }
    case 'done':
      return { ...common, state: 'talked' }
    case 'failed':
    case 'cancelled':
      return { ...common, state: 'failed', reason: reasonOf(row.last_result) }
    case 'waiting':
    case 'retry': {
      const nowMs = Date.now()
      const dueMs = Math.max(nowMs, row.next_attempt_at?.getTime() ?? nowMs)
      const atMs = nextInAll([hours], dueMs)
      const isLater = atMs > nowMs + 30_000
      return {
        ...common,
        state: 'waiting',
        reason: reasonOf(row.last_result) ?? (isLater ? 'later' : null),
        at: isLater ? new Date(atMs).toISOString() : null
      }
    }
  }
}

function reasonOf(result: string | null): CallbackProgress['reason'] {
  if (result === 'noOperator' || result === 'operatorLeft') return 'noOperator'
  if (result === 'clientNoAnswer') return 'noAnswer'
  return result === 'clientBusy' ? 'busy' : null
}

const slotMs = 30 * 60_000
const mostSlots = 60
const leastAheadMs = 15 * 60_000

/** Whether somebody calls back now, and when a call may be wished for. */
export function stateOfWidget(
  { dialling, pbx }: Pick<ApiDeps, 'dialling' | 'pbx'>,
  nowMs = Date.now()
): WidgetState {
  const { hours } = dialling.policy.settings
  const open = isOpen(hours, nowMs)
  const opensMs = nextInAll([hours], nowMs)
  const isAhead = !open && isOpen(hours, opensMs)
  return {
    isOpen: open,
    isAnyoneFree: pbx
      .operators()
      .some(
        ({ presence, isReachable, callId }) => presence === 'available' && isReachable && callId === null
      ),
    timeZone: hours.timeZone,
    opensAt: isAhead ? new Date(opensMs).toISOString() : null,
    slots: slotsOf(hours, nowMs),
    hours: (['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const).map((day) =>
      hours.hours[day].map(([from, to]): [string, string] => [from, to])
    )
  }
}

/** Half hours in which the company works, on the next days. */
function slotsOf(hours: Hours, nowMs: number): string[] {
  const slots: string[] = []
  let atMs = Math.ceil((nowMs + leastAheadMs) / slotMs) * slotMs
  const endMs = nowMs + 14 * dayMs
  while (slots.length < mostSlots && atMs < endMs) {
    if (isOpen(hours, atMs)) slots.push(new Date(atMs).toISOString())
    atMs += slotMs
  }
  return slots
}
