import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { endPid } from '../../host/process.ts'

/** The product ends within half a minute, as Docker gives it; a machine that is busy with other tests adds to it. */
const endMs = 45_000

/**
 * Ends a process of the product that a test started, and waits for it; nothing where it has ended already.
 * @param output what it said: its last words are told when it does not end, and then it is killed
 * @throws Error when a polite signal does not end it
 */
export async function endChild(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals,
  output: () => string
): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  const isClean = await endPid(child.pid, endMs, signal)
  await exited
  if (!isClean && signal !== 'SIGKILL')
    throw new Error(`${signal} does not end it:\n${output().slice(-3000)}`)
}
