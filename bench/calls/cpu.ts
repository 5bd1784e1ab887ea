import { readFileSync, readdirSync } from 'node:fs'

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
