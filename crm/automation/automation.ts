import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../../db/jobs.ts'
import { listen, type Listening } from '../../db/listen.ts'
import type { Announce } from '../ports.ts'
import { dryRun, type DryRun, type Tried } from './dry-run.ts'
import { matchEvents } from './match.ts'
import type { AutomationPorts } from './ports.ts'
import { giveUpLost, workStep, type StepsWorld } from './steps.ts'
import { pruneRuns } from './store.ts'
import { sweep } from './sweep.ts'
import { announcingTo, automationChannel } from './take.ts'

export interface Automation {
  /** What the CRM announces, to the world outside and to the rules. */
  readonly announce: Announce
  /** What a rule would do about something that happened; nothing is written or sent. */
  tryOut(rule: DryRun): Promise<Tried | null>
  /** Does all that is due at this moment: what happened, what waited too long, actions. */
  work(): Promise<void>
  start(): void
  stop(): Promise<void>
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

/** Events that come together are looked at together. */
const settleMs = 30
/** The CRM works out a call or a form in this time; then its client is known. */
const crmMs = 200
/** How many messages may be on their way out at a time. */
const lanes = 4

/**
 * Rules: trigger → conditions → actions. All that it knows is in the database, so it may stop anywhere, and several may
 * run. See docs/adr/0026-automation-once.md for why nothing is done twice.
 * @param everyMs looks this often, whether somebody told of an event or not
 * @param now a clock of its own, for tests
 */
export function createAutomation(options: {
  db: Knex
  databaseUrl: string
  /** To webhooks and connectors. */
  announce: Announce
  ports: AutomationPorts
  /** Where clients reach us from outside; null where nobody has said. */
  publicUrl: string | null
  /** Where people of the house reach the panel. */
  panelUrl: string
  log: Logger
  everyMs?: number
  now?: () => number
}): Automation {
  const { db, databaseUrl, announce, ports, everyMs = 15_000 } = options
  const log = options.log.child({ part: 'automation' })
  const world: StepsWorld = {
    ...{ db, ports, announce, log },
    publicUrl: options.publicUrl?.replace(/\/$/, '') ?? null,
    panelUrl: options.panelUrl.replace(/\/$/, ''),
    now: options.now ?? Date.now
  }
  let listening: Listening | undefined
  let isStopped = false

  async function inside(): Promise<boolean> {
    await sweep(db)
    let areWaiting: boolean
    let isMore: boolean
    do {
      const matched = await matchEvents(db, ports, log)
      areWaiting = matched.areWaiting
      isMore = false
      // Actions may be events of their own.
      while (!isStopped && (await workStep(world, 'inside'))) isMore = true
    } while (isMore && !isStopped)
    return areWaiting
  }

  async function out(): Promise<void> {
    await giveUpLost(db)
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        while (!isStopped && (await workStep(world, 'out')));
      })
    )
  }

  // A mail server that is slow holds up no notice to a supervisor.
  const outLoop = loop(async () => {
    await out()
    return everyMs
  })
  const insideLoop = loop(async () => {
    const areWaiting = await inside()
    outLoop.wakeIn(0)
    return areWaiting ? crmMs : everyMs
  })

  function loop(once: () => Promise<number>): { wakeIn(ms: number): void; stop(): Promise<void> } {
    let timer: NodeJS.Timeout | undefined
    let timerAtMs = Infinity
    let running: Promise<void> | undefined
    let again = false
    function wakeIn(ms: number): void {
      if (isStopped || Date.now() + ms >= timerAtMs) return
      clearTimeout(timer)
      timerAtMs = Date.now() + ms
      timer = setTimeout(run, ms)
    }
    function run(): void {
      timerAtMs = Infinity
      if (running) {
        again = true
        return
      }
      again = false
      running = once()
        .catch((error: unknown) => {
          log.warn({ err: error }, 'Rules of automation could not be looked at; they are again soon')
          return everyMs
        })
        .then((pauseMs) => {
          running = undefined
          wakeIn(again ? settleMs : pauseMs)
        })
    }
    return {
      wakeIn,
      async stop() {
        clearTimeout(timer)
        await running
      }
    }
  }

  return {
    announce: announcingTo(announce),
    tryOut: (rule) => dryRun(world, rule),
    async work() {
      await inside()
      await out()
    },
    start() {
      listening = listen({
        databaseUrl,
        channels: [automationChannel],
        log,
        onConnected: () => insideLoop.wakeIn(0),
        onNotice: () => insideLoop.wakeIn(settleMs)
      })
    },
    async stop() {
      isStopped = true
      await listening?.stop()
      await Promise.all([insideLoop.stop(), outLoop.stop()])
    },
    tasks: {
      'automation.prune': async () => {
        const deleted = await pruneRuns(db)
        log.info({ deleted }, 'old runs of automation were deleted from the log')
      }
    },
    schedules: [{ task: 'automation.prune', match: '35 3 * * *' }]
  }
}
