import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { projectRoot } from '../../../host/project-root.ts'
import type { AsteriskSettings } from '../../../pbx/provision/asterisk.ts'

export const log = pino({ level: 'silent' })
export const templatesDir = join(projectRoot(), 'dialplan')

/** Lends a folder of its own under the temporary folder, and removes it after `work`. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-prov-'))
  // As root PostgreSQL runs as another user, who must get in.
  await chmod(folder, 0o755)
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Settings on ports of these tests only. */
export function testSettings(folder: string, firstPort: number): AsteriskSettings {
  return {
    app: 'ringtrace',
    sipHost: '127.0.0.1',
    sipPort: firstPort,
    rtpStart: firstPort + 10,
    rtpEnd: firstPort + 49,
    ariPort: firstPort + 1,
    ariUser: 'ringtrace',
    ariPassword: 'ari-secret',
    amiPort: firstPort + 2,
    amiUser: 'ringtrace',
    amiPassword: 'ami-secret',
    recordingsDir: join(folder, 'recordings'),
    systemName: 'test'
  }
}
