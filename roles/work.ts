import type { ApiDeps } from '../api/deps.ts'
import { createRetention } from '../api/retention.ts'
import { createCrm } from '../crm/crm.ts'
import { startJobs, type JobTasks } from '../db/jobs.ts'
import { createClock } from '../host/clock.ts'
import { keepDue } from '../jobs/clock-set.ts'
import { createFacts } from '../reports/facts/facts.ts'
import { rebuildOrder } from '../reports/facts/job.ts'
import { createReportDays } from '../reports/queries/days.ts'
import { tidySipTrace } from '../pbx/trace/trace.ts'
import type { Aside, Ground } from './ground.ts'
import type { Parts } from './parts.ts'
import type { Tools } from './tools.ts'

/**
 * Starts what goes on behind calls and screens: the CRM's own work, messages, automation, facts of reports, and all jobs.
 * Several processes may do it side by side: each thing is done by one of them. What can be done by one process only is
 * begun by `startSoleWork`.
 * @param pbx whose operators get inquiries
 */
export function startWork(
  ground: Ground,
  { outside, recordings, tracking }: Tools,
  parts: Parts,
  pbx: Pick<ApiDeps['pbx'], 'operators'>
): void {
  const { db, databaseUrl, log, aside, following } = ground
  const { automation, backups, jobs, mailings, reminders } = parts
  const { announce } = automation
  const clock = createClock()
  aside.push('the clock', () => clock.close())
  const due = keepDue({ db, onStep: (listener) => clock.onStep(listener), log })
  aside.push('what is due', () => due.stop())
  const crm = createCrm({ db, databaseUrl, announce, log, people: () => pbx.operators() })
  crm.start()
  aside.push('the CRM', () => crm.stop())
  automation.start()
  aside.push('automation', () => automation.stop())
  const all = [
    backups,
    reminders,
    ...outside.parts,
    automation,
    recordings,
    following,
    tracking,
    jobs,
    mailings,
    createRetention({ db, recordings, log }),
    createReportDays({ db, log }),
    tidySipTrace(db)
  ]
  const runner = startJobs({
    databaseUrl,
    tasks: Object.assign({}, ...all.map(({ tasks }) => tasks)) as JobTasks,
    schedules: all.flatMap(({ schedules }) => schedules),
    log
  })
  aside.push('jobs', () => runner.stop())
}

/**
 * Starts what only one process at a time may do: mailboxes and bots would be read twice, and facts of reports counted
 * by two.
 */
export function startSoleWork(
  { db, log }: Ground,
  aside: Aside,
  { jobs, channels }: Pick<Parts, 'jobs' | 'channels'>
): void {
  channels.start()
  aside.push('channels', () => channels.stop())
  const facts = createFacts({ db, log, orderRebuild: (trx, wish) => jobs.order(trx, rebuildOrder(wish)) })
  facts.start()
  aside.push('facts of reports', () => facts.stop())
}
