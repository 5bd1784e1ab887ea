import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { AsteriskHome } from '../../pbx/provision/home.ts'

/** The trunk's and the operators' ends; addresses of their own, so that nothing else on the machine is in the way. */
export const trunkHost = '127.0.31.3'
export const operatorHost = '127.0.31.4'
export const operatorPort = 5080
const callerPort = 5060

const usualTalkMs = 1000
/** A caller who is not answered within this time is a failure. */
const answerMs = 5000

export interface LoadResult {
  offered: number
  failed: number
  /** Milliseconds from the INVITE at the trunk to the INVITE at the operator, in the order of the calls. */
  delays: number[]
  /** How much longer than asked for the callers took to send their INVITEs: SIPp itself did not keep up. 1 is on time. */
  stretch: number
}

export interface Load {
  /** Sends calls at a steady rate, and resolves when the last of them has ended. */
  run(target: { sipPort: number; rate: number; seconds: number; talkMs?: number }): Promise<LoadResult>
  stop(): void
}

/**
 * Starts the operators' phones (one SIPp for all) and gives the means to send calls.
 * @param people how many call, in turn, more than there are in one run; by default each call is somebody else's
 */
export async function openLoad(home: AsteriskHome, dir: string, people = Infinity): Promise<Load> {
  const scenarios = path.join(import.meta.dirname, 'scenarios')
  const fill = async (name: string, talkMs = usualTalkMs): Promise<string> => {
    const text = await fs.readFile(path.join(scenarios, `${name}.xml`), 'utf8')
    const file = path.join(dir, `${name}-${talkMs}.xml`)
    await fs.writeFile(
      file,
      text.replaceAll('{{talkMs}}', String(talkMs)).replaceAll('{{answerMs}}', String(answerMs))
    )
    return file
  }
  const operatorFile = await fill('operator')
  const rangFile = path.join(dir, 'rang.log')
  await fs.writeFile(rangFile, '')
  const sipp = (args: readonly string[]): ChildProcess => {
    const { file, args: all } = home.command('sipp', [
      ...['-nostdin', '-trace_logs', '-log_overwrite', 'false', '-timer_resol', '1'],
      ...args
    ])
    return spawn(file, all, { cwd: dir, stdio: 'ignore' })
  }
  const place = (host: string, port: number): string[] => ['-i', host, '-mi', host, '-p', String(port)]
  const operators = sipp([
    ...['-sf', operatorFile, ...place(operatorHost, operatorPort), '-log_file', rangFile],
    // Calls that a broken run left open must not be counted as open for ever.
    ...['-deadcall_wait', '0', '-default_behaviors', 'all,-bye']
  ])
  let runNumber = 0
  let calls = 0
  const nextCaller = (): string => {
    calls += 1
    return `+${79_160_000_001 + ((calls - 1) % people)}`
  }
  let callers: ChildProcess | undefined

  return {
    async run({ sipPort, rate, seconds, talkMs = usualTalkMs }) {
      const callerFile = await fill('caller', talkMs)
      runNumber += 1
      const offered = Math.round(rate * seconds)
      const numbersFile = path.join(dir, `numbers-${runNumber}.csv`)
      const sentFile = path.join(dir, `sent-${runNumber}.log`)
      const numbers = Array.from({ length: offered }, nextCaller)
      await fs.writeFile(numbersFile, `SEQUENTIAL\n${numbers.join('\n')}\n`)
      if (operators.exitCode !== null) throw new Error('The operators\u2019 SIPp has ended')
      callers = sipp([
        ...['-sf', callerFile, ...place(trunkHost, callerPort), '-log_file', sentFile, '-inf', numbersFile],
        ...[
          '-s',
          '+74950000001',
          '-r',
          String(rate),
          '-m',
          String(offered),
          '-l',
          String(Math.ceil(rate * (7 + talkMs / 1000)))
        ],
        ...['-timeout', `${seconds + 20 + talkMs / 1000}s`, `127.0.0.1:${sipPort}`]
      ])
      await once(callers, 'exit')
      const caller = readMarks(await fs.readFile(sentFile, 'utf8'))
      const rang = readMarks(await fs.readFile(rangFile, 'utf8'))
      const sent = numbers.flatMap((number) => caller.get(`${number} sent`) ?? [])
      const done = numbers.filter((number) => caller.has(`${number} done`)).length
      const delays = numbers.flatMap((number) => {
        const [from, to] = [caller.get(`${number} sent`), rang.get(`${number} rang`)]
        return from === undefined || to === undefined ? [] : [(to - from) * 1000]
      })
      await fs.truncate(rangFile)
      // A long run must not fill the disk.
      await Promise.all([numbersFile, sentFile].map((file) => fs.rm(file)))
      const took = (sent.at(-1) ?? 0) - (sent[0] ?? 0)
      return { offered, failed: offered - done, delays, stretch: took / ((offered - 1) / rate) }
    },
    stop() {
      callers?.kill('SIGKILL')
      operators.kill('SIGKILL')
    }
  }
}

/** Lines such as `+79160000001 sent 2026-11-21	23:21:10.123456	1795303270.123456` → seconds since the epoch. */
function readMarks(text: string): Map<string, number> {
  const marks = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, mark, at] = /^(\S+ (?:sent|done|rang)) .*?(\d{9,}\.\d+)\s*$/.exec(line) ?? []
    if (mark !== undefined && !marks.has(mark)) marks.set(mark, Number(at))
  }
  return marks
}
