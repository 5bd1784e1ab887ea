import { setTimeout as delay } from 'node:timers/promises'
import { run } from '../../host/process.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import type { Processes } from './cpu.ts'

/** One of the systems that are compared; all run at once, but only one has calls. */
export interface Variant {
  name: string
  title: string
  sipPort: number
  processes: Processes
  /** Runs a command of its Asterisk's console. */
  cli(command: string): Promise<string>
  stop(): Promise<void>
}

/** Asterisk's console in a folder made by `pbx/provision`. */
export function consoleOf(home: AsteriskHome, confFile: string): Variant['cli'] {
  return async (command) => {
    const { file, args } = home.command('asterisk', ['-C', confFile, '-rx', command])
    const { code, stdout, stderr } = await run(file, args, { timeoutMs: 10_000 })
    if (code !== 0) throw new Error(`Asterisk did not take "${command}": ${stderr}`)
    return stdout
  }
}

/**
 * Waits until no channel is left and what follows a call (rows, files) had time to be written.
 * @returns false when channels had to be hung up: the variant was overloaded
 */
export async function settle(variant: Variant): Promise<boolean> {
  const isIdle = async (): Promise<boolean> =>
    /^0 active channels/m.test(await variant.cli('core show channels count'))
  let wasClean = true
  for (let tries = 0; !(await isIdle()); tries += 1) {
    if (tries === 12) {
      wasClean = false
      await variant.cli('channel request hangup all')
    }
    if (tries > 60) throw new Error(`${variant.title} does not come to rest`)
    await delay(500)
  }
  await delay(wasClean ? 1000 : 3000)
  return wasClean
}
