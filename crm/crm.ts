import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { listen, type Listening } from '../db/listen.ts'
import { drainCrmInbox } from './inbox.ts'
import { dispatchInquiries } from './inquiries/dispatcher.ts'
import type { Announce, Presences } from './ports.ts'

export interface Crm {
  /** Begins to work out what calls, forms and callbacks mean. */
  start(): void
  stop(): Promise<void>
}

/** Events that come together are worked out together. */
const settleMs = 30
/** While they keep coming, so long from one look to the next: what a look costs is shared by more of them. */
const betweenMs = 250

/**
 * Makes inquiries by itself. Everything that it knows is in the database, so it may stop anywhere, and several may run.
 * @param everyMs looks this often, whether somebody told of an event or not
 */
export function createCrm(options: {
  db: Knex
  databaseUrl: string
  announce: Announce
  log: Logger
  /** Among whom the dispatcher chooses; without it nobody is given anything. */
  people?: Presences
  everyMs?: number
}): Crm {
  const { db, databaseUrl, announce, people = () => [], everyMs = 15_000 } = options
  const log = options.log.child({ part: 'crm' })
  let listening: Listening | undefined
  let timer: NodeJS.Timeout | undefined
  let timerAtMs = Infinity
  let running: Promise<unknown> | undefined
  let again = false
  let lookedMs = -Infinity
  let isStopped = false

  function wakeIn(ms: number): void {
    if (isStopped || Date.now() + ms >= timerAtMs) return
    clearTimeout(timer)
    timerAtMs = Date.now() + ms
    timer = setTimeout(run, ms)
  }

  const nextMs = (): number => Math.max(settleMs, betweenMs - (performance.now() - lookedMs))

  function run(): void {
    timerAtMs = Infinity
    if (running) {
      again = true
      return
    }
    again = false
    lookedMs = performance.now()
    running = drainCrmInbox(db, announce, log)
      .then(() => dispatchInquiries(db, people))
      .catch((error: unknown) => log.warn({ err: error }, 'Events for the CRM could not be looked at'))
      .finally(() => {
        running = undefined
        wakeIn(again ? nextMs() : everyMs)
      })
  }

  return {
    start() {
      listening = listen({
        databaseUrl,
        channels: ['ringtrace_crm'],
        log,
        onConnected: () => wakeIn(0),
        onNotice: () => wakeIn(nextMs())
      })
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await listening?.stop()
      await running
    }
  }
}
