import type { Knex } from 'knex'
import { z } from 'zod'
import { phoneReader } from '../caller-phone.ts'
import { audit } from '../audit.ts'
import {
  callerEntry,
  callerEntryCreate,
  callerEntryPatch,
  callerImport,
  callerImported,
  callerPhone,
  callerStanding,
  callerSuggestions,
  type CallerListEntry
} from '../contract/callers.ts'
import { id } from '../contract/common.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, likePart, phoneDigits, type Row } from '../rows.ts'
import { readCallerRules } from './caller-lists.ts'

const mostLines = 10_000
const usual = new Set([
  'GET /api/caller-entries',
  'GET /api/caller-entries/:id',
  'PATCH /api/caller-entries/:id'
])

/** Who is on which list of callers: by hand, by one click in a call, by pasting; and who behaves like spam. */
export const callerEntryRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'caller-entries',
    table: 'caller_list_entries',
    thing: 'caller entry',
    item: callerEntry,
    create: callerEntryCreate,
    patch: callerEntryPatch,
    sorts: {
      createdAt: { column: 'created_at', type: 'time' },
      phone: { column: 'phone', type: 'text' }
    },
    firstSort: '-createdAt',
    filters: { listId: id.optional(), search: z.string().max(100).optional() },
    filter(rows, { listId, search }) {
      if (typeof listId === 'string') rows.where('list_id', listId)
      if (typeof search === 'string' && search.trim() !== '') whereTyped(rows, search.trim())
    },
    read: entryItems
  }).filter(({ route }) => usual.has(route)),
  endpoint({
    route: 'POST /api/caller-entries',
    summary: 'Put a number, or all that begin like it, on a list of callers',
    body: callerEntryCreate,
    answer: callerEntry,
    status: 201,
    async handle(context) {
      const { listId, note, callId, expiresAt } = context.body
      const phone = (await phoneReader(db))(context.body.phone, context.body.isPrefix)
      if (!phone) throw new ApiError('bad_number')
      const row = await db.transaction(async (trx) => {
        const list = await trx('caller_lists').where({ id: listId }).first<Row | undefined>()
        if (!list)
          throw new ApiError('unknown_reference', { errors: [{ path: 'listId', message: 'does not exist' }] })
        // What has run out stands in nobody's way.
        await trx('caller_list_entries')
          .where({ list_id: listId, ...phone })
          .where('expires_at', '<=', trx.fn.now())
          .delete()
        const [made] = (await trx('caller_list_entries')
          .insert({
            ...{ list_id: listId, ...phone, note, call_id: callId },
            ...{ expires_at: expiresAt, created_by: context.who.userId }
          })
          .returning('*')) as Row[]
        if (!made) throw new Error('No row came back from caller_list_entries')
        await audit(trx, context, {
          action: 'caller entry.create',
          entity: 'caller entry',
          entityId: String(made['id']),
          data: { list: list['name'], name: phone.phone },
          change: { before: null, after: { ...phone, note, expiresAt } }
        })
        return made
      })
      context.res.set('Location', `/api/caller-entries/${String(row['id'])}`)
      return oneItem(db, row)
    }
  }),
  endpoint({
    route: 'DELETE /api/caller-entries/:id',
    summary: 'Take a number off a list; operators take back what they have put there themselves',
    async handle(context) {
      const { who } = context
      await db.transaction(async (trx) => {
        const row = await trx('caller_list_entries')
          .where({ id: context.id })
          .forUpdate()
          .first<Row | undefined>()
        if (!row) throw new ApiError('not_found')
        if (who.role === 'operator' && row['created_by'] !== who.userId) throw new ApiError('forbidden')
        const [gone] = await entryItems(trx, [row])
        await trx('caller_list_entries').where({ id: context.id }).delete()
        await audit(trx, context, {
          action: 'caller entry.delete',
          entity: 'caller entry',
          entityId: context.id,
          data: { name: row['phone'] },
          change: { before: gone ?? null, after: null }
        })
      })
    }
  }),
  endpoint({
    route: 'POST /api/caller-lists/:id/import',
    summary: `Put many numbers on a list: one a line, * after a beginning, a note behind a tab, comma or semicolon; ${mostLines} lines at most`,
    body: callerImport,
    answer: callerImported,
    async handle(context) {
      const list = await findRow(db, 'caller_lists', context.id)
      const read = await phoneReader(db)
      const lines = context.body.text.split(/\r?\n/)
      if (lines.length > mostLines)
        throw new ApiError('invalid', {
          errors: [{ path: 'text', message: `takes at most ${mostLines} lines` }]
        })
      const refused: z.output<typeof callerImported>['refused'] = []
      const wanted = new Map<string, Row>()
      let named = 0
      for (const [index, line] of lines.entries()) {
        if (line.trim() === '') continue
        const [raw = '', ...rest] = line.split(/[;,\t]/)
        const phone = read(raw)
        if (!phone) {
          refused.push({ line: index + 1, text: line.trim().slice(0, 80) })
          continue
        }
        named += 1
        const note = rest.join(' ').trim().slice(0, 500) || context.body.note
        wanted.set(`${phone.phone} ${phone.is_prefix}`, {
          ...{ list_id: context.id, ...phone, note, created_by: context.who.userId }
        })
      }
      const added = await db.transaction(async (trx) => {
        const rows = [...wanted.values()]
        let made = 0
        for (let at = 0; at < rows.length; at += 1000) {
          const inserted = await trx('caller_list_entries')
            .insert(rows.slice(at, at + 1000))
            .onConflict(['list_id', 'phone', 'is_prefix'])
            .ignore()
            .returning<Row[]>('id')
          made += inserted.length
        }
        await audit(trx, context, {
          action: 'caller list.import',
          entity: 'caller list',
          entityId: context.id,
          data: { name: list['name'], added: made, refused: refused.length }
        })
        return made
      })
      return { added, known: named - added, refused: refused.slice(0, 100) }
    }
  }),
  endpoint({
    route: 'GET /api/caller-standing',
    summary: 'On which lists a number is now, and what that makes of its calls',
    query: callerPhone,
    answer: callerStanding,
    async handle({ query }) {
      const phone = (await phoneReader(db))(query.phone)
      if (!phone) return { mark: null, entries: [] }
      const rows = await db('caller_list_entries as e')
        .join('caller_lists as l', 'l.id', 'e.list_id')
        .whereRaw('(e.expires_at is null or e.expires_at > now())')
        .whereRaw('(e.phone = ? and not e.is_prefix or e.is_prefix and starts_with(?, e.phone))', [
          phone.phone,
          phone.phone
        ])
        // The closest first; of two that are as close VIP counts.
        .orderByRaw("e.is_prefix, length(e.phone) desc, l.kind = 'vip' desc, e.id")
        .select<Row[]>('e.*', 'l.name as list_name', 'l.kind')
      const items = await entryItems(db, rows)
      const entries = items.map((item, index) => ({
        ...item,
        listName: String(rows[index]?.['list_name']),
        kind: rows[index]?.['kind'] as 'spam' | 'vip' | 'own'
      }))
      const first = entries.find(({ kind }) => kind !== 'own')?.kind
      return { mark: first === 'spam' || first === 'vip' ? first : null, entries }
    }
  }),
  endpoint({
    route: 'GET /api/caller-suggestions',
    summary: 'Numbers that call again and again for a few seconds only: perhaps spam',
    answer: callerSuggestions,
    async handle() {
      const { minSeconds, minCalls } = await readCallerRules(db)
      const { rows } = await db.raw<{ rows: Row[] }>(suggested, { minSeconds, minCalls })
      return {
        items: rows.map((row) => ({
          phone: String(row['phone']),
          region: typeof row['region'] === 'string' ? row['region'] : null,
          calls: Number(row['calls']),
          longestSeconds: Number(row['longest']),
          lastAt: (row['last_at'] as Date).toISOString()
        }))
      }
    }
  }),
  endpoint({
    route: 'POST /api/caller-suggestions/hide',
    summary: 'Suggest a number no more',
    body: callerPhone,
    async handle(context) {
      const phone = (await phoneReader(db))(context.body.phone)
      if (!phone) throw new ApiError('bad_number')
      await db.transaction(async (trx) => {
        await trx('caller_suggestions_hidden')
          .insert({ phone: phone.phone, hidden_by: context.who.userId })
          .onConflict('phone')
          .ignore()
        await audit(trx, context, { action: 'caller suggestion.remove', data: { name: phone.phone } })
      })
    }
  })
]

