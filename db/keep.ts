import { startPostgres, type PostgresOptions, type RunningPostgres } from './embedded.ts'

export interface KeptPostgres {
  /** Of the server that runs now. */
  readonly pid: number
  /** Where the product's own database is; the same after each restart. */
  readonly url: string
  stop(): Promise<void>
}

/** After this pause a dead server is started anew; it doubles up to a minute while it keeps dying. */
const firstPauseMs = 500
const longestPauseMs = 60_000
/** A server that lived this long was well: its death is a new trouble. */
const healthyMs = 60_000

/**
 * Starts the embedded PostgreSQL and keeps it running: when it dies it is started again, and repairs itself. Calls go
 * on meanwhile; their tape waits in the spool.
 * @throws SetupError when the first start fails
 */
export async function keepPostgres(options: PostgresOptions): Promise<KeptPostgres> {
  const { log } = options
  let isStopping = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let startedMs = Date.now()
  let starting: Promise<void> = Promise.resolve()
  let current = watch(await startPostgres(options))

  function watch(server: RunningPostgres): RunningPostgres {
    server.exited.then(died, () => died(null))
    return server
  }

  function died(code: number | null): void {
    if (isStopping) return
    pauseMs = Date.now() - startedMs > healthyMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
    log.error({ code, pauseMs }, 'PostgreSQL has died and is started again')
    timer = setTimeout(() => {
      starting = again()
    }, pauseMs)
  }

  async function again(): Promise<void> {
    if (isStopping) return
    try {
      startedMs = Date.now()
      current = watch(await startPostgres(options))
    } catch (error) {
      log.error({ err: error }, 'PostgreSQL could not be started')
      died(null)
    }
  }

  return {
    get pid() {
      return current.pid
    },
    url: current.url,
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await starting
      await current.stop()
    }
  }
}
