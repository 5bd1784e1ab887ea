import { readFileSync, readdirSync } from 'node:fs'

/** Linux tells CPU time in hundredths of a second to user space, whatever the kernel's own clock. */
const msPerTick = 10

interface Entry {
  parent: number
  ownTicks: number
  endedChildrenTicks: number
}

function entryOf(pid: number): Entry | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
  // After the program's name, which may hold spaces: state, parent, …; utime stime cutime cstime are fields 14 to 17.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return { parent: fields[1] ?? 0, ownTicks: user + system, endedChildrenTicks: endedUser + endedSystem }
}

/** CPU time used so far by a process itself, and by what it has started, in ms. */
export function cpuOf(pid: number): { ownMs: number; startedMs: number } {
  const all = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter((each) => each > 0)
      .flatMap((each) => {
        const entry = entryOf(each)
        return entry ? [[each, entry] as const] : []
      })
  )
  const started = (parent: number): number =>
    [...all]
      .filter(([, entry]) => entry.parent === parent)
      .reduce(
        (sum, [child, { ownTicks, endedChildrenTicks }]) =>
          sum + ownTicks + endedChildrenTicks + started(child),
        0
      )
  const own = all.get(pid)
  if (!own) throw new Error(`Process ${pid} has ended in the midst of a measurement`)
  return { ownMs: own.ownTicks * msPerTick, startedMs: (own.endedChildrenTicks + started(pid)) * msPerTick }
}

/** The child of this process that runs these roles. */
export function processOfRoles(roles: string): number {
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0) || entryOf(pid)?.parent !== process.pid) continue
    if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`ROLES=${roles}`)) return pid
  }
  throw new Error(`No process runs ${roles}`)
}

/** Bytes that have gone through an interface of this machine, both ways. */
export function bytesOf(network: string): number {
  const read = (way: string): number =>
    Number(readFileSync(`/sys/class/net/${network}/statistics/${way}_bytes`, 'utf8'))
  return read('rx') + read('tx')
}
