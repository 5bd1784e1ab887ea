import type { Knex } from 'knex'
import type { Context } from './endpoint.ts'

export interface AuditEntry {
  action: string
  entity?: string
  entityId?: string
  /** Names of changed fields and the like; never secrets, never what a client said. */
  data?: Record<string, unknown>
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
  await db('audit').insert({
    user_id: userId,
    action: entry.action,
    entity: entry.entity ?? null,
    entity_id: entry.entityId ?? null,
    ip: ip ?? null,
    data: JSON.stringify(entry.data ?? {})
  })
}
