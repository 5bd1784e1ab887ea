import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

/** Linux tells CPU time in hundredths of a second to user space, whatever the kernel's own clock. */
const msPerTick = 10

/** Which processes carry a variant's calls. */
export type Processes = Readonly<Partial<Record<Part, number>>>
export type Part = 'asterisk' | 'node' | 'postgres'
export const parts: readonly Part[] = ['asterisk', 'node', 'postgres']

/** CPU time used so far in ms, by part: the process, its children, and children that have ended. */
export function cpuMs(processes: Processes): Record<Part, number> {
  const all = snapshot()
  // Asterisk is a child of the controller that started it, and counted by itself.
  const named = new Set(Object.values(processes))
  const of = (pid: number | undefined): number => {
    if (pid === undefined) return 0
    const own = all.get(pid)
    if (own === undefined) throw new Error(`Process ${pid} has ended in the middle of a measurement`)
    const children = [...all].filter(([child, { parent }]) => parent === pid && !named.has(child))
    return own.ticks * msPerTick + children.reduce((sum, [child]) => sum + of(child), 0)
  }
  return { asterisk: of(processes.asterisk), node: of(processes.node), postgres: of(processes.postgres) }
}

function snapshot(): Map<number, { parent: number; ticks: number }> {
  const found = new Map<number, { parent: number; ticks: number }>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    if (stat === undefined) continue
    // After the program's name, which may hold spaces: state, parent, …; utime stime cutime cstime are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    found.set(Number(name), { parent: Number(fields[1]), ticks })
  }
  return found
}

function statOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

/**
 * Watches what everybody else on this machine uses: all of it less this process and what it started.
 * @returns a function that gives their share of the machine since the start, 0 to 1
 */
export function watchNeighbours(): () => number {
  const read = () => ({ busy: machineMs(), own: cpuMs({ node: process.pid }).node, at: performance.now() })
  const before = read()
  return () => {
    const after = read()
    const others = after.busy - before.busy - (after.own - before.own)
    return Math.max(0, others / ((after.at - before.at) * availableParallelism()))
  }
}

/** Neighbours that use less than this do not change who is cheaper. */
export const quietShare = 0.1
/** Waiting for quiet never takes longer than this in one run, all waits together. */
let patienceMs = 120_000

export function setPatience(seconds: number): void {
  patienceMs = seconds * 1000
}

/** Waits until the neighbours are quiet, at most 20 s: a shared machine is rarely quiet for long. */
export async function waitForQuiet(): Promise<void> {
  const startedMs = performance.now()
  let share = 1
  while (share > quietShare && patienceMs > 0 && performance.now() - startedMs < 20_000) {
    const stop = watchNeighbours()
    await delay(700)
    share = stop()
    patienceMs -= 700
  }
}

function machineMs(): number {
  const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/)
  // user nice system idle iowait irq softirq steal
  return (
    fields
      .slice(0, 8)
      .reduce((sum, field, index) => sum + (index === 3 || index === 4 ? 0 : Number(field)), 0) * msPerTick
  )
}
