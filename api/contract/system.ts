import { z } from 'zod'
import { checkNames, checkStates } from '../../upkeep/judge.ts'
import { backupSettings } from '../../backup/settings.ts'
import { id, isoTime } from './common.ts'

export const systemCheck = z.object({
  name: z.enum(checkNames),
  state: z.enum(checkStates),
  /** Why, by a name that stays; `values` are its figures. */
  reason: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  detail: z.string().nullable()
})

/** How the installation stands. */
export const systemState = z.object({
  at: isoTime,
  startedAt: isoTime.nullable(),
  checks: z.array(systemCheck),
  versions: z.object({
    product: z.string(),
    schema: z.string().nullable(),
    asterisk: z.string().nullable(),
    postgres: z.string().nullable(),
    node: z.string(),
    system: z.string()
  }),
  disk: z.object({
    freeBytes: z.number().nullable(),
    totalBytes: z.number().nullable(),
    databaseBytes: z.number().nullable(),
    recordingBytes: z.number().nullable(),
    bytesPerDay: z.number().nullable(),
    /** Null without a forecast, and where the room lasts for years. */
    daysLeft: z.number().int().nullable(),
    /** For how long recordings are kept; null: for ever. */
    retentionDays: z.number().nullable()
  }),
  /** What is new in this version, as its change log tells it. */
  notes: z.string()
})

/** What the last update brought, for the one who asks. */
export const systemUpdate = z.object({
  version: z.string(),
  /** The version that ran here before; null where there was no update yet. */
  previousVersion: z.string().nullable(),
  updatedAt: isoTime.nullable(),
  /** Points of the change log that the version before did not have. */
  fresh: z.array(z.string()),
  /** Whether they have read it. */
  isSeen: z.boolean()
})

export const logLevels = ['info', 'warn', 'error'] as const
export const logQuery = z.object({
  /** The least level that is shown. */
  level: z.enum(logLevels).optional()
})

export const logLine = z.object({
  at: isoTime,
  level: z.enum(logLevels),
  part: z.string().nullable(),
  text: z.string(),
  about: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
})
export const logLines = z.object({ items: z.array(logLine) })

export const backup = z.object({
  id,
  name: z.string(),
  createdAt: isoTime,
  bytes: z.number().int(),
  withRecordings: z.boolean(),
  version: z.string(),
  schema: z.string(),
  rows: z.number().int(),
  files: z.number().int(),
  /** SHA-256 of its manifest, by which `npm run restore -- --fingerprint` knows it again. */
  fingerprint: z.string(),
  by: z.enum(['person', 'schedule', 'command', 'upgrade'])
})
export const backupList = z.object({ items: z.array(backup), dir: z.string() })
export const backupOrder = z.object({ withRecordings: z.boolean().default(false) })
export { backupSettings }

export type SystemState = z.infer<typeof systemState>
export type SystemCheck = z.infer<typeof systemCheck>
export type SystemUpdate = z.infer<typeof systemUpdate>
export type LogLine = z.infer<typeof logLine>
export type Backup = z.infer<typeof backup>
export type BackupSettings = z.infer<typeof backupSettings>
