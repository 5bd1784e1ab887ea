import type { Knex } from 'knex'
import { JobRefused, type JobKind } from '../jobs/jobs.ts'
import type { ImportThing } from './contract/settings-words.ts'
import { planImport } from './imports.ts'
import type { FileRow } from './imports-read.ts'
import { applyImport, knownFor } from './imports-store.ts'
import { ApiError } from './problems.ts'

export const importKind = 'import.settings'

/** Takes a long file of settings in the background: all of it, or nothing. */
export function settingsImport(db: Knex): JobKind<{ importId: string; things: ImportThing }> {
  return {
    kind: importKind,
    async run(job) {
      const { importId, things } = job.params
      return db.transaction(async (trx) => {
        const kept = await trx('setting_imports')
          .where({ id: importId })
          .forUpdate()
          .first<{ rows: { columns: (string | null)[]; rows: FileRow[] } } | undefined>('rows')
        // Taken already, by a run that was cut off after its end.
        if (!kept) return null
        const known = await knownFor(trx, things)
        const { changes, same, problems } = planImport(things, kept.rows.columns, kept.rows.rows, known)
        const [first] = problems
        if (first) {
          throw new JobRefused(
            `Nothing was imported: line ${first.line}, ${first.column ?? first.field ?? ''}: ${first.message}`
          )
        }
        await job.progress(0, changes.length)
        try {
          const by = { userId: job.userId, ip: undefined }
          await applyImport(trx, by, things, changes, known, (done) => job.progress(done, changes.length))
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
          const lines = (error.errors ?? []).map(({ path, message }) => `${path}: ${message}`)
          throw new JobRefused(`Nothing was imported. ${lines.join('; ')}`)
        }
        await trx('setting_imports').where({ id: importId }).delete()
        const created = changes.filter(({ existing }) => !existing).length
        return { created, updated: changes.length - created, same }
      })
    }
  }
}
