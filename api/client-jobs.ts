import type { JobKind } from '../jobs/jobs.ts'
import { clientImport, clientImportUndo } from './client-imports.ts'
import { listExport, type ListDeps } from './list-export.ts'
import { personErasure, personExport, type RecordingFiles } from './personal-data-jobs.ts'

/** Long work with the data of clients. */
export const clientJobs = ({ db, dialling, pbx }: ListDeps, recordings: RecordingFiles): JobKind<never>[] => [
  listExport({ db, dialling, pbx }),
  clientImport(db),
  clientImportUndo(db),
  personExport(db, recordings),
  personErasure(db, recordings)
]
