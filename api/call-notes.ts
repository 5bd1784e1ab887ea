import type { Knex } from 'knex'
import type { z } from 'zod'
import type { noteChange, overwrittenNote } from './contract/calls.ts'

interface Change {
  note: string | null
  by: { id: string; name: string } | null
  at: string
}

/** Every change of a call's note, the last first, as its tape tells. */
async function changesOf(db: Knex, callId: string, limit: number): Promise<Change[]> {
  const rows = await db('call_events as e')
    .leftJoin('users as u', db.raw(`cast(u.id as text) = e.data->>'by'`))
    .where({ 'e.call_id': callId, 'e.type': 'call.modified' })
    .whereRaw(`jsonb_exists(e.data->'changes', 'note')`)
    .orderBy('e.seq', 'desc')
    .limit(limit)
    .select<{ note: string | null; id: string | null; name: string | null; at: Date }[]>(
      db.raw(`e.data->'changes'->>'note' as note`),
      'u.id',
      'u.name',
      'e.at'
    )
  return rows.map(({ note, id, name, at }) => ({
    note,
    by: id !== null && name !== null ? { id, name } : null,
    at: at.toISOString()
  }))
}

/** Who wrote the note of a call last; null where nobody did. */
export async function lastNoteChange(db: Knex, callId: string): Promise<z.output<typeof noteChange> | null> {
  const [last] = await changesOf(db, callId, 1)
  return last ? { by: last.by, at: last.at } : null
}

/**
 * What a note that has just been saved stands instead of, when its writer had not seen that. The tape keeps every
 * version in order, so two people who save in one moment are both told right.
 * @param seen what the writer had before their eyes
 */
export async function overwrittenBy(
  db: Knex,
  callId: string,
  { userId, note, seen }: { userId: string; note: string | null; seen: string | null }
): Promise<z.output<typeof overwrittenNote> | null> {
  const changes = await changesOf(db, callId, 20)
  const own = changes.findIndex((change) => change.by?.id === userId && change.note === note)
  const before = changes[own + 1]
  if (own < 0 || !before || !before.note || before.note === seen || before.note === note) return null
  return { note: before.note, by: before.by, at: before.at }
}
