import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { testHome } from './asterisk-root.ts'

export interface SippOptions {
  /** File of `test/sipp/scenarios`, without its ending. */
  scenario: string
  /** Address and port of this party. */
  host: string
  port: number
  /** Whom it calls (a caller), or nobody (an operator who waits). */
  target?: string
  /** The number dialled. */
  service?: string
  calls?: number
  /** New calls per second. */
  rate?: number
  keys?: Record<string, string | number>
  /** The whole From header, instead of the caller's number. */
  from?: string
  /** Audio as raw PCMA, played in the call. */
  tone?: string
  timeoutSeconds?: number
}

export interface Sipp {
  /** Resolves when all calls went as the scenario says; rejects with SIPp's own account otherwise. */
  done: Promise<void>
  /** Ends it; resolves when its port is free again. */
  stop(): Promise<void>
}

/** Runs a SIPp scenario. Every run has a time limit of its own: a party that waits for ever would hold the tests. */
export async function sipp(options: SippOptions): Promise<Sipp> {
  const home = await testHome()
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-sipp-'))
  const { host, port, calls = 1, rate = 10, timeoutSeconds = 60 } = options
  const scenarioFile = path.join(dir, `${options.scenario}.xml`)
  await fs.writeFile(scenarioFile, await scenarioText(options))
  const args = [
    '-sf',
    scenarioFile,
    '-i',
    host,
    '-p',
    String(port),
    '-mi',
    host,
    // Every party has an address of its own, so these may be the same for all.
    '-min_rtp_port',
    '30000',
    '-max_rtp_port',
    '34999',
    '-m',
    String(calls),
    '-r',
    String(rate),
    '-timeout',
    `${timeoutSeconds}s`,
    '-timeout_error',
    ...(process.env['SIPP_TRACE']
      ? [
          '-trace_msg',
          '-message_file',
          path.join(process.env['SIPP_TRACE'], `${options.scenario}-${port}.log`)
        ]
      : []),
    '-nostdin',
    '-trace_err',
    '-error_file',
    path.join(dir, 'errors.log'),
    ...(options.service ? ['-s', options.service] : []),
    ...(options.target ? [options.target] : [])
  ]
  const { file, args: all } = home.command('sipp', args)
  const child = spawn(file, all, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-4000)))
  child.stderr.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-4000)))
  let isStopped = false
  const done = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => {
      accountOf(dir).then((errors) => {
        if (code === 0 || isStopped) resolve()
        else
          reject(new Error(`SIPp ${options.scenario} ended with ${code}:\n${errors}\n${text.slice(-1500)}`))
      }, reject)
    })
  })
  // Whoever never looks at it shall not bring the run down; whoever awaits it still sees it.
  done.catch(() => undefined)
  return {
    done,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      isStopped = true
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
  }
}

/** What SIPp wrote of its errors; its folder goes away. */
async function accountOf(dir: string): Promise<string> {
  const errors = await fs.readFile(path.join(dir, 'errors.log'), 'utf8').catch(() => '')
  await fs.rm(dir, { recursive: true, force: true })
  return errors.slice(-3000)
}

async function scenarioText(options: SippOptions): Promise<string> {
  const file = path.join(projectRoot(), 'test/sipp/scenarios', `${options.scenario}.xml`)
  const text = await fs.readFile(file, 'utf8')
  const speak = options.tone
    ? `<nop><action><exec rtp_stream="${options.tone},-1,8,PCMA/8000"/></action></nop>`
    : ''
  // SIPp's own keys do not reach attributes such as a pause's length: ours are put in before it reads the file.
  const caller = options.keys?.['caller'] ?? defaults.caller
  const from = options.from ?? `<sip:${caller}@${options.host}:${options.port}>`
  const keys: Record<string, string | number> = { ...defaults, from, ...options.keys }
  return text
    .replaceAll('<!-- speak -->', speak)
    .replace(/\[([a-z]+)\]/g, (whole, name: string) => (name in keys ? String(keys[name]) : whole))
}

/** Milliseconds, but for the caller's number and the digits. */
const defaults = { caller: '+79161112233', wait: 20_000, talk: 1000, ring: 100, before: 500, digits: '1' }
