import { messageOf } from './setup-error.ts'

/** What must be ended, in reverse. */
export interface EndStack {
  /** Remembers how to end something that was started. */
  push(end: () => Promise<unknown>): void
  /** Ends what was started, last first; each part gets its chance whatever the others do. */
  end(): Promise<void>
}

/** What must be ended before this process may go. */
export interface Ending extends Pick<EndStack, 'push'> {
  /** Ends what was started. Then the process ends. */
  stop(code: number): Promise<never>
}

export function createEndStack(): EndStack {
  const aside: (() => Promise<unknown>)[] = []
  return {
    push: (end) => void aside.push(end),
    async end() {
      for (const end of aside.splice(0).reverse()) {
        await end().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`))
      }
    }
  }
}

/** Ctrl-C and a polite kill end everything in order; a second one changes nothing. */
export function createEnding(): Ending {
  const aside = createEndStack()
  let isStopping = false

  async function stop(code: number): Promise<never> {
    if (!isStopping) {
      isStopping = true
      await aside.end()
    }
    process.exit(code)
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return
      process.stdout.write('Stopping\n')
      void stop(0).catch(() => process.exit(1))
    })
  }
  return { push: (end) => aside.push(end), stop }
}
