import type { Knex } from 'knex'
import type { Action, Group, Rule, Trigger, TriggerSettings } from './core/rule.ts'

export interface RuleRow {
  id: string
  name: string
  is_active: boolean
  active_since: Date | null
  trigger: Trigger
  settings: TriggerSettings
  groups: Group[]
  actions: Action[]
  limit_times: number
  limit_hours: number
}

export const ruleOf = (row: Omit<RuleRow, 'is_active' | 'active_since'>): Rule => ({
  id: row.id,
  name: row.name,
  trigger: row.trigger,
  settings: row.settings,
  groups: row.groups,
  actions: row.actions,
  limitTimes: row.limit_times,
  limitHours: row.limit_hours
})

/** Rules that are on and wait for such a trigger, the oldest first. */
export async function activeRules(db: Knex, triggers: readonly Trigger[]): Promise<RuleRow[]> {
  return db<RuleRow>('automation_rules')
    .where({ is_active: true })
    .whereIn('trigger', [...triggers])
    .orderBy(['created_at', 'id'])
}

/** Schedules that the conditions of a rule name. */
export const schedulesOfRule = ({ groups }: Pick<Rule, 'groups'>): string[] =>
  groups.flatMap(({ conditions }) =>
    conditions.flatMap((one) => (one.kind === 'schedule' ? [one.scheduleId] : []))
  )
