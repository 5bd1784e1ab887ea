import type { Knex } from 'knex'
import type { Memory } from './kind.ts'
import type { ConnectorPorts } from './ports.ts'
import { addLinks } from './store.ts'

/** Places a call that the other side has asked for, once for its key. A repeat gets the first answer. */
export async function placeCall(
  wanted: { key: string; userId: string | null; phone: string; line: string | null },
  options: {
    db: Knex
    connectorId: string
    nowMs: number
    ports: ConnectorPorts
    /** The call that the other side has made of it already, with what is known of it. */
    there: { foreignCall: string; memory: Memory } | null
  }
): Promise<{ callId: string; isNew: boolean } | { refused: string; isNew: boolean }> {
  const { db, connectorId, there } = options
  const { key, userId, phone, line } = wanted
  const own = { connector_id: connectorId, key }
  const added = await db('connector_events')
    .insert({ ...own, at: new Date(options.nowMs), is_placing: true, user_id: userId })
    .onConflict(['connector_id', 'key'])
    .ignore()
    .returning('key')
  if (added.length === 0) return answerBefore(db, own)
  const refuse = async (refused: string): Promise<{ refused: string; isNew: boolean }> => {
    await db('connector_events')
      .where(own)
      .update({ is_placing: false, result: JSON.stringify({ refused }) })
    return { refused, isNew: true }
  }
  if (userId === null) return refuse('noSuchPerson')
  const placed = await options.ports.call({ phone, userId, line })
  if ('refused' in placed) return refuse(placed.refused)
  const { callId } = placed
  await db.transaction(async (trx) => {
    if (there) {
      await trx('connector_jobs')
        .insert({
          ...{ connector_id: connectorId, subject: 'call', subject_id: callId },
          memory: JSON.stringify(there.memory)
        })
        .onConflict(['connector_id', 'subject', 'subject_id'])
        .merge(['memory'])
      await addLinks(trx, connectorId, [
        { ourKind: 'call', ourId: callId, foreignKind: 'call', foreignId: there.foreignCall }
      ])
    }
    await trx('connector_events').where(own).update({ is_placing: false, call_id: callId })
  })
  return { callId, isNew: true }
}

async function answerBefore(
  db: Knex,
  own: { connector_id: string; key: string }
): Promise<{ callId: string; isNew: boolean } | { refused: string; isNew: boolean }> {
  const row = await db('connector_events')
    .where(own)
    .first<{ call_id: string | null; result: { refused?: string } | null } | undefined>('call_id', 'result')
  if (row?.call_id) return { callId: row.call_id, isNew: false }
  return { refused: row?.result?.refused ?? 'beingPlaced', isNew: false }
}
