import process from 'node:process'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { TemplateFault, type TemplateFaultCode } from './fault.ts'
import type { Job, Outcome } from './job.ts'
import type { DocumentValues } from './placeholders.ts'

const mebibyte = 1024 ** 2
const watchMs = 100
const idleMs = 60_000

export interface FillerLimits {
  /** Threads at once. */
  most: number
  /** Jobs that wait for one. */
  mostWaiting: number
  /** For one job, its thread's start included. */
  longestMs: number
  /** Of the thread's own heap, and of what the whole program may grow by while it works. */
  heapMebibytes: number
  growthMebibytes: number
}

const usual: FillerLimits = {
  most: 2,
  mostWaiting: 20,
  longestMs: 30_000,
  heapMebibytes: 384,
  growthMebibytes: 768
}

export interface Filler {
  /** Looks through a template. @returns its placeholders. @throws TemplateFault */
  check(bytes: Buffer): Promise<string[]>
  /** Fills it. @throws TemplateFault */
  fill(bytes: Buffer, values: DocumentValues): Promise<Buffer>
}

/**
 * Templates are read and filled away from calls: the largest takes seconds. Each has a thread to itself with bounds of
 * time and memory, so that a hostile one harms nothing but itself.
 */
export function documentFiller(limits: Partial<FillerLimits> = {}): Filler {
  const bounds = { ...usual, ...limits }
  const waiting: (() => void)[] = []
  const idle: Worker[] = []
  let running = 0

  async function work(job: Job): Promise<Outcome> {
    if (running < bounds.most) running += 1
    else if (waiting.length >= bounds.mostWaiting) throw new TemplateFault('busy')
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      const outcome = await inThread(job, idle, bounds)
      if ('fault' in outcome) throw new TemplateFault(outcome.fault, outcome.places)
      return outcome
    } finally {
      // The place goes on to who waits the longest.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    async check(bytes) {
      const outcome = await work({ bytes: Uint8Array.from(bytes), values: null })
      return 'fields' in outcome ? outcome.fields : []
    },
    async fill(bytes, values) {
      const outcome = await work({ bytes: Uint8Array.from(bytes), values })
      if (!('document' in outcome)) throw new Error('No document came back')
      return Buffer.from(outcome.document)
    }
  }
}

/** The thread's program beside this one. While it is TypeScript, a thread has to be taught to read it first. */
function startThread(heapMebibytes: number): Worker {
  const options: WorkerOptions = { resourceLimits: { maxOldGenerationSizeMb: heapMebibytes } }
  return import.meta.url.endsWith('.ts')
    ? new Worker(readingTypeScript(), { ...options, eval: true, execArgv: [] })
    : new Worker(new URL('./thread.js', import.meta.url), options)
}

function readingTypeScript(): string {
  const program = JSON.stringify(new URL('./thread.ts', import.meta.url).href)
  return `import('tsx/esm/api').then(({ register }) => (register(), import(${program})))`
}

/** Asks a thread that has nothing to do; one that answered is kept for the next, one that did not is ended. */
function inThread(job: Job, idle: Worker[], bounds: FillerLimits): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const thread = idle.pop() ?? startThread(bounds.heapMebibytes)
    const before = process.memoryUsage.rss()
    const timer = setTimeout(() => refuse('too_slow'), bounds.longestMs)
    // Bytes outside of the heap have no bound of their own.
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > bounds.growthMebibytes * mebibyte) refuse('too_large')
    }, watchMs)
    const stop = (): void => {
      clearTimeout(timer)
      clearInterval(watch)
      for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event)
    }
    const end = (reason: Error): void => {
      stop()
      thread.on('error', () => undefined)
      const settle = (): void => reject(reason)
      void thread.terminate().then(settle, settle)
    }
    const refuse = (code: TemplateFaultCode): void => end(new TemplateFault(code))
    thread.ref()
    thread.once('message', (outcome: Outcome) => {
      stop()
      keep(thread, idle)
      resolve(outcome)
    })
    thread.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? refuse('too_large') : end(error)
    )
    thread.once('exit', () => end(new Error('The thread of a document ended without an answer')))
    thread.postMessage(job)
  })
}

/** For a while: to start one takes longer than most documents. It keeps no program running. */
function keep(thread: Worker, idle: Worker[]): void {
  const leave = (): void => {
    clearTimeout(timer)
    const at = idle.indexOf(thread)
    if (at >= 0) idle.splice(at, 1)
  }
  const timer = setTimeout(() => {
    if (!idle.includes(thread)) return
    leave()
    // It ends in any case; nobody waits for it.
    thread.terminate().catch(() => undefined)
  }, idleMs).unref()
  thread.once('exit', leave).once('error', leave)
  thread.unref()
  idle.push(thread)
}
