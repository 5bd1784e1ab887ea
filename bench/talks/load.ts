import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { operatorHost, operatorPort, trunkHost } from '../calls/load.ts'
import type { MediaOrder, MediaReport } from './messages.ts'

/** Sound has addresses of its own: SIPp takes ports at its own ones. */
const callerMediaHost = '127.0.31.5'
const operatorMediaHost = '127.0.31.6'
const firstPort = 20_000
/** What SIPp adds to `[auto_media_port]` with each call. */
const portStep = 4
const callerPort = 5060
const answerMs = 10_000
/** Sound goes on for so long around what is counted. */
const marginMs = 1500

export interface Talks {
  sipPort: number
  /** Talks at once. */
  talks: number
  /** New ones a second until all are there. */
  rate: number
  /** For so long their sound is counted, once all are there. */
  seconds: number
}

export interface TalksResult {
  offered: number
  /** Were heard by both sides when counting began. */
  talking: number
  /** Ended as their callers wanted. */
  done: number
  media: MediaReport
}

export interface TalkLoad {
  /** @param whileCounted told when counting begins; what it gives is called when counting ends */
  run(talks: Talks, whileCounted: () => () => void): Promise<TalksResult>
  stop(): void
}

/** Callers and operators whose talks have real sound both ways; each run begins with fresh telephones. */
export function openTalkLoad(home: AsteriskHome, dir: string): TalkLoad {
  const media = openMedia()
  const running = new Set<ChildProcess>()
  const scenario = async (name: string, values: Record<string, string>): Promise<string> => {
    const text = await fs.readFile(path.join(import.meta.dirname, 'scenarios', `${name}.xml`), 'utf8')
    const file = path.join(dir, `talk-${name}.xml`)
    await fs.writeFile(
      file,
      text.replace(/\{\{(\w+)\}\}/g, (place, key: string) => values[key] ?? place)
    )
    return file
  }
  const sipp = (args: readonly string[]): ChildProcess => {
    const { file, args: all } = home.command('sipp', [
      '-nostdin',
      '-trace_logs',
      '-timer_resol',
      '1',
      ...args
    ])
    const child = spawn(file, all, { cwd: dir, stdio: 'ignore' })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
  const place = (host: string, port: number): string[] => ['-i', host, '-mi', host, '-p', String(port)]
  let nextCaller = 79_170_000_000

  async function run(
    { sipPort, talks, rate, seconds }: Talks,
    whileCounted: () => () => void
  ): Promise<TalksResult> {
    const ports = Array.from({ length: talks }, (_, index) => firstPort + index * portStep)
    await media.ask({ do: 'open', host: callerMediaHost, ports })
    await media.ask({ do: 'open', host: operatorMediaHost, ports })
    const rampMs = (talks / rate) * 1000
    const talkMs = Math.round(rampMs + answerMs / 4 + seconds * 1000 + 3 * marginMs)
    const logs = {
      caller: path.join(dir, 'talk-callers.log'),
      operator: path.join(dir, 'talk-operators.log')
    }
    await Promise.all(Object.values(logs).map((file) => fs.writeFile(file, '')))
    const operators = sipp([
      ...['-sf', await scenario('operator', { mediaHost: operatorMediaHost })],
      ...[...place(operatorHost, operatorPort), '-mp', String(firstPort), '-log_file', logs.operator],
      ...['-deadcall_wait', '0', '-default_behaviors', 'all,-bye']
    ])
    const numbers = path.join(dir, 'talk-numbers.csv')
    const lines = ports.map((port) => `+${(nextCaller += 1)};${port}`)
    await fs.writeFile(numbers, `SEQUENTIAL\n${lines.join('\n')}\n`)
    const callers = sipp([
      ...[
        '-sf',
        await scenario('caller', { mediaHost: callerMediaHost, talkMs: `${talkMs}`, answerMs: `${answerMs}` })
      ],
      ...[...place(trunkHost, callerPort), '-log_file', logs.caller, '-inf', numbers, '-s', '+74950000001'],
      ...['-r', String(rate), '-m', String(talks), '-l', String(talks + 10)],
      ...['-timeout', `${Math.ceil(talkMs / 1000 + rampMs / 1000 + 30)}s`, `127.0.0.1:${sipPort}`]
    ])
    const ended = once(callers, 'exit')
    const following = [
      follow(logs.caller, (port, remote) => media.ask({ do: 'talk', host: callerMediaHost, port, remote })),
      follow(logs.operator, (port, remote) =>
        media.ask({ do: 'talk', host: operatorMediaHost, port, remote })
      )
    ]
    try {
      const deadline = performance.now() + rampMs + answerMs / 4
      while (performance.now() < deadline && following.some(({ count }) => count() < talks)) await delay(50)
      await delay(marginMs)
      const talking = Math.min(...following.map(({ count }) => count()))
      const stopWatching = whileCounted()
      await media.ask({ do: 'count', isOn: true })
      await delay(seconds * 1000)
      await media.ask({ do: 'count', isOn: false })
      stopWatching()
      // What is under way may come late; what comes after this is of no use to an ear.
      await delay(marginMs)
      const report = await media.ask<MediaReport>({ do: 'report' })
      await ended
      const done = (await fs.readFile(logs.caller, 'utf8')).match(/ done /g)?.length ?? 0
      return { offered: talks, talking, done, media: report }
    } finally {
      await Promise.all(following.map(({ stop }) => stop()))
      await media.ask({ do: 'close' })
      operators.kill('SIGKILL')
      callers.kill('SIGKILL')
      if (operators.exitCode === null && operators.signalCode === null) await once(operators, 'exit')
    }
  }

  return {
    run,
    stop() {
      for (const child of running) child.kill('SIGKILL')
      media.stop()
    }
  }
}

interface Media {
  ask<T = unknown>(order: MediaOrder): Promise<T>
  stop(): void
}

function openMedia(): Media {
  const child = fork(path.join(import.meta.dirname, 'telephones.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced'
  })
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.resolve(answer)
    waiting.delete(id)
  })
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The telephones have ended'))
    waiting.clear()
  })
  return {
    ask: <T>(order: MediaOrder) =>
      new Promise<T>((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve: resolve as (answer: unknown) => void, reject })
        child.send({ id: last, order })
      }),
    stop: () => void child.kill()
  }
}

/** Reads what SIPp logs as it comes: `20004 up 48012 of …`. */
function follow(
  file: string,
  onUp: (port: number, remote: number) => Promise<unknown>
): { count(): number; stop(): Promise<void> } {
  let [isOver, seen, count] = [false, 0, 0]
  const looking = (async () => {
    while (!isOver) {
      const text = await fs.readFile(file, 'utf8')
      const whole = text.lastIndexOf('\n') + 1
      for (const [, port, remote] of text.slice(seen, whole).matchAll(/^(\d+) up (\d+) of/gm)) {
        await onUp(Number(port), Number(remote))
        count += 1
      }
      seen = Math.max(seen, whole)
      await delay(50)
    }
  })()
  // Whoever breaks the run off has taken the file away; `stop` tells of any other failure.
  looking.catch(() => undefined)
  return {
    count: () => count,
    async stop() {
      isOver = true
      await looking
    }
  }
}
