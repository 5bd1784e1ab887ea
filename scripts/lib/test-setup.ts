// What the tests need from the machine besides npm, brought once: `npm test` runs it before the first test.
import path from 'node:path'
import process from 'node:process'
import { pino } from 'pino'
import { ensureSounds } from '../../media/sounds.ts'
import { projectRoot } from '../../host/project-root.ts'
import { SetupError } from '../../host/setup-error.ts'
import { stepPrinter } from '../../host/steps.ts'
import { ensureEdge } from '../../pbx/edge/install.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'
import { ensureDovecot } from '../../test/support/dovecot.ts'
import { installBrowsers } from './testtools.ts'

const runtimeDir = path.join(projectRoot(), '.runtime')
const log = pino({ level: 'silent' })
const print = stepPrinter(6, (text) => process.stdout.write(text), process.stdout.isTTY)

/** Tests that lack this fail by themselves and say why, so the others may run. */
async function attempt(step: number, text: string, work: () => Promise<void>): Promise<void> {
  print(step, text)
  try {
    await work()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stdout.write(`\n${error.message}\n`)
  }
}

await attempt(3, 'Asterisk and the media tools', async () => {
  const home = await ensureAsterisk({
    runtimeDir,
    log,
    progress: (text, fraction) => print(3, text, fraction),
    ...(process.env['ASTERISK_HOME'] ? { asteriskHome: process.env['ASTERISK_HOME'] } : {})
  })
  print(4, 'Voice prompts')
  // Each instance of the tests copies them instead of speaking its own.
  await ensureSounds({ home, dataDir: runtimeDir, log, progress: (text) => print(4, text) })
})
await attempt(5, 'A mail server for the tests', async () => {
  await ensureDovecot((text) => print(5, text))
})
await attempt(5, 'A SIP edge', async () => {
  await ensureEdge({ runtimeDir, progress: (text) => print(5, text) })
})
await attempt(6, 'Chromium', async () => {
  await installBrowsers((text) => print(6, text))
})
