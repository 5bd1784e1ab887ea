import path from 'node:path'
import { callExport } from '../api/call-export.ts'
import { clientJobs } from '../api/client-jobs.ts'
import { companyZone } from '../api/company-zone.ts'
import type { ApiDeps } from '../api/deps.ts'
import { settingsImport } from '../api/imports-job.ts'
import { createBackups } from '../backup/work.ts'
import { createAutomation } from '../crm/automation/automation.ts'
import { createReminders } from '../crm/tasks/reminders.ts'
import { dialsForRules } from '../dialling/automation.ts'
import { openChannels } from '../integrations/channels/wire.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createRebuildJob } from '../reports/facts/job.ts'
import { createMailings } from '../reports/mailings/mailings.ts'
import { createRecomputeJob } from '../tracking/recompute/job.ts'
import { openUpkeep } from '../upkeep/look.ts'
import type { Ground } from './ground.ts'
import type { Tools } from './tools.ts'

/** What the API asks and the work behind calls does; opened by both, running by itself only where the work is. */
export type Parts = Awaited<ReturnType<typeof openParts>>

/** As people reach the panel. */
export function panelUrl({ config }: Pick<Ground, 'config'>): string {
  const scheme = config.tls.isOn ? 'https' : 'http'
  return config.http.publicUrl ?? `${scheme}://localhost:${config.http.port}`
}

/** Opens them; nothing runs by itself yet. */
export async function openParts(
  ground: Ground,
  { outside, recordings }: Tools,
  exchange: Pick<ApiDeps, 'pbx' | 'dialling'>
) {
  const { config, db, databaseUrl, log, lines, home, keeper, version } = ground
  const { dataDir, secretKey } = config
  const { mail, webhooks } = outside
  const { pbx, dialling } = exchange
  const url = panelUrl(ground)
  const automation = createAutomation({
    ...{ db, databaseUrl, announce: webhooks.announce, log },
    ports: { ...outside.forRules, ...dialsForRules },
    ...{ publicUrl: config.http.publicUrl ?? null, panelUrl: url }
  })
  const channels = await openChannels({ db, databaseUrl, dataDir, log, secretKey })
  const machine = { asterisk: home.version, publicUrl: config.http.publicUrl }
  const certificate = () => (config.tls.isOn ? keeper.current() : null)
  const upkeep = await openUpkeep({ db, dataDir, lines, certificate, version, ...machine })
  const backups = createBackups({
    ...{ db, databaseUrl, dataDir, version, zone: companyZone, log },
    order: (trx, wanted) => jobs.order(trx, wanted)
  })
  const kinds = [
    backups.kind,
    callExport(db),
    settingsImport(db),
    ...clientJobs({ db, dialling, pbx }, recordings),
    createRebuildJob({ db, log }),
    createRecomputeJob({ db, appendMoment: (callId, type, data) => pbx.appendMoment(callId, type, data) })
  ]
  const jobs = createJobs({ db, dir: path.join(dataDir, 'exports'), kinds, log })
  const mailings = createMailings({ db, mail, publicUrl: url, log })
  const reminders = createReminders({ db, databaseUrl, mail, publicUrl: url, log })
  return { automation, channels, upkeep, backups, jobs, mailings, reminders }
}
