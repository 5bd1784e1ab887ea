import { messageOf } from './setup-error.ts'

/** What must be ended, in reverse. */
export interface EndStack {
  /**
   * Remembers how to end something that was started. Once the rest has been ended, this is ended at once.
   * @param what its name, for whoever reads why an end took long
   * @param limitMs after which its end is not waited for any longer
   */
  push(what: string, end: () => unknown, limitMs?: number): void
  /** Ends what was started, last first; each part gets its chance whatever the others do. */
  end(): Promise<void>
}

/** What must be ended before this process may go. */
export interface Ending extends Pick<EndStack, 'push'> {
  /** Ends what was started. Then the process ends. */
  stop(code: number): Promise<never>
}

/** A part that ends by itself needs less; one that does not must not keep the others from ending. */
const partMs = 10_000

interface Part {
  what: string
  end: () => unknown
  limitMs: number
}

/** @param say is told of a part that did not end, or ended with an error */
export function createEndStack(say = (text: string): unknown => process.stderr.write(text)): EndStack {
  const parts: Part[] = []
  let isEnded = false

  async function endPart({ what, end, limitMs }: Part): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`did not end within ${limitMs / 1000} s; the rest ends without it`))
      }, limitMs)
    })
    try {
      // Also an end that throws at once is only its own.
      await Promise.race([Promise.resolve().then(end), late])
    } catch (error) {
      say(`At the end, ${what}: ${messageOf(error)}\n`)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    push(what, end, limitMs = partMs) {
      const part = { what, end, limitMs }
      // It was still on its way up: nobody would end it later. It says itself what goes wrong.
      if (isEnded) endPart(part).catch(say)
      else parts.push(part)
    },
    async end() {
      isEnded = true
      for (const part of parts.splice(0).reverse()) await endPart(part)
    }
  }
}

/** Resolves once `signal` tells to stop; at once where it has already. */
export function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
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
  return { push: (what, end, limitMs) => aside.push(what, end, limitMs), stop }
}
