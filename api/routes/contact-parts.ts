import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import { seenContact } from '../contact-rows.ts'
import { consentItem, consentsQuery, noteItem, notesQuery, timelinePage } from '../contact-timeline.ts'
import {
  consent,
  consentBody,
  consents,
  contactNote,
  noteBody,
  noteVersions,
  timeline,
  timelineKinds,
  timelineQuery,
  type NoteVersions
} from '../contract/contacts.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

/** What hangs on a contact: everything that happened, notes of people, and what the client has agreed to. */
export const contactPartRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/contacts/:id/timeline',
    summary: 'Everything that happened with a client, the newest first',
    query: timelineQuery,
    answer: timeline,
    async handle({ id, query, who }) {
      await seenContact(db, id, who)
      const kinds = query.kinds ?? timelineKinds
      return timelinePage(
        db,
        {
          contactId: id,
          // Marketers have nothing to do with what people owe, nor with what is said.
          kinds:
            who.role === 'marketer' ? kinds.filter((kind) => kind !== 'task' && kind !== 'message') : kinds,
          limit: query.limit,
          onlyOf: who.role === 'operator' ? who.userId : null
        },
        query.cursor
      )
    }
  }),
  endpoint({
    route: 'POST /api/contacts/:id/notes',
    summary: 'Write a note on a contact',
    body: noteBody,
    answer: contactNote,
    status: 201,
    handle: (context) => writeNote(db, context)
  }),
  endpoint({
    route: 'PATCH /api/notes/:id',
    summary: 'Change a note of yours; what it said before is kept',
    body: noteBody,
    answer: contactNote,
    async handle(context) {
      const { id, body, who } = context
      return db.transaction(async (trx) => {
        const row = await lockNote(trx, context)
        if (row['written_by'] !== who.userId) throw new ApiError('not_yours')
        if (row['text'] !== body.text) {
          await trx('contact_note_versions').insert({
            note_id: id,
            text: row['text'],
            written_by: row['written_by'],
            at: row['edited_at'] ?? row['created_at']
          })
          await trx('contact_notes').where({ id }).update({ text: body.text, edited_at: trx.fn.now() })
          await audit(trx, context, { action: 'note.change', entity: 'note', entityId: id })
        }
        return noteOf(trx, id)
      })
    }
  }),
  endpoint({
    route: 'DELETE /api/notes/:id',
    summary: 'Delete a note: your own, or any as a supervisor',
    async handle(context) {
      const { id, who } = context
      await db.transaction(async (trx) => {
        const row = await lockNote(trx, context)
        if (row['written_by'] !== who.userId && who.role === 'operator') throw new ApiError('not_yours')
        await trx('contact_notes').where({ id }).delete()
        await audit(trx, context, { action: 'note.delete', entity: 'note', entityId: id })
      })
    }
  }),
  endpoint({
    route: 'GET /api/notes/:id/versions',
    summary: 'What a note said before, the newest first',
    answer: noteVersions,
    async handle(context) {
      await lockNote(db, context)
      const rows: Row[] = await db('contact_note_versions as v')
        .leftJoin('users as u', 'u.id', 'v.written_by')
        .where('v.note_id', context.id)
        .orderBy('v.id', 'desc')
        .limit(100)
        .select('v.text', 'v.at', 'u.id as user_id', 'u.name as user_name')
      return { items: rows.map(versionItem) }
    }
  }),
  endpoint({
    route: 'GET /api/contacts/:id/consents',
    summary: 'What a client has agreed to and taken back, the newest first',
    answer: consents,
    async handle({ id, who }) {
      await seenContact(db, id, who)
      const rows = (await consentsQuery(db)
        .where('s.contact_id', id)
        .orderBy([
          { column: 's.at', order: 'desc' },
          { column: 's.created_at', order: 'desc' }
        ])
        .limit(200)) as Row[]
      return { items: rows.map(consentItem) }
    }
  }),
  endpoint({
    route: 'POST /api/contacts/:id/consents',
    summary: 'Write down that a client agrees, or takes an agreement back: what, when, where from',
    body: consentBody,
    answer: consent,
    status: 201,
    async handle(context) {
      const { id, body, who } = context
      await seenContact(db, id, who)
      return db.transaction(async (trx) => {
        const [made] = await trx('contact_consents')
          .insert({
            contact_id: id,
            kind: body.kind,
            is_given: body.isGiven,
            origin: body.origin,
            ...(body.at !== undefined && { at: body.at }),
            created_by: who.userId
          })
          .returning<{ id: string }[]>('id')
        await audit(trx, context, {
          action: 'consent.create',
          entity: 'contact',
          entityId: id,
          data: { kind: body.kind, isGiven: body.isGiven, origin: body.origin }
        })
        const row = (await consentsQuery(trx).where('s.id', made?.id).first()) as Row | undefined
        if (!row) throw new Error('No consent came back')
        return consentItem(row)
      })
    }
  })
]

const versionItem = (row: Row): NoteVersions['items'][number] => ({
  text: String(row['text']),
  author: typeof row['user_id'] === 'string' ? { id: row['user_id'], name: String(row['user_name']) } : null,
  at: (row['at'] as Date).toISOString()
})

async function writeNote(db: Knex, context: Context<unknown, { text: string }>) {
  const { id, body, who } = context
  await seenContact(db, id, who)
  return db.transaction(async (trx) => {
    const [made] = await trx('contact_notes')
      .insert({ contact_id: id, text: body.text, written_by: who.userId })
      .returning<{ id: string }[]>('id')
    if (!made) throw new Error('No note came back')
    await audit(trx, context, {
      action: 'note.create',
      entity: 'note',
      entityId: made.id,
      data: { contactId: id }
    })
    return noteOf(trx, made.id)
  })
}

async function noteOf(db: Knex, id: string) {
  const row = (await notesQuery(db).where('n.id', id).first()) as Row | undefined
  if (!row) throw new ApiError('not_found')
  return noteItem(row)
}

/** A note whose client whoever asks may see. */
async function lockNote(db: Knex, { id, who }: Pick<Context, 'id' | 'who'>): Promise<Row> {
  const query = db('contact_notes').where({ id })
  if (db.isTransaction) query.forUpdate()
  const row = await query.first<(Row & { contact_id: string }) | undefined>()
  if (!row) throw new ApiError('not_found')
  await seenContact(db, row.contact_id, who)
  return row
}
