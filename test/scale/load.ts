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
  refused: number | null
}

export interface LoadOptions {
  /** An empty folder for scenarios and logs. */
  dir: string
  /** `host:port` of the edge. */
  edge: string
  carrier: string
  phones: { host: string; port: number }
  to: string
  /** Callers speak too; else the telephones alone do. */
  callersSpeak?: boolean
}

/** SIPp as the carrier and as all telephones: their logs are a truth that the product has no hand in. */
export interface Load {
  start(order: { rate: number; seconds: number; talkMs: number }): Promise<RunningLoad>
  /** SIPp's own processes, whose CPU is not the product's. */
  pids(): number[]
  stop(): Promise<void>
}

export interface RunningLoad {
  seen(): Promise<CallerSaw[]>
  /** No new callers. */
  enough(): void
  /** The last caller is gone; what all of them saw. */
  done: Promise<CallerSaw[]>
}

/** A caller who hears nothing for so long gives up. */
export const waitMs = 20_000
const ringMs = 100
let nextCaller = 79_180_000_000

export async function openLoad(options: LoadOptions): Promise<Load> {
  const { dir, carrier, phones } = options
  const home = await testHome()
  const tone = await toneFile(dir, 1000)
  async function scenario(name: string, talkMs: number): Promise<string> {
    const text = await fs.readFile(path.join(import.meta.dirname, 'scenarios', `${name}.xml`), 'utf8')
    const speaks = options.callersSpeak === true
    const mediaPort = speaks ? '[rtpstream_audio_port]' : '[media_port]'
    const values = { talkMs, waitMs, ringMs, tone, mediaPort }
    const file = path.join(dir, `${name}-${talkMs}.xml`)
    const speak = `<nop><action><exec rtp_stream="${tone},-1,8,PCMA/8000"/></action></nop>`
    await fs.writeFile(
      file,
      text
        .replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => String(values[key as keyof typeof values]))
        .replace('<!-- speak -->', speaks ? speak : '')
    )
    return file
  }
  const running = new Set<ChildProcess>()
  function sipp(args: readonly string[]): ChildProcess {
    const { file, args: all } = home.command('sipp', [
      ...['-nostdin', '-trace_logs', '-log_overwrite', 'false', '-default_behaviors', 'all,-bye'],
      ...args
    ])
    const child = spawn(file, all, { cwd: dir, stdio: 'ignore' })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
  const place = (host: string, port: number): string[] => ['-i', host, '-mi', host, '-p', String(port)]
  const rtp = ['-min_rtp_port', '30000', '-max_rtp_port', '49999']
  const desks = sipp([
    ...['-sf', await scenario('operator', 0), ...place(phones.host, phones.port), ...rtp],
    ...['-log_file', path.join(dir, 'phones.log'), '-deadcall_wait', '0']
  ])
  let runs = 0

  return {
    async start({ rate, seconds, talkMs }) {
      if (desks.exitCode !== null || desks.signalCode !== null)
        throw new Error('The telephones’ SIPp has ended')
      runs += 1
      const count = Math.round(rate * seconds)
      const numbers = Array.from({ length: count }, () => `+${(nextCaller += 1)}`)
      const numbersFile = path.join(dir, `numbers-${runs}.csv`)
      const log = path.join(dir, `callers-${runs}.log`)
      await fs.writeFile(numbersFile, `SEQUENTIAL\n${numbers.join('\n')}\n`)
      const child = sipp([
        ...['-sf', await scenario('caller', talkMs), ...place(carrier, 5060), ...rtp, '-inf', numbersFile],
        ...['-log_file', log, '-s', options.to, '-r', String(rate), '-m', String(count), '-l', String(count)],
        ...['-timeout', `${Math.ceil(seconds + (waitMs + talkMs) / 1000 + 15)}s`, options.edge]
      ])
      const seen = async (): Promise<CallerSaw[]> => readLog(await fs.readFile(log, 'utf8').catch(() => ''))
      return {
        seen,
        // To SIPp that means: no new calls, and the end when the last one has ended.
        enough: () => void child.kill('SIGUSR1'),
        done: once(child, 'exit').then(seen)
      }
    },
    pids: () => [...running].flatMap(({ pid }) => pid ?? []),
    async stop() {
      for (const child of running) {
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
    }
  }
}

/** Lines such as `+79180000001 refused 2026-11-21	23:21:10.123456	1795303270.123456 503`. */
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
    if (mark === 'refused') call.refused = Number(status)
  }
  return [...calls.values()]
}
