import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { check } from './core/conditions.ts'
import { stoppedBy } from './core/guard.ts'
import { stepsOf } from './core/plan.ts'
import {
  eventOf,
  fires,
  type EventData,
  type EventType,
  type Facts,
  type Rule,
  type Subject,
  type Trigger
} from './core/rule.ts'
import { factsOf } from './facts.ts'
import type { AutomationPorts } from './ports.ts'
import { activeRules, ruleOf, schedulesOfRule, type RuleRow } from './rules.ts'
import { zoneOfCompany } from './settings.ts'

const batchSize = 50
const longestPauseSeconds = 3600
/** What became known later than this is no news any more: nobody writes to a client about yesterday's call. */
const freshMs = 24 * 3_600_000
const mayBeLate: ReadonlySet<EventType> = new Set([
  'call.ended',
  'call.rated',
  'inquiry.created',
  'form.submitted',
  'message.received'
])

interface EventRow {
  id: string
  type: EventType
  key: string
  subject: Subject
  subject_id: string
  at: Date
  data: EventData
  chain: string[]
  rule_id: string | null
  attempts: number
}

type Ports = Pick<AutomationPorts, 'openSchedules'>

/**
 * Matches everything that happened with the rules that are on, oldest first. An event leaves in the transaction of the
 * runs that it led to, and a rule runs once for one event, so stopping anywhere loses and doubles nothing. What the CRM
 * has not worked out yet waits for it.
 * @returns how many events were matched, and whether some wait for the CRM
 */
export async function matchEvents(
  db: Knex,
  ports: Ports,
  log: Logger
): Promise<{ matched: number; areWaiting: boolean }> {
  let matched = 0
  for (;;) {
    const done = await matchSome(db, ports, log)
    matched += done
    if (done < batchSize) break
  }
  const waiting: unknown = await db('automation_events').where('next_at', '<=', db.fn.now()).first('id')
  return { matched, areWaiting: waiting !== undefined }
}

function matchSome(db: Knex, ports: Ports, log: Logger): Promise<number> {
  return db.transaction(async (trx) => {
    // One at a time: the limit for a client counts runs.
    await trx.raw(`select pg_advisory_xact_lock(hashtext('ringtrace.automation'))`)
    const rows = await trx('automation_events as e')
      .where('e.next_at', '<=', trx.fn.now())
      .whereRaw('not exists (select from crm_inbox i where i.subject_id = e.subject_id and i.attempts < 3)')
      .orderBy('e.id')
      .limit(batchSize)
      .select<EventRow[]>('e.*')
    const rules = rows.length === 0 ? [] : await activeRules(trx, Object.keys(eventOf) as Trigger[])
    const waitedFor = rows.filter((row) => rulesFor(row, rules).length > 0)
    const others = rows.filter((row) => !waitedFor.includes(row))
    await forget(trx, others)
    for (const row of waitedFor) {
      try {
        await trx.transaction(async (inner) => {
          await matchEvent(inner, row, rulesFor(row, rules), ports)
          await forget(inner, [row])
        })
      } catch (error) {
        log.error({ err: error, key: row.key }, 'An event could not be matched with rules; it is tried again')
        await trx('automation_events')
          .where({ id: row.id })
          .update({
            attempts: row.attempts + 1,
            error: String(error).slice(0, 500),
            next_at: trx.raw("now() + ? * interval '1 second'", [
              Math.min(2 ** row.attempts, longestPauseSeconds)
            ])
          })
      }
    }
    return rows.length
  })
}

/** Of all rules that are on, those that wait for this event; or the one it is for. */
const rulesFor = (event: EventRow, rules: readonly RuleRow[]): RuleRow[] =>
  rules.filter(
    ({ id, trigger }) => eventOf[trigger] === event.type && (event.rule_id === null || event.rule_id === id)
  )

async function forget(trx: Knex, events: readonly EventRow[]): Promise<void> {
  if (events.length === 0) return
  await trx('automation_events')
    .whereIn(
      'id',
      events.map(({ id }) => id)
    )
    .delete()
}

async function matchEvent(
  trx: Knex,
  event: EventRow,
  rules: readonly RuleRow[],
  ports: Ports
): Promise<void> {
  const facts = await factsOf(trx, {
    subject: event.subject,
    subjectId: event.subject_id,
    atMs: event.at.getTime(),
    data: { ...event.data }
  })
  if (!facts) return
  for (const rule of rules.map(ruleOf))
    if (fires(rule, facts, event.data)) await run(trx, rule, event, facts, ports)
}

/** What the conditions of a rule look at beside the facts. */
export async function around(db: Knex, rule: Pick<Rule, 'groups'>, atMs: number, ports: Ports) {
  const wanted = schedulesOfRule(rule)
  return {
    companyZone: await zoneOfCompany(db),
    openSchedules:
      wanted.length === 0 ? new Map<string, boolean>() : await ports.openSchedules(db, wanted, atMs)
  }
}

async function run(trx: Knex, rule: Rule, event: EventRow, facts: Facts, ports: Ports): Promise<void> {
  const limitId = facts.contactId ?? facts.subjectId
  const { holds, checks } = check(rule.groups, facts, await around(trx, rule, facts.atMs, ports))
  const isLate = mayBeLate.has(event.type) && event.at.getTime() < Date.now() - freshMs
  const stopped = !holds
    ? null
    : isLate
      ? 'tooLate'
      : stoppedBy(rule, event.chain, await recentRuns(trx, rule, limitId))
  const isRun = holds && stopped === null
  const steps = stepsOf(rule.actions)
  const [made] = await trx('automation_runs')
    .insert({
      rule_id: rule.id,
      key: event.key,
      type: event.type,
      subject: event.subject,
      subject_id: event.subject_id,
      contact_id: facts.contactId,
      limit_id: limitId,
      data: JSON.stringify(event.data),
      at: event.at,
      chain: event.chain,
      state: isRun ? (steps.length === 0 ? 'done' : 'waiting') : holds ? 'stopped' : 'skipped',
      reason: holds ? stopped : 'conditions',
      checks: JSON.stringify(checks),
      finished_at: isRun && steps.length > 0 ? null : trx.fn.now()
    })
    .onConflict(['rule_id', 'key'])
    .ignore()
    .returning<{ id: string }[]>('id')
  if (!made || !isRun || steps.length === 0) return
  await trx('automation_steps').insert(
    steps.map((action, position) => ({
      run_id: made.id,
      position,
      kind: action.kind,
      action: JSON.stringify(action)
    }))
  )
}

async function recentRuns(trx: Knex, rule: Rule, limitId: string): Promise<number> {
  const row = await trx('automation_runs')
    .where({ rule_id: rule.id, limit_id: limitId })
    .whereNotIn('state', ['skipped', 'stopped'])
    .whereRaw("created_at > now() - ? * interval '1 hour'", [rule.limitHours])
    .count<{ n: string }[]>('* as n')
    .first()
  return Number(row?.n ?? 0)
}
