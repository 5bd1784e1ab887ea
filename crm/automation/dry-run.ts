import type { Knex } from 'knex'
import { check, type Checks } from './core/conditions.ts'
import { plan, reachesClient, stepsOf, type Planned } from './core/plan.ts'
import { quietUntil } from './core/hours.ts'
import { fires, type Facts, type Rule, type Subject } from './core/rule.ts'
import { factsOf } from './facts.ts'
import { around } from './match.ts'
import type { AutomationPorts } from './ports.ts'
import { readSettings, zoneOfCompany } from './settings.ts'
import { mannerFor } from './steps.ts'

/** A rule as it stands in the editor, and something that happened. */
export interface DryRun {
  rule: Pick<Rule, 'trigger' | 'settings' | 'groups' | 'actions'>
  subject: Subject
  subjectId: string
}

export interface Tried {
  facts: Facts
  /** Whether the trigger would have fired. */
  isFired: boolean
  holds: boolean
  checks: Checks
  /** What each action would do; texts with everything filled in. */
  steps: (Planned & { waitsUntilMs: number | null })[]
}

interface World {
  db: Knex
  ports: Pick<AutomationPorts, 'openSchedules' | 'zoneOf' | 'hasSms'>
  publicUrl: string | null
  now: () => number
}

/**
 * What a rule would do about something that happened, at its moment and by what is known today. Writes and sends nothing.
 * @returns null when there is no such thing
 */
export async function dryRun(world: World, { rule, subject, subjectId }: DryRun): Promise<Tried | null> {
  const { db, ports } = world
  const atMs = await momentOf(db, subject, subjectId)
  if (atMs === null) return null
  const facts = await factsOf(db, { subject, subjectId, atMs })
  if (!facts) return null
  const { holds, checks } = check(rule.groups, facts, await around(db, rule, atMs, ports))
  const manner = await mannerFor(db, facts, world.publicUrl)
  const { quiet } = await readSettings(db)
  const zone = (facts.phone === null ? null : ports.zoneOf(facts.phone)) ?? (await zoneOfCompany(db))
  const isDeal = facts.subject === 'deal'
  const hasSms = await ports.hasSms()
  return {
    facts,
    // Of a deal that is where it is: it came there once.
    isFired: fires(
      rule,
      facts,
      isDeal ? { stageId: facts.stageId ?? '', stageKind: facts.stageKind ?? '' } : {}
    ),
    holds,
    checks,
    steps: stepsOf(rule.actions).map((action) => {
      const planned = plan(action, facts, manner)
      const isUnset = action.kind === 'sendSms' && !hasSms
      return {
        ...planned,
        skip: planned.skip ?? (isUnset ? 'notSetUp' : null),
        waitsUntilMs: reachesClient(action) ? quietUntil(atMs, zone, quiet) : null
      }
    })
  }
}

const places: Record<Subject, { table: string; at: string }> = {
  call: { table: 'calls', at: 'coalesce(ended_at, started_at)' },
  form: { table: 'form_submissions', at: 'at' },
  inquiry: { table: 'inquiries', at: 'created_at' },
  deal: {
    table: 'deals',
    at: 'coalesce((select max(c.at) from deal_stage_changes c where c.deal_id = deals.id), created_at)'
  },
  task: { table: 'tasks', at: 'coalesce(due_at, created_at)' },
  message: { table: 'messages', at: 'at' }
}

async function momentOf(db: Knex, subject: Subject, id: string): Promise<number | null> {
  const { table, at } = places[subject]
  const row = await db(table)
    .where({ id })
    .first<{ moment: Date } | undefined>(db.raw(`${at} as moment`))
  return row?.moment.getTime() ?? null
}
