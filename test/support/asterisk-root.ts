import path from 'node:path'
import { pino } from 'pino'
import { projectRoot } from '../../host/project-root.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'

let home: Promise<AsteriskHome> | undefined

/** The Asterisk and media tools that tests run: those of the runtime folder, brought there when missing. */
export function testHome(): Promise<AsteriskHome> {
  home ??= ensureAsterisk({
    runtimeDir: path.join(projectRoot(), '.runtime'),
    log: pino({ level: 'silent' }),
    progress: () => undefined,
    ...(process.env['ASTERISK_HOME'] ? { asteriskHome: process.env['ASTERISK_HOME'] } : {})
  })
  return home
}

export async function asteriskRoot(): Promise<string> {
  return (await testHome()).root
}
