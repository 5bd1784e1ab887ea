import process from 'node:process'
import { parentPort } from 'node:worker_threads'
import { outcomeOf, type Job } from './job.ts'

// Runs in a thread of its own, which `filler.ts` starts, bounds and ends. What is thrown here ends it.

// Libraries talk to themselves; nothing of it is for our log. A program that read it to throw it away would be kept
// running by that: `Worker.unref` leaves the streams of a thread as they are.
for (const stream of [process.stdout, process.stderr]) stream.write = () => true

parentPort?.on('message', (job: Job) => {
  outcomeOf(job).then((outcome) => parentPort?.postMessage(outcome), end)
})

/** Past the promise, so that the thread ends by this error. */
function end(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}
