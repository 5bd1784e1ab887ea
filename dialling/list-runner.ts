import type { Knex } from 'knex'
import { politeHours } from './core/region-time.ts'
import type { CallbackSettings } from './core/settings.ts'
import { finishList } from './attempts.ts'
import { makeOrder, whoTalks } from './orders.ts'
import type { Placing } from './placing.ts'
import type { Policy } from './policy/decide.ts'
import { hoursSettings, isOpen, nextInAll, type Hours } from './policy/hours.ts'
import type { DiallingPorts } from './ports.ts'

interface ListRow {
  id: string
  group_id: string | null
  user_id: string | null
  number_id: string | null
  hours: unknown
  ring_seconds: number
  is_recorded: boolean
}

interface EntryRow {
  id: string
  phone: string
}

/** How many entries that may not be called now are put off in one round. */
const lookAhead = 50

/**
 * Places one call for each running list that has an operator free and a client who may be called at this hour. Never
 * ahead of an operator: a call is placed only when somebody is there to take it.
 * @returns whether any was placed, and whether some list waits for an operator
 */
export async function runLists(options: {
  db: Knex
  ports: Pick<DiallingPorts, 'isAnyoneFree'>
  placing: Placing
  settings: CallbackSettings
  policy: Policy
  now: () => number
}): Promise<{ isPlaced: boolean; isWaiting: boolean }> {
  const { db, ports, placing, settings, policy, now } = options
  const lists = (await db('dial_lists').where({ state: 'running' }).orderBy('created_at')) as ListRow[]
  const usedLines = new Set<string>()
  let isWaiting = false
  for (const list of lists) {
    const hours = hoursOf(list, settings)
    const query = whoTalks({
      userId: list.user_id,
      ownerId: null,
      groupId: list.group_id ?? settings.groupId
    })
    const line = list.user_id ?? list.group_id ?? ''
    if (!query || !isOpen(hours, now())) continue
    if (usedLines.has(line) || !ports.isAnyoneFree(query)) {
      isWaiting = true
      continue
    }
    const entry = await nextEntry(db, list, hours, policy, now())
    if (!entry) {
      await finishList(db, list.id)
      continue
    }
    const placed = await placing.attempt({ kind: 'entry', id: entry.id }, () =>
      makeOrder(
        db,
        { phone: entry.phone, numberId: list.number_id },
        {
          callType: 'dialer',
          orderId: entry.id,
          operators: query,
          byUserId: null,
          parentCallId: null,
          ringSeconds: list.ring_seconds,
          record: list.is_recorded
        }
      )
    )
    if (placed !== null) usedLines.add(line)
  }
  return { isPlaced: usedLines.size > 0, isWaiting }
}

function hoursOf(list: ListRow, settings: CallbackSettings): Hours {
  const own = hoursSettings.nullable().safeParse(list.hours)
  return (own.success ? own.data : null) ?? settings.hours
}

/** The first entry that may be called now. Others are put off to their polite hour, or dropped by the client's wish. */
async function nextEntry(
  db: Knex,
  list: ListRow,
  hours: Hours,
  policy: Policy,
  nowMs: number
): Promise<EntryRow | null> {
  const due = await db('dial_list_entries')
    .where({ list_id: list.id })
    .whereIn('state', ['waiting', 'retry'])
    .where('next_attempt_at', '<=', new Date(nowMs))
    .orderBy(['next_attempt_at', 'position'])
    .limit(lookAhead)
    .select<EntryRow[]>('id', 'phone')
  for (const entry of due) {
    if (policy.doNotCall.has(entry.phone)) {
      await changeEntry(db, entry, {
        state: 'stopped',
        last_result: 'refused',
        last_reason: 'do_not_call',
        next_attempt_at: null
      })
      continue
    }
    const politeMs = nextInAll([politeHours(entry.phone, hours.timeZone), hours], nowMs)
    if (politeMs <= nowMs && !(await isInCall(db, entry.phone, nowMs))) return entry
    await changeEntry(db, entry, { next_attempt_at: new Date(Math.max(politeMs, nowMs + inCallPauseMs)) })
  }
  return null
}

const inCallPauseMs = 60_000

async function changeEntry(db: Knex, entry: EntryRow, columns: Record<string, unknown>): Promise<void> {
  await db('dial_list_entries')
    .where({ id: entry.id })
    .whereIn('state', ['waiting', 'retry'])
    .update({ ...columns, updated_at: db.fn.now() })
}

const isInCall = async (db: Knex, phone: string, nowMs: number): Promise<boolean> =>
  Boolean(
    await db('calls')
      .where({ caller_number: phone })
      .whereNull('ended_at')
      .where('started_at', '>', new Date(nowMs - 6 * 3_600_000))
      .first<unknown>('id')
  )
