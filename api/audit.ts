import type { Knex } from 'knex'
import { changesOf } from './audit-changes.ts'
import type { Context } from './endpoint.ts'

export interface AuditEntry {
  action: string
  entity?: string
  entityId?: string
  /** What it was about; never secrets, never what a client said. */
  data?: Record<string, unknown>
  /** As it was and as it is: what differs is kept, without secrets. Null where there was nothing, or is nothing more. */
  change?: { before: object | null; after: object | null }
}

/** Writes who did what, from where. Give the transaction of the change, so that neither stands alone. */
export async function audit(
  db: Knex,
  context: Pick<Context, 'who' | 'req'>,
  entry: AuditEntry
): Promise<void> {
  await auditAs(db, context.who.userId, context.req.ip, entry)
}

/** As `audit`, where nobody is signed in (yet). */
export async function auditAs(
  db: Knex,
  userId: string | null,
  ip: string | undefined,
  entry: AuditEntry
): Promise<void> {
  const { change } = entry
  const data = { ...entry.data, ...(change && { changes: changesOf(change.before, change.after) }) }
  await db('audit').insert({
    user_id: userId,
    action: entry.action,
    entity: entry.entity ?? null,
    entity_id: entry.entityId ?? null,
    ip: ip ?? null,
    data: JSON.stringify(data)
  })
}
