import { readFileSync } from 'node:fs'
import type { Knex } from 'knex'

/**
 * Whether something comes before `ms` have passed by the timers of this very process. A busy machine delays these as it
 * delays the timers of what is judged here, so a neighbour's load does not decide; a promise that is not kept does.
 * @throws what `coming` is rejected with
 */
export async function comesWithin(ms: number, coming: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([coming.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What some work costs in CPU time, to which no neighbour adds: of this process with all its threads, and, of a
 * PostgreSQL on this machine, of the connections to the database of `db`.
 * @returns milliseconds, in hundredths of a second as far as PostgreSQL goes
 */
export async function cpuMsOf(work: () => unknown, db?: Knex): Promise<number> {
  const theirs = db ? await backendsMs(db) : new Map<number, number>()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  const later = db ? await backendsMs(db) : new Map<number, number>()
  const added = [...later].reduce((sum, [pid, ms]) => sum + ms - (theirs.get(pid) ?? 0), 0)
  return (user + system) / 1000 + added
}

/** CPU time used so far by each process of PostgreSQL that serves a connection to this database, by its pid. */
async function backendsMs(db: Knex): Promise<Map<number, number>> {
  const { rows } = await db.raw<{ rows: { pid: number }[] }>(
    "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
  )
  return new Map(
    rows.map(({ pid }) => {
      // After the program's name, which may hold spaces: state, parent, …; utime and stime are fields 14 and 15.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [pid, (Number(fields[11]) + Number(fields[12])) * 10] as const
    })
  )
}
