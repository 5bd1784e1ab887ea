import { readBackupSettings, saveBackupSettings } from '../../backup/settings.ts'
import { audit } from '../audit.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { backupList, backupOrder, backupSettings } from '../contract/system.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { sendDownload } from '../send-file.ts'

/** Archives of the whole installation. Making one is background work; restoring is done from the machine itself. */
export const backupRoutes = ({ db, backups, jobs }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/backups',
    summary: 'List the backups that lie on the server, the newest first',
    answer: backupList,
    handle: async () => ({ items: (await backups?.list()) ?? [], dir: backups?.dir ?? '' })
  }),
  endpoint({
    route: 'POST /api/backups',
    summary: 'Make a backup in the background',
    body: backupOrder,
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      if (!backups || !jobs) throw new ApiError('not_found')
      const { withRecordings } = context.body
      const jobId = await db.transaction(async (trx) => {
        const params = { withRecordings, by: 'person' }
        const ordered = await jobs.order(trx, { kind: backups.kind.kind, params, userId: context.who.userId })
        await audit(trx, context, {
          action: 'backup.order',
          entity: 'backup',
          entityId: ordered,
          data: { withRecordings }
        })
        return ordered
      })
      return { jobId }
    }
  }),
  endpoint({
    route: 'GET /api/backups/:id/file',
    summary: 'Download a backup: it holds every secret of the installation',
    raw: 'application/gzip',
    async handle(context) {
      const file = await backups?.fileOf(context.id)
      const kept = (await backups?.list())?.find(({ id }) => id === context.id)
      if (!file || !kept) throw new ApiError('not_found')
      await audit(db, context, {
        action: 'backup.download',
        entity: 'backup',
        entityId: context.id,
        data: { file: kept.name }
      })
      await sendDownload(context, file, kept.name, 'application/gzip')
    }
  }),
  endpoint({
    route: 'DELETE /api/backups/:id',
    summary: 'Delete a backup from the server',
    async handle(context) {
      const kept = (await backups?.list())?.find(({ id }) => id === context.id)
      if (!kept) throw new ApiError('not_found')
      await backups?.remove(context.id)
      await audit(db, context, {
        action: 'backup.delete',
        entity: 'backup',
        entityId: context.id,
        data: { file: kept.name }
      })
    }
  }),
  endpoint({
    route: 'GET /api/backup-settings',
    summary: 'When backups are made by themselves, and how many are kept',
    answer: backupSettings,
    handle: () => readBackupSettings(db)
  }),
  endpoint({
    route: 'PUT /api/backup-settings',
    summary: 'Set when backups are made by themselves, and how many are kept',
    body: backupSettings,
    answer: backupSettings,
    async handle(context) {
      await db.transaction(async (trx) => {
        const before = await readBackupSettings(trx)
        await saveBackupSettings(trx, context.body)
        await audit(trx, context, {
          action: 'backup_settings.change',
          entity: 'settings',
          entityId: 'backup',
          change: { before, after: context.body }
        })
      })
      return context.body
    }
  })
]
