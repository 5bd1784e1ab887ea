import type { Knex } from 'knex'
import { activeRules, type RuleRow } from './rules.ts'
import type { Trigger } from './core/rule.ts'

const waiting: readonly Trigger[] = ['inquiryUnanswered', 'inquiryIdle', 'dealIdle', 'taskOverdue']
/** What was due longer ago, while nothing ran, is not made up for. Shorter than runs are kept. */
const backDays = 7

/** When something was last done for the client by somebody: tasks that automation made itself are nothing done. */
const tasksOf = (contact: string): string =>
  `(select greatest(max(t.done_at), max(t.created_at) filter (where t.created_by is not null))
    from tasks t where t.contact_id = ${contact})`
const notesOf = (contact: string): string =>
  `(select max(n.created_at) from contact_notes n where n.contact_id = ${contact})`

/** Per trigger: rows of `id`, and `since` when nothing has happened. */
const silent: Record<string, { type: string; subject: string; rows: string; isOnce: boolean }> = {
  inquiryUnanswered: {
    type: 'inquiry.unanswered',
    subject: 'inquiry',
    isOnce: true,
    rows: `select i.id, i.created_at as since from inquiries i
      where i.state = 'new' and i.first_response_at is null and i.created_at <= now() - :wait`
  },
  inquiryIdle: {
    type: 'inquiry.idle',
    subject: 'inquiry',
    isOnce: false,
    rows: `select i.id, greatest(i.created_at, i.updated_at,
        (select max(a.at) from activities a where a.inquiry_id = i.id),
        ${tasksOf('i.contact_id')}, ${notesOf('i.contact_id')}) as since
      from inquiries i where i.state in ('new','inWork') and i.updated_at <= now() - :wait`
  },
  dealIdle: {
    type: 'deal.idle',
    subject: 'deal',
    isOnce: false,
    rows: `select d.id, greatest(d.created_at, d.updated_at,
        (select max(a.at) from activities a where a.deal_id = d.id),
        ${tasksOf('d.contact_id')}, ${notesOf('d.contact_id')}) as since
      from deals d join pipeline_stages s on s.id = d.stage_id
      where s.kind = 'open' and d.updated_at <= now() - :wait`
  },
  taskOverdue: {
    type: 'task.overdue',
    subject: 'task',
    isOnce: false,
    rows: `select t.id, t.due_at as since from tasks t where t.state = 'open' and t.due_at <= now() - :wait`
  }
}

/**
 * Finds what waited too long, for each rule that looks for it, and writes it down as events of that rule. The event's key
 * holds since when nothing happened, so that each wait counts once.
 * @returns how many were found
 */
export async function sweep(db: Knex): Promise<number> {
  let found = 0
  for (const rule of await activeRules(db, waiting)) found += await sweepRule(db, rule)
  return found
}

async function sweepRule(db: Knex, rule: RuleRow): Promise<number> {
  const of = silent[rule.trigger]
  if (!of) return 0
  const minutes = rule.trigger === 'taskOverdue' ? 0 : (rule.settings.minutes ?? 60)
  const rows = of.rows.replaceAll(':wait', "cast(:minutes as int) * interval '1 minute'")
  const key = `'${of.type}:' || r.id${of.isOnce ? '' : " || ':' || cast(extract(epoch from r.since) * 1000 as bigint)"}`
  // What automation made carries on the chain of rules that led to it.
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into automation_events (type, key, subject, subject_id, at, rule_id, chain)
     select :type, e.key, :subject, e.id, e.since + cast(:minutes as int) * interval '1 minute', :rule,
       coalesce((select array_append(u.chain, u.rule_id) from automation_steps s join automation_runs u on u.id = s.run_id
         where s.made_id = e.id limit 1), '{}')
     from (select r.id, r.since, ${key} as key from (${rows}) r
       where r.since <= now() - cast(:minutes as int) * interval '1 minute'
         and r.since + cast(:minutes as int) * interval '1 minute'
           >= greatest(cast(:since as timestamptz), now() - interval '${backDays} days')) e
     where not exists (select from automation_runs u where u.rule_id = :rule and u.key = e.key)
       and not exists (select from automation_events v where v.rule_id = :rule and v.key = e.key)
     limit 500`,
    {
      type: of.type,
      subject: of.subject,
      rule: rule.id,
      minutes,
      since: (rule.active_since ?? new Date()).toISOString()
    }
  )
  return rowCount
}
