import { messageOf } from './setup-error.ts'

/** What must be ended before this process may go. */
export interface Ending {
  /** Remembers how to end something that was started. */
  push(end: () => Promise<unknown>): void
  /** Ends what was started, last first; each part gets its chance whatever the others do. Then the process ends. */
  stop(code: number): Promise<never>
}

/** Ctrl-C and a polite kill end everything in order; a second one changes nothing. */
export function createEnding(): Ending {
  const aside: (() => Promise<unknown>)[] = []
  let isStopping = false

  async function stop(code: number): Promise<never> {
    if (!isStopping) {
      isStopping = true
      for (const end of aside.reverse()) {
        await end().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`))
      }
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
  return { push: (end) => void aside.push(end), stop }
}
