import type { Knex } from 'knex'
import { momentsOf, type Moment, type TimelineWish } from '../crm/contacts/timeline.ts'
import { timelineItem, type TimelineItem } from './contract/contacts.ts'
import { ApiError } from './problems.ts'
import { itemOf, type Row } from './rows.ts'

const shapes = timelineItem.shape
const named = (id: unknown, name: unknown): { id: string; name: string } | null =>
  typeof id === 'string' && typeof name === 'string' ? { id, name } : null
const nothing = {
  call: null,
  visit: null,
  form: null,
  callback: null,
  message: null,
  inquiry: null,
  deal: null,
  task: null,
  note: null,
  consent: null,
  merge: null
} satisfies Partial<TimelineItem>

/** Of a message, as much as a line has room for. */
const shownText = 300

type Details = Map<string, Partial<TimelineItem>>
type Reader = (db: Knex, ids: string[]) => Promise<Details>

const mapped = (rows: readonly Row[], detail: (row: Row) => Partial<TimelineItem>): Details =>
  new Map(rows.map((row) => [String(row['id']), detail(row)]))

/** One question for each kind, however many rows of it a page has. */
const readers: Record<TimelineItem['kind'], Reader> = {
  call: async (db, ids) =>
    mapped(
      await db('calls')
        .whereIn('id', ids)
        .select(
          ...[
            'id',
            'direction',
            'outcome',
            'started_at',
            'talk_seconds',
            'operator_name',
            'source_name',
            'note'
          ],
          'recording_state'
        ),
      (row) => ({
        call: itemOf(shapes.call.unwrap(), row, { hasRecording: row['recording_state'] === 'ready' })
      })
    ),
  visit: async (db, ids) =>
    mapped(await db('visits').whereIn('id', ids).select('*'), (row) => ({
      visit: itemOf(shapes.visit.unwrap(), row)
    })),
  form: async (db, ids) =>
    mapped(
      await db('form_submissions').whereIn('id', ids).select('id', 'form_name as name', 'message'),
      (row) => ({
        form: itemOf(shapes.form.unwrap(), row)
      })
    ),
  callback: async (db, ids) =>
    mapped(await db('callbacks').whereIn('id', ids).select('id', 'state', 'at'), (row) => ({
      callback: itemOf(shapes.callback.unwrap(), row)
    })),
  message: async (db, ids) =>
    mapped(
      await db('messages as m')
        .join('conversations as c', 'c.id', 'm.conversation_id')
        .leftJoin('users as u', 'u.id', 'm.author_id')
        .whereIn('m.id', ids)
        .select('m.id', 'm.conversation_id', 'm.direction', 'm.state', 'm.subject', 'c.kind as channel_kind')
        .select(db.raw(`left(m.text, ${shownText}) as text`), 'u.id as user_id', 'u.name as user_name')
        .select(
          db.raw('(select cast(count(*) as int) from message_files f where f.message_id = m.id) as files')
        ),
      (row) => ({
        message: itemOf(shapes.message.unwrap(), row, { author: named(row['user_id'], row['user_name']) })
      })
    ),
  inquiry: async (db, ids) =>
    mapped(await db('inquiries').whereIn('id', ids).select('id', 'title', 'kind', 'state'), (row) => ({
      inquiry: itemOf(shapes.inquiry.unwrap(), row)
    })),
  deal: async (db, ids) =>
    mapped(
      await db('deal_stage_changes as h')
        .join('deals as d', 'd.id', 'h.deal_id')
        .leftJoin('pipeline_stages as s', 's.id', 'h.to_stage_id')
        .leftJoin('users as u', 'u.id', 'h.by_user_id')
        .whereIn('h.id', ids)
        .select('h.id', 'h.from_stage_id', 'd.id as deal_id', 'd.title', 'd.amount', 'd.currency')
        .select('s.name as stage', 's.kind as stage_kind', 'u.id as by_id', 'u.name as by_name'),
      (row) => ({
        deal: itemOf(shapes.deal.unwrap(), row, {
          id: String(row['deal_id']),
          amount: Number(row['amount']),
          stage: typeof row['stage'] === 'string' ? row['stage'] : '',
          stageKind: row['stage_kind'] === 'won' || row['stage_kind'] === 'lost' ? row['stage_kind'] : 'open',
          isNew: row['from_stage_id'] === null,
          by: named(row['by_id'], row['by_name'])
        })
      })
    ),
  task: async (db, ids) =>
    mapped(
      await db('tasks as t')
        .leftJoin('users as u', 'u.id', 't.assignee_id')
        .whereIn('t.id', ids)
        .select('t.id', 't.title', 't.kind', 't.state', 't.due_at', 'u.id as user_id', 'u.name as user_name'),
      (row) => ({
        task: itemOf(shapes.task.unwrap(), row, { assignee: named(row['user_id'], row['user_name']) })
      })
    ),
  note: async (db, ids) => {
    const rows = (await notesQuery(db).whereIn('n.id', ids)) as Row[]
    return mapped(rows, (row) => ({ note: noteItem(row) }))
  },
  consent: async (db, ids) => {
    const rows = (await consentsQuery(db).whereIn('s.id', ids)) as Row[]
    return mapped(rows, (row) => ({ consent: consentItem(row) }))
  },
  merge: async (db, ids) =>
    mapped(
      await db('contact_merges as m')
        .leftJoin('users as u', 'u.id', 'm.created_by')
        .whereIn('m.id', ids)
        .select('m.id', db.raw("m.loser ->> 'name' as name"), 'u.id as user_id', 'u.name as user_name')
        .select(
          db.raw(`not exists (select from contact_merges l where l.winner_id = m.winner_id and l.undone_at is null
            and l.created_at > m.created_at) as can_undo`)
        ),
      (row) => ({
        merge: itemOf(shapes.merge.unwrap(), row, { by: named(row['user_id'], row['user_name']) })
      })
    )
}

