import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Starts Asterisk or PostgreSQL from another process and kills that process: gives the pid that outlived it. */
export async function startThenKillStarter(
  what: 'asterisk' | 'postgres',
  folder: string,
  port: number
): Promise<number> {
  const script = join(import.meta.dirname, 'start-and-wait.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, what, folder, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let said = ''
  child.stdout.setEncoding('utf8')
  while (!said.includes('\n')) {
    const [chunk] = (await once(child.stdout, 'data')) as [string]
    said += chunk
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  return Number(/pid (\d+)/.exec(said)?.[1])
}
