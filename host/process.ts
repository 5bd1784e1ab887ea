import { spawn } from 'node:child_process'
import type { SpawnOptions } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from './setup-error.ts'

export type Finished = { code: number | null; stdout: string; stderr: string }

export type RunOptions = SpawnOptions & {
  /** Told each full line of standard output, as it comes. */
  onLine?: (line: string) => void
  timeoutMs?: number
  /** 0 to 19: how far the program stands back for the others of this machine. */
  niceness?: number
}

/**
 * Runs a program to its end and gives what it said; a non-zero code is an answer, not an error.
 * @throws the spawn error (`ENOENT` when there is no such program), or Error after `timeoutMs`
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {}
): Promise<Finished> {
  const { onLine, timeoutMs, niceness, ...spawnOptions } = options
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] })
    if (niceness !== undefined && child.pid !== undefined) standBack(child.pid, niceness)
    let stdout = ''
    let stderr = ''
    let rest = ''
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            child.kill('SIGKILL')
            reject(new Error(`${file} ${args.slice(0, 2).join(' ')} did not end within ${timeoutMs} ms`))
          }, timeoutMs)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (onLine === undefined) return
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

/** Lowers a program's priority, before it has begun to work. */
function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness)
  } catch (error) {
    // It has ended already, so it is in nobody's way. Its trouble comes as its exit code.
    if (pidAlive(pid)) throw error
  }
}

/** Whether a process with this pid lives; a zombie that nobody has reaped yet counts as dead. */
export function pidAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, under another user.
    if (codeOf(error) !== 'EPERM') return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (!/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return true
    // The first thread may be gone while others still hold sockets and files.
    return readdirSync(`/proc/${pid}/task`).length > 1
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return false
    throw error
  }
}

/**
 * When a process began, in the kernel's clock ticks since boot: with its pid it names one process, though pids come
 * round again (quickly in containers). Undefined when it is gone.
 */
export function beginningOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the second, the program's name, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined
    throw error
  }
}

/** The command line of a process, its arguments joined by spaces; empty when it is gone. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return ''
    throw error
  }
}

/** Sends a signal; false when the process had gone already. */
export function signalPid(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
    throw error
  }
}

/**
 * Waits until `condition` holds, asking every `everyMs`.
 * @returns true when it held, false when `timeoutMs` passed first
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  options: { timeoutMs: number; everyMs?: number }
): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs
  while (!(await condition())) {
    if (Date.now() >= deadline) return false
    await delay(options.everyMs ?? 50)
  }
  return true
}

/**
 * Ends a process: `signal`, and SIGKILL when it still lives after `graceMs`.
 * @returns true when it ended by itself, false when it had to be killed
 */
export async function endPid(pid: number, graceMs: number, signal: NodeJS.Signals): Promise<boolean> {
  if (!signalPid(pid, signal)) return true
  if (await waitFor(() => !pidAlive(pid), { timeoutMs: graceMs })) return true
  signalPid(pid, 'SIGKILL')
  await waitFor(() => !pidAlive(pid), { timeoutMs: 5000 })
  return false
}
