import type { Knex } from 'knex'
import { z } from 'zod'
import { audit } from '../audit.ts'
import {
  callerList,
  callerListCreate,
  callerListPatch,
  callerRules,
  type CallerList
} from '../contract/callers.ts'
import { crud, schemesNaming } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

export const callerRulesKey = 'callers'

/** The lists of callers, and what is done with those who are on them. */
export const callerListRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'caller-lists',
    table: 'caller_lists',
    thing: 'caller list',
    item: callerList,
    create: callerListCreate,
    patch: callerListPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'createdAt',
    read: listItems,
    inserted: () => ({ kind: 'own' }),
    async saved(trx, id, _body, _context, before) {
      if (before && before['kind'] !== 'own') throw new ApiError('builtin_list')
      await trx('caller_lists').where({ id }).update({ updated_at: trx.fn.now() })
    },
    usedBy(trx, row) {
      if (row['kind'] !== 'own') throw new ApiError('builtin_list')
      return schemesNaming(trx, String(row['id']))
    }
  }),
  endpoint({
    route: 'GET /api/caller-rules',
    summary: 'What becomes of calls from the spam list, and what VIPs get',
    answer: callerRules,
    handle: () => readCallerRules(db)
  }),
  endpoint({
    route: 'PUT /api/caller-rules',
    summary: 'Set what becomes of spam and what VIPs get; fields that are left out take their usual values',
    body: callerRules,
    answer: callerRules,
    async handle(context) {
      const { body } = context
      const promptId = /^prompts\/(.+)$/.exec(body.spamSound ?? '')?.[1]
      if (promptId !== undefined && !(await isPrompt(db, promptId)))
        throw new ApiError('unknown_reference', {
          errors: [{ path: 'spamSound', message: 'does not exist' }]
        })
      await db.transaction(async (trx) => {
        const before = await readCallerRules(trx)
        await trx('settings')
          .insert({ key: callerRulesKey, value: JSON.stringify(body), updated_at: trx.fn.now() })
          .onConflict('key')
          .merge()
        await audit(trx, context, {
          action: 'caller_rules.change',
          entity: 'settings',
          entityId: callerRulesKey,
          change: { before, after: body }
        })
      })
      return body
    }
  })
]

/** The rules as they are set, or as usual. */
export async function readCallerRules(db: Knex): Promise<z.output<typeof callerRules>> {
  const row = await db('settings')
    .where({ key: callerRulesKey })
    .first<{ value: unknown } | undefined>('value')
  return callerRules.parse(row?.value ?? {})
}

const isPrompt = async (db: Knex, id: string): Promise<boolean> =>
  z.uuid().safeParse(id).success && Boolean(await db('prompts').where({ id }).first<unknown>('id'))

async function listItems(db: Knex, rows: Row[]): Promise<CallerList[]> {
  const ids = rows.map((row) => String(row['id']))
  const [sizes, calls] = await Promise.all([
    counts(
      db,
      `select list_id as id, count(*)::int as n from caller_list_entries
       where list_id = any(?::uuid[]) and (expires_at is null or expires_at > now()) group by list_id`,
      ids
    ),
    counts(
      db,
      `with wanted as (
         select list_id, phone, is_prefix from caller_list_entries where list_id = any(?::uuid[])
       ), lately as (
         select caller_number as phone, count(*) as n from calls
         where direction = 'in' and started_at > now() - interval '30 days' and caller_number is not null group by 1
       ), found as (
         select w.list_id, l.phone, l.n from wanted w join lately l on l.phone = w.phone where not w.is_prefix
         union
         select w.list_id, l.phone, l.n from wanted w join lately l on starts_with(l.phone, w.phone) where w.is_prefix
       )
       select list_id as id, sum(n)::int as n from found group by list_id`,
      ids
    )
  ])
  return rows.map((row) => {
    const id = String(row['id'])
    return itemOf(callerList, row, { size: sizes.get(id) ?? 0, calls30: calls.get(id) ?? 0 })
  })
}

async function counts(db: Knex, sql: string, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.raw<{ rows: { id: string; n: number }[] }>(sql, [[...ids]])
  return new Map(rows.map(({ id, n }) => [id, n]))
}
