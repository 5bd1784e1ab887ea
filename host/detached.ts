import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { endPid, pidAlive } from './process.ts'

/** A process that may outlive this one. */
export type Living = {
  readonly pid: number
  /** The exit code, or null when a signal ended it or nobody can know; never rejects. */
  readonly exited: Promise<number | null>
}

export type DetachedCommand = {
  file: string
  args: readonly string[]
  cwd: string
  /** Gets standard output and standard error, appended. */
  logFile: string
  uid?: number
  gid?: number
  env?: NodeJS.ProcessEnv
}

/**
 * Starts a program in a session of its own, with a file instead of our pipes: neither Ctrl-C in the terminal nor the
 * end of this process, however violent, ends it.
 * @throws the spawn error, such as `ENOENT`
 */
export async function spawnDetached(command: DetachedCommand): Promise<Living> {
  const { file, args, logFile, ...options } = command
  const output = await open(logFile, 'a', 0o600)
  try {
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', output.fd, output.fd] })
    const exited = new Promise<number | null>((settle) => child.once('exit', (code) => settle(code)))
    await new Promise<void>((settle, reject) => child.once('spawn', settle).once('error', reject))
    child.unref()
    if (child.pid === undefined) throw new Error(`${file} was spawned without a pid`)
    return { pid: child.pid, exited }
  } finally {
    await output.close()
  }
}

/** A process that an earlier run of ours started: its exit can only be looked for, and its code stays unknown. */
export function livingForeign(pid: number): Living {
  const gone = async (): Promise<null> => {
    while (pidAlive(pid)) await delay(200, undefined, { ref: false })
    return null
  }
  return { pid, exited: gone() }
}

/**
 * Ends such a process and waits until its exit has been told.
 * @returns true when it ended by itself, false when it had to be killed after `graceMs`
 */
export async function endLiving(
  { pid, exited }: Living,
  graceMs: number,
  signal: NodeJS.Signals
): Promise<boolean> {
  // The process is not counted among what keeps Node alive, so Node would leave in the middle of this wait.
  const hold = setInterval(() => undefined, 1000)
  try {
    const clean = await endPid(pid, graceMs, signal)
    await exited
    return clean
  } finally {
    clearInterval(hold)
  }
}
