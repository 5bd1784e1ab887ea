import { join } from 'node:path'
import pino from 'pino'
import { projectRoot } from '../../host/project-root.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'

/** The Asterisk with media tools that the tests share; fetched on the first run. */
export async function demoHome(): Promise<AsteriskHome> {
  const asteriskHome = process.env.ASTERISK_HOME
  return ensureAsterisk({
    runtimeDir: join(projectRoot(), '.runtime'),
    ...(asteriskHome === undefined ? {} : { asteriskHome }),
    log: pino({ level: 'silent' }),
    progress: () => undefined
  })
}