/** Nobody who is known, on a list, or has ever talked with us for longer. */
const suggested = `
select c.caller_number as phone, max(c.caller_region) as region, count(*)::int as calls,
  max(case when c.outcome = 'answered' then coalesce(c.talk_seconds, 0) else coalesce(c.total_seconds, 0) end) as longest,
  max(c.started_at) as last_at
from calls c
where c.direction = 'in' and c.ended_at is not null and c.started_at > now() - interval '7 days'
  and c.caller_number like '+%' and c.contact_id is null and not c.is_spam and c.outcome <> 'blocked'
  and not exists (select from caller_suggestions_hidden h where h.phone = c.caller_number)
  and not exists (select from caller_list_entries e where e.phone = c.caller_number and not e.is_prefix)
group by c.caller_number
having count(*) >= :minCalls and bool_and(
  case when c.outcome = 'answered' then coalesce(c.talk_seconds, 0) else coalesce(c.total_seconds, 0) end < :minSeconds)
order by count(*) desc, max(c.started_at) desc limit 50`

function whereTyped(rows: Knex.QueryBuilder, typed: string): void {
  const digits = phoneDigits(typed)
  rows.where((either) => {
    either.orWhereILike('note', likePart(typed))
    if (digits !== '') either.orWhereLike('phone', likePart(digits))
  })
}

async function oneItem(db: Knex, row: Row): Promise<CallerListEntry> {
  const [item] = await entryItems(db, [row])
  if (!item) throw new ApiError('not_found')
  return item
}

async function entryItems(db: Knex, rows: Row[]): Promise<CallerListEntry[]> {
  const makers = rows.map((row) => row['created_by']).filter((maker) => typeof maker === 'string')
  const users = await db('users').whereIn('id', makers).select<{ id: string; name: string }[]>('id', 'name')
  const byId = new Map(users.map((user) => [user.id, user]))
  return rows.map((row) =>
    itemOf(callerEntry, row, { createdBy: byId.get(String(row['created_by'])) ?? null })
  )
}
