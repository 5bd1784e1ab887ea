import type { Knex } from 'knex'
import { finishList } from './attempts.ts'

/**
 * Notes a client's wish to get no calls, in the caller's transaction. Entries of lists that wait for them are stopped,
 * and a callback that no person ordered is called off. Repeating it keeps the first note.
 * @returns the id of the note
 */
export async function addDoNotCall(
  trx: Knex,
  wish: { phone: string; reason: string | null; callId: string | null; createdBy: string | null }
): Promise<string> {
  const { phone } = wish
  await trx('do_not_call')
    .insert({ phone, reason: wish.reason, call_id: wish.callId, created_by: wish.createdBy })
    .onConflict('phone')
    .ignore()
  const row = await trx('do_not_call').where({ phone }).first<{ id: string } | undefined>('id')
  if (!row) throw new Error('No note came back')
  const stopped = await trx('dial_list_entries')
    .where({ phone })
    .whereIn('state', ['waiting', 'retry'])
    .update({
      state: 'stopped',
      last_result: 'refused',
      last_reason: 'do_not_call',
      next_attempt_at: null,
      updated_at: trx.fn.now()
    })
    .returning<{ list_id: string }[]>('list_id')
  for (const { list_id: listId } of stopped) await finishList(trx, listId)
  await trx('callbacks').where({ phone, kind: 'missed' }).whereIn('state', ['waiting', 'retry']).update({
    state: 'cancelled',
    last_reason: 'do_not_call',
    next_attempt_at: null,
    done_at: trx.fn.now(),
    updated_at: trx.fn.now()
  })
  return row.id
}
