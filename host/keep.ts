/** A program that runs for us, here or adopted from an earlier run. */
export interface Runner {
  readonly pid: number
  readonly exited: Promise<number | null>
  stop(): Promise<void>
}

export interface Kept<T extends Runner> {
  /** The one that runs now, or ran last. */
  readonly current: T
  stop(): Promise<void>
}

/** After this pause a dead program is started anew; it doubles up to a minute while it keeps dying. */
const firstPauseMs = 500
const longestPauseMs = 60_000
/** A program that lived this long was well: its death is a new trouble. */
const healthyMs = 60_000

/**
 * Starts a program and keeps it running: when it dies it is started again.
 * @throws whatever `start` throws, at the first start; later failures are told to the log and tried again
 */
export async function keepRunning<T extends Runner>(
  name: string,
  start: () => Promise<T>,
  log: { error(about: object, text: string): void }
): Promise<Kept<T>> {
  let isStopping = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let startedMs = Date.now()
  let starting: Promise<void> = Promise.resolve()
  let current = watch(await start())

  function watch(runner: T): T {
    runner.exited.then(died, () => died(null))
    return runner
  }

  function died(code: number | null): void {
    if (isStopping) return
    pauseMs = Date.now() - startedMs > healthyMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
    log.error({ program: name, code, pauseMs }, 'A program has died and is started again')
    timer = setTimeout(() => {
      starting = again()
    }, pauseMs)
  }

  async function again(): Promise<void> {
    if (isStopping) return
    try {
      startedMs = Date.now()
      current = watch(await start())
    } catch (error) {
      log.error({ program: name, err: error }, 'A program could not be started')
      died(null)
    }
  }

  return {
    get current() {
      return current
    },
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await starting
      await current.stop()
    }
  }
}
