import { readdir, readFile, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Client } from 'pg'
import type { RunningRingtrace } from '../calls/ringtrace.ts'
import type { Heap } from './heap.ts'

/** Everything that a figure of the report is made of, by its name there. */
export type Sample = { at: number; calls: number } & Record<FigureName, number>

/** What is watched, what it is called, and how much it may grow in a whole run. */
export const figures = {
  heap: { title: 'controller: heap in use, garbage collected, MB', share: 0.05, absolute: 4 },
  rss: { title: 'controller: resident memory, MB', share: 0.1, absolute: 20 },
  files: { title: 'controller: open descriptors', share: 0, absolute: 10 },
  timers: { title: 'controller: timers', share: 0, absolute: 10 },
  resources: { title: 'controller: all that keeps its loop alive', share: 0, absolute: 20 },
  liveCalls: { title: 'controller: calls in progress', share: 0, absolute: 10 },
  spoolKb: { title: 'controller: spool, kB', share: 0, absolute: 10 },
  asteriskRss: { title: 'Asterisk: resident memory, MB', share: 0.1, absolute: 20 },
  asteriskFiles: { title: 'Asterisk: open descriptors', share: 0, absolute: 20 },
  asteriskThreads: { title: 'Asterisk: threads', share: 0, absolute: 10 },
  channels: { title: 'Asterisk: channels', share: 0, absolute: 20 },
  bridges: { title: 'Asterisk: bridges', share: 0, absolute: 10 },
  connections: { title: 'PostgreSQL: connections', share: 0, absolute: 5 },
  jobs: { title: 'PostgreSQL: jobs that wait', share: 0, absolute: 50 },
  load: { title: 'the machine: load average', share: Infinity, absolute: 0 }
} as const
export type FigureName = keyof typeof figures
export const figureNames = Object.keys(figures) as FigureName[]

const megabyte = 1024 ** 2

/** Looks at everything once. */
export async function takeSample(
  product: RunningRingtrace,
  dir: string,
  heap: Heap,
  database: Client
): Promise<Record<FigureName, number>> {
  const { asterisk = 0, node = 0 } = product.processes
  const [metrics, live, resources, channels, bridges, counts, own, exchange, spool] = await Promise.all([
    fetch(`${product.httpUrl}/metrics`).then((answer) => answer.text()),
    heap.live(),
    heap.resources(),
    product.cli('core show channels count'),
    product.cli('bridge show all'),
    database.query<{ connections: number; jobs: number }>(
      `select (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
         (select count(*)::int from graphile_worker._private_jobs where run_at <= now()) as jobs`
    ),
    processOf(node),
    processOf(asterisk),
    sizeOf(path.join(dir, 'spool'))
  ])
  const [row] = counts.rows
  return {
    heap: live / megabyte,
    rss: own.rss,
    files: own.files,
    timers: resources['Timeout'] ?? 0,
    resources: Object.values(resources).reduce((sum, count) => sum + count, 0),
    liveCalls: Number(/^pbx_calls (\d+)/m.exec(metrics)?.[1] ?? 0),
    spoolKb: spool / 1024,
    asteriskRss: exchange.rss,
    asteriskFiles: exchange.files,
    asteriskThreads: exchange.threads,
    channels: Number(/^(\d+) active channel/m.exec(channels)?.[1] ?? Number.NaN),
    // Below its heading, a line for each.
    bridges: Math.max(0, bridges.trim().split('\n').length - 1),
    connections: row?.connections ?? Number.NaN,
    jobs: row?.jobs ?? Number.NaN,
    load: os.loadavg()[0] ?? Number.NaN
  }
}

async function processOf(pid: number): Promise<{ rss: number; files: number; threads: number }> {
  const [status, files] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`)
  ])
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return { rss: number('VmRSS') / 1024, files: files.length, threads: number('Threads') }
}

/** Bytes of the files in a folder; what goes away meanwhile counts as nothing. */
export async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [] as string[])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0
      )
    )
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