/** Notes with who wrote them. */
export const notesQuery = (db: Knex): Knex.QueryBuilder =>
  db('contact_notes as n')
    .leftJoin('users as u', 'u.id', 'n.written_by')
    .select('n.*', 'u.name as author_name')

/** A note in the shape of the contract. */
export const noteItem = (row: Row) =>
  itemOf(shapes.note.unwrap(), row, { author: named(row['written_by'], row['author_name']) })

/** Consents with who wrote them down. */
export const consentsQuery = (db: Knex): Knex.QueryBuilder =>
  db('contact_consents as s')
    .leftJoin('users as u', 'u.id', 's.created_by')
    .select('s.*', 'u.name as author_name')

/** A consent in the shape of the contract. */
export const consentItem = (row: Row) =>
  itemOf(shapes.consent.unwrap(), row, { createdBy: named(row['created_by'], row['author_name']) })

/** A page of what happened with a client, the newest first. @throws ApiError bad_cursor */
export async function timelinePage(
  db: Knex,
  wish: Omit<TimelineWish, 'after'>,
  cursor: string | undefined
): Promise<{ items: TimelineItem[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : readCursor(cursor)
  const found = await momentsOf(db, { ...wish, after, limit: wish.limit + 1 })
  const moments = found.slice(0, wish.limit)
  const kinds = [...new Set(moments.map(({ kind }) => kind))]
  const details = new Map(
    await Promise.all(
      kinds.map(async (kind): Promise<[string, Details]> => {
        const ids = moments.filter((each) => each.kind === kind).map(({ id }) => id)
        return [kind, await readers[kind](db, ids)]
      })
    )
  )
  const last = moments.at(-1)
  return {
    items: moments.flatMap(({ kind, id, at }) => {
      const detail = details.get(kind)?.get(id)
      // Deleted between the two questions.
      return detail ? [{ kind, id, at: at.toISOString(), ...nothing, ...detail }] : []
    }),
    nextCursor: found.length > wish.limit && last ? writeCursor(last) : null
  }
}

const writeCursor = ({ exact, kind, id }: Moment): string =>
  Buffer.from(JSON.stringify([exact, `${kind}/${id}`])).toString('base64url')

function readCursor(cursor: string): { exact: string; key: string } {
  try {
    const [exact, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof exact === 'string' && typeof key === 'string' && !Number.isNaN(Date.parse(exact)))
      return { exact, key }
  } catch (error) {
    throw new ApiError('bad_cursor', { cause: error })
  }
  throw new ApiError('bad_cursor')
}
