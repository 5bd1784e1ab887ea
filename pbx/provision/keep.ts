import { startAsterisk, type RunningAsterisk, type StartOptions } from './asterisk.ts'

export interface KeptAsterisk {
  /** Of the Asterisk that runs now. */
  readonly pid: number
  stop(): Promise<void>
}

/** After this pause a dead Asterisk is started anew; it doubles up to a minute while it keeps dying. */
const firstPauseMs = 500
const longestPauseMs = 60_000
/** An Asterisk that lived this long was well: its death is a new trouble. */
const healthyMs = 60_000

/**
 * Starts Asterisk and keeps it running: when it dies it is started again. Calls are lost then, and recovery says so.
 * @throws SetupError when the first start fails
 */
export async function keepAsterisk(options: Omit<StartOptions, 'onExit'>): Promise<KeptAsterisk> {
  const { log } = options
  let isStopping = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let startedMs = Date.now()
  let starting: Promise<void> = Promise.resolve()
  let current: RunningAsterisk = await startAsterisk({ ...options, onExit: died })

  function died(code: number | null): void {
    if (isStopping) return
    pauseMs = Date.now() - startedMs > healthyMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
    log.error({ code, pauseMs }, 'Asterisk has died and is started again')
    timer = setTimeout(() => {
      starting = again()
    }, pauseMs)
  }

  async function again(): Promise<void> {
    if (isStopping) return
    try {
      startedMs = Date.now()
      current = await startAsterisk({ ...options, onExit: died })
    } catch (error) {
      log.error({ err: error }, 'Asterisk could not be started')
      died(null)
    }
  }

  return {
    get pid() {
      return current.pid
    },
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await starting
      await current.stop()
    }
  }
}
