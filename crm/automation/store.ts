import type { Knex } from 'knex'
import { automationChannel } from './take.ts'

/** Longer than anything that waits is looked back for: see `sweep.ts`. */
const keptDays = 90
const keptSkippedDays = 14

/** Deletes old runs; those whose conditions did not hold go sooner. Nothing that is to come is touched. */
export async function pruneRuns(db: Knex): Promise<number> {
  return db('automation_runs')
    .whereNot('state', 'waiting')
    .where((old) => {
      old
        .whereRaw(`created_at < now() - interval '${keptDays} days'`)
        .orWhereRaw(`state = 'skipped' and created_at < now() - interval '${keptSkippedDays} days'`)
    })
    .delete()
}

/**
 * Makes the actions of a run that came to nothing due again: a person has seen to it, or knows that they did not go.
 * @returns how many
 */
export async function retryRun(trx: Knex, runId: string): Promise<number> {
  const again = await trx('automation_steps')
    .where({ run_id: runId })
    .whereIn('state', ['failed', 'unknown'])
    .update({ state: 'pending', attempts: 0, next_at: trx.fn.now(), note: null, done_at: null })
  if (again === 0) return 0
  await trx('automation_runs').where({ id: runId }).update({ state: 'waiting', finished_at: null })
  await trx.raw('select pg_notify(?, ?)', [automationChannel, ''])
  return again
}

/** How rules have done: runs of the last thirty days, and the last one of each. */
export async function countsOf(
  db: Knex,
  ruleIds: readonly string[]
): Promise<
  Map<string, { done: number; waiting: number; failed: number; left: number; lastAt: Date | null }>
> {
  const rows = await db('automation_runs')
    .whereIn('rule_id', [...ruleIds])
    .whereRaw(`created_at > now() - interval '30 days'`)
    .groupBy('rule_id')
    .select<
      { rule_id: string; done: number; waiting: number; failed: number; left: number; lastAt: Date | null }[]
    >(
      'rule_id',
      db.raw(`cast(count(*) filter (where state = 'done') as int) as done`),
      db.raw(`cast(count(*) filter (where state = 'waiting') as int) as waiting`),
      db.raw(`cast(count(*) filter (where state = 'failed') as int) as failed`),
      db.raw(`cast(count(*) filter (where state in ('skipped','stopped')) as int) as "left"`),
      db.raw(`max(created_at) filter (where state not in ('skipped','stopped')) as "lastAt"`)
    )
  return new Map(rows.map(({ rule_id, ...counts }) => [rule_id, counts]))
}
