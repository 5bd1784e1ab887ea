import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import path from 'node:path'
import { testHome } from '../support/asterisk-root.ts'
import { toneFile } from '../support/sound.ts'

/** What a caller knows of its own call, by its own clock; what never happened is null. */
export interface CallerSaw {
  number: string
  sentMs: number
  answeredMs: number | null
  /** The caller hung up, after the whole talk. */
  leftMs: number | null
  /** The exchange hung up, in the midst of the talk. */
  cutMs: number | null
  refused: { atMs: number; status: number } | null
}

export interface LoadOptions {
  /** An empty folder for scenarios and logs. */
  dir: string
  trunkHost: string
  operators: { host: string; port: number }
  to: string
  sipPort: number
  talkMs: number
}

/** SIPp as carrier and as operators: their logs are a truth that the product has no hand in. */
export interface Load {
  /** Sends calls at a steady rate. */
  start(order: { rate: number; seconds: number }): Promise<RunningLoad>
  stop(): Promise<void>
}

export interface RunningLoad {
  /** What the callers have seen so far. */
  seen(): Promise<CallerSaw[]>
  /** The last caller is gone; what all of them saw. */
  done: Promise<CallerSaw[]>
}

/** A caller who hears nothing for so long gives up. */
const waitMs = 25_000
const ringMs = 100
const callerPort = 5060
let nextCaller = 79_170_000_000

/** Puts the operators' telephones on the table, and gives the means to send calls. */
export async function openLoad(options: LoadOptions): Promise<Load> {
  const { dir, trunkHost, operators } = options
  const home = await testHome()
  const tone = await toneFile(dir, 1000)
  async function scenario(name: string): Promise<string> {
    const text = await fs.readFile(path.join(import.meta.dirname, 'scenarios', `${name}.xml`), 'utf8')
    const values = { talkMs: options.talkMs, waitMs, ringMs, tone }
    const file = path.join(dir, `${name}.xml`)
    await fs.writeFile(
      file,
      text.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => String(values[key as keyof typeof values]))
    )
    return file
  }
  const running: ChildProcess[] = []
  function sipp(args: readonly string[]): ChildProcess {
    const { file, args: all } = home.command('sipp', [
      ...['-nostdin', '-trace_logs', '-log_overwrite', 'false', '-default_behaviors', 'all,-bye'],
      ...args
    ])
    const child = spawn(file, all, { cwd: dir, stdio: 'ignore' })
    running.push(child)
    return child
  }
  const place = (host: string, port: number): string[] => ['-i', host, '-mi', host, '-p', String(port)]
  const callerFile = await scenario('caller')
  const phones = sipp([
    ...['-sf', await scenario('operator'), ...place(operators.host, operators.port)],
    ...['-min_rtp_port', '30000', '-max_rtp_port', '34999'],
    ...['-log_file', path.join(dir, 'operators.log'), '-deadcall_wait', '0']
  ])
  let runs = 0

  return {
    async start({ rate, seconds }) {
      if (phones.exitCode !== null || phones.signalCode !== null)
        throw new Error('The operators\u2019 SIPp has ended')
      runs += 1
      const count = Math.round(rate * seconds)
      const numbers = Array.from({ length: count }, () => `+${(nextCaller += 1)}`)
      const numbersFile = path.join(dir, `numbers-${runs}.csv`)
      const log = path.join(dir, `callers-${runs}.log`)
      await fs.writeFile(numbersFile, `SEQUENTIAL\n${numbers.join('\n')}\n`)
      const child = sipp([
        ...['-sf', callerFile, ...place(trunkHost, callerPort), '-inf', numbersFile, '-log_file', log],
        ...['-s', options.to, '-r', String(rate), '-m', String(count), '-l', String(count)],
        ...['-timeout', `${Math.ceil(seconds + (waitMs + options.talkMs) / 1000 + 15)}s`],
        `127.0.0.1:${options.sipPort}`
      ])
      const seen = async (): Promise<CallerSaw[]> => readLog(await fs.readFile(log, 'utf8').catch(() => ''))
      return { seen, done: once(child, 'exit').then(seen) }
    },
    async stop() {
      for (const child of running.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
    }
  }
}

/** Lines such as `+79170000001 refused 2026-11-21	23:21:10.123456	1795303270.123456 503`. */
function readLog(text: string): CallerSaw[] {
  const calls = new Map<string, CallerSaw>()
  for (const line of text.split('\n')) {
    const [, number, mark, at, status] =
      /^(\+\d+) (sent|answered|left|cut|refused|silence) .*?(\d{9,}\.\d+)(?: (\d+))?\s*$/.exec(line) ?? []
    if (number === undefined) continue
    const atMs = Number(at) * 1000
    const call = calls.get(number) ?? {
      ...{ number, sentMs: atMs, answeredMs: null, leftMs: null, cutMs: null, refused: null }
    }
    calls.set(number, call)
    if (mark === 'answered') call.answeredMs = atMs
    if (mark === 'left') call.leftMs = atMs
    if (mark === 'cut') call.cutMs = atMs
    if (mark === 'refused') call.refused = { atMs, status: Number(status) }
  }
  return [...calls.values()]
}
