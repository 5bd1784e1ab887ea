import type { Knex } from 'knex'
import { z } from 'zod'

const key = 'backup'

/** Backups by the clock. The hour is one of the company's own time. */
export const backupSettings = z.object({
  isOn: z.boolean(),
  hour: z.number().int().min(0).max(23),
  /** So many of them stay; those that people had made stay until people remove them. */
  keep: z.number().int().min(1).max(60),
  withRecordings: z.boolean()
})
export type BackupSettings = z.infer<typeof backupSettings>

export const usualBackups: BackupSettings = { isOn: false, hour: 3, keep: 7, withRecordings: false }

export async function readBackupSettings(db: Knex): Promise<BackupSettings> {
  const row = await db('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  const parsed = backupSettings.safeParse(row?.value)
  return parsed.success ? parsed.data : usualBackups
}

export async function saveBackupSettings(trx: Knex, settings: BackupSettings): Promise<void> {
  await trx('settings')
    .insert({ key, value: JSON.stringify(settings), updated_at: trx.fn.now() })
    .onConflict('key')
    .merge()
}

/** The last moment at which a daily backup was due, ms; `zone` is the company's. */
export function lastDueMs(nowMs: number, hour: number, zone: string): number {
  const hourNow = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(nowMs)
  )
  const hourMs = 3_600_000
  const sinceHours = (hourNow - hour + 24) % 24
  return Math.floor(nowMs / hourMs) * hourMs - sinceHours * hourMs
}
