import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import type { Hole } from './pipe.ts'

const run = promisify(execFile)

/**
 * Packets to and from a port vanish, in a network of our own (`scripts/chaos.mjs` makes one): rules of routing by port
 * are all that is needed, and connections that are there feel them at once.
 * @returns what lets them through again
 */
export async function dropPackets(port: number, hole: Hole): Promise<() => Promise<void>> {
  const sides = hole === 'both' ? ['dport', 'sport'] : ['sport']
  const rule = (side: string): string[] => ['ipproto', 'tcp', side, String(port), 'blackhole']
  for (const side of sides) await run('ip', ['rule', 'add', 'pref', '10', ...rule(side)])
  return async () => {
    for (const side of sides) await run('ip', ['rule', 'del', 'pref', '10', ...rule(side)])
  }
}

/** Makes the rules above come before those of the machine itself. */
export async function prepareNetwork(): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up'])
  await run('ip', ['rule', 'add', 'pref', '100', 'lookup', 'local'])
  await run('ip', ['rule', 'del', 'pref', '0'])
}

/** A PostgreSQL that somebody else keeps: when it dies it is back when we say so. */
export interface OutsidePostgres {
  readonly url: string
  kill(): Promise<void>
  /** Starts it unless it runs. */
  ensure(): Promise<void>
  freeze(): Promise<void>
  thaw(): void
  stop(): Promise<void>
}

/** @param clock what it takes for the time of day */
export async function openPostgres(dir: string, clock: MachineClock | null = null): Promise<OutsidePostgres> {
  const log = pino({ level: 'silent' })
  const start = () => startPostgres({ dir, log, ...(clock && { env: clock.env }) })
  let server = await start()
  let isDown = false
  let frozen: number[] = []
  const watch = (): void => {
    server.exited.then(
      () => (isDown = true),
      () => undefined
    )
  }
  watch()
  async function pids(): Promise<number[]> {
    const children = await fs
      .readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .catch(() => '')
    return [server.pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)]
  }
  const thaw = (): void => {
    for (const pid of frozen.splice(0)) signal(pid, 'SIGCONT')
  }
  return {
    url: server.url,
    async kill() {
      for (const pid of await pids()) signal(pid, 'SIGKILL')
      await server.exited
      isDown = true
    },
    async ensure() {
      if (!isDown) return
      server = await start()
      isDown = false
      watch()
    },
    async freeze() {
      frozen = await pids()
      for (const pid of frozen) signal(pid, 'SIGSTOP')
    },
    thaw,
    async stop() {
      thaw()
      if (!isDown) await server.stop()
    }
  }
}

/** The wall clock of whoever is started with `env`; their steady clock goes on as it does. */
export interface MachineClock {
  readonly env: Readonly<Record<string, string>>
  /** Sets it so much ahead of the real one, at once for everybody. */
  set(aheadMs: number): Promise<void>
}

/**
 * @param library libfaketime's, of Debian
 * @param dir which everybody may read
 */
export async function openClock(library: string, dir: string): Promise<MachineClock> {
  const file = path.join(dir, 'clock')
  const set = async (aheadMs: number): Promise<void> => {
    await fs.writeFile(`${file}.new`, `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1000}\n`, {
      mode: 0o644
    })
    await fs.rename(`${file}.new`, file)
  }
  await set(0)
  return {
    set,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1'
    }
  }
}

/** A process that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Fills the disk that holds `dir` until so many bytes are left.
 * @returns what makes room again
 */
export async function fillDisk(dir: string, leftBytes: number): Promise<() => Promise<void>> {
  const file = path.join(dir, 'in-the-way')
  const { bavail, bsize } = await fs.statfs(dir)
  // Others write meanwhile: most of it at once, and the rest block by block.
  const most = Math.max(bsize, bavail * bsize - leftBytes - 16 * 1024 ** 2)
  await run('fallocate', ['-l', String(most), file])
  if (leftBytes === 0) {
    const handle = await fs.open(file, 'a')
    const block = Buffer.alloc(bsize)
    try {
      for (;;) await handle.write(block)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await handle.close()
    }
  }
  return () => fs.rm(file, { force: true })
}

/** Answers every name with this machine, at once or late. */
export interface NameServer {
  /** Milliseconds before each answer. */
  delay(ms: number): void
  close(): void
}

export async function openNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4')
  let delayMs = 0
  socket.on('message', (query, from) => {
    const answer = addressOf(query)
    const send = (): void => socket.send(answer, from.port, from.address)
    if (delayMs === 0) send()
    else setTimeout(send, delayMs).unref()
  })
  socket.bind(53, '127.0.0.1')
  await once(socket, 'listening')
  return { delay: (ms) => void (delayMs = ms), close: () => socket.close() }
}

/** RFC 1035: the question again, and 127.0.0.1 for an A question; nothing for others. */
function addressOf(query: Buffer): Buffer {
  let end = 12
  while (end < query.length && query.readUInt8(end) !== 0) end += query.readUInt8(end) + 1
  end += 5
  const isA = query.readUInt16BE(end - 4) === 1
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(isA ? 1 : 0, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1])
  return Buffer.concat([head, query.subarray(12, end), ...(isA ? [record] : [])])
}
