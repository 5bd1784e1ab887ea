import { existsSync } from 'node:fs'
import path from 'node:path'
import type { ApiDeps } from '../api/deps.ts'
import { listen } from '../api/listen.ts'
import { outsideOf } from '../api/outside.ts'
import { projectRoot } from '../host/project-root.ts'
import type { Ground } from './ground.ts'
import type { Parts } from './parts.ts'
import type { Tools } from './tools.ts'

/**
 * Opens the web port: from here on people and machines can reach this process.
 * @param instead of parts that run in another process
 */
export async function openWeb(
  ground: Ground,
  { recordings, outside, tracking }: Tools,
  parts: Parts,
  exchange: Pick<
    ApiDeps,
    'pbx' | 'dialling' | 'demo' | 'metrics' | 'exchangeMetrics' | 'sipTrace' | 'sipGuard'
  >,
  instead: Partial<Pick<ApiDeps, 'webhooks' | 'channels'>> = {}
): Promise<void> {
  const { config, db, log, media, publicAddress, keeper, version, instance, aside } = ground
  const { automation, channels, upkeep, backups, jobs, mailings, reminders } = parts
  const { mail, webhooks, connectors, recordLinks, sms } = outside
  const uiDir = path.join(projectRoot(), 'dist/ui')
  const deps: ApiDeps = {
    ...{ db, log, recordings, media, webhooks, tracking, jobs, backups },
    ...{ upkeep, channels, mail, mailings, publicAddress, connectors, recordLinks },
    ...exchange,
    ...instead,
    sipTrace: config.sipTrace ? (exchange.sipTrace ?? null) : null,
    ...{ announce: automation.announce, automation, sms },
    notices: reminders,
    uiDir: existsSync(uiDir) ? uiDir : null,
    version,
    publicUrl: config.http.publicUrl,
    outside: outsideOf(keeper, { ...config.http, isTls: config.tls.isOn, sipTlsPort: config.sip.tlsPort }),
    sip: { port: config.sip.port, rtp: config.rtp },
    // Browsers do not tell ports apart: two instances on one host would overwrite each other's session.
    // Several web ports of one installation share it.
    cookieName: `ringtrace_${config.roles === null ? config.http.port : instance.node.slice(0, 8)}`
  }
  const softphonesAt = config.edge?.web ?? { host: config.ariHost, port: config.ariPort }
  aside.push('the web port', await listen(deps, { ...config.http, ariPort: config.ariPort, softphonesAt }))
}
