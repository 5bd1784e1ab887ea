import type { Knex } from 'knex'
import { giveBack, handOver as handOverAll } from '../../crm/hand-over/hand-over.ts'
import { groupsOf, piecesOf } from '../../crm/hand-over/owned.ts'
import { countPieces, share } from '../../crm/hand-over/share.ts'
import { audit } from '../audit.ts'
import { endSessions } from '../auth/sessions.ts'
import {
  handOver,
  handOverBody,
  handOverList,
  handOverPreview,
  handOverPreviewQuery,
  handOverUndone,
  type HandOver,
  type HandOverPreview
} from '../contract/hand-over.ts'
import type { UsageKind } from '../contract/settings-words.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { usageOf } from '../usage-store.ts'
import { keepAnAdmin } from './users.ts'

/** Things that name a person and are set up by hand. */
const setUp: ReadonlySet<UsageKind> = new Set([
  'scheme',
  'number',
  'pool',
  'site',
  'user',
  'dialList',
  'setting',
  'mailing',
  'webhook',
  'check'
])
const mostRules = 100

/** Somebody leaves: all that is theirs goes to others in one step, and back. */
export const handOverRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/users/:id/hand-over',
    summary: 'What a person has and would hand over, who would get how much, and what else names them',
    query: handOverPreviewQuery,
    answer: handOverPreview,
    async handle({ id, query }) {
      const row = await findRow(db, 'users', id)
      const toIds = (query.toIds ?? '').split(',').filter((each) => each !== '')
      await takers(db, id, toIds)
      return previewOf(db, row, toIds)
    }
  }),
  endpoint({
    route: 'POST /api/users/:id/hand-over',
    summary:
      'Hand over all that a person has, to one or shared evenly among several: a contact goes with its deals, inquiries and tasks',
    body: handOverBody,
    answer: handOver,
    status: 201,
    async handle(context) {
      const { id, body, who } = context
      const { block, withGroups } = body
      const toIds = [...new Set(body.toIds)]
      const madeId = await db.transaction(async (trx) => {
        const row = (await trx('users').where({ id }).forNoKeyUpdate().first()) as Row | undefined
        if (!row) throw new ApiError('not_found')
        if (block && id === who.userId) throw fault('block', 'nobody blocks themselves')
        if (block && row['role'] === 'admin' && who.role !== 'admin') throw new ApiError('forbidden')
        await takers(trx, id, toIds)
        const hasBlocked = block && row['is_active'] === true
        const made = await handOverAll(trx, {
          ...{ userId: id, toIds, withGroups, hasBlocked },
          byId: who.userId
        })
        if (hasBlocked) {
          await trx('users').where({ id }).update({ is_active: false, updated_at: trx.fn.now() })
          await keepAnAdmin(trx)
          await endSessions(trx, id)
        }
        await audit(trx, context, {
          action: 'user.hand_over',
          entity: 'user',
          entityId: id,
          data: { handOverId: made.id, toIds, counts: made.counts, hasBlocked }
        })
        return made.id
      })
      const [item] = await handOvers(db, madeId)
      if (!item) throw new ApiError('not_found')
      return item
    }
  }),
  endpoint({
    route: 'GET /api/hand-overs',
    summary: 'What people who left have handed over, the latest first',
    answer: handOverList,
    handle: async () => ({ items: await handOvers(db) })
  }),
  endpoint({
    route: 'POST /api/hand-overs/:id/undo',
    summary:
      'Give back what was handed over, but for what went on to others since; whoever was blocked may sign in again',
    answer: handOverUndone,
    handle: (context) =>
      db.transaction(async (trx) => {
        const { id, who } = context
        const made = (await trx('hand_overs').where({ id }).forUpdate().first()) as Row | undefined
        if (!made) throw new ApiError('not_found')
        if (made['undone_at'] !== null) throw new ApiError('not_undoable')
        const userId = String(made['user_id'])
        const row = (await trx('users').where({ id: userId }).forNoKeyUpdate().first()) as Row
        const unblocks = made['has_blocked'] === true && row['is_active'] === false
        if (unblocks && row['role'] === 'admin' && who.role !== 'admin') throw new ApiError('forbidden')
        const done = await giveBack(trx, id, userId)
        if (unblocks)
          await trx('users').where({ id: userId }).update({ is_active: true, updated_at: trx.fn.now() })
        await trx('hand_overs').where({ id }).update({ undone_at: trx.fn.now(), undone_by: who.userId })
        await audit(trx, context, {
          action: 'user.give_back',
          entity: 'user',
          entityId: userId,
          data: { handOverId: id, ...done, unblocks }
        })
        return { ...done, isActive: unblocks || row['is_active'] === true }
      })
  })
]

const fault = (path: string, message: string): ApiError =>
  new ApiError('invalid', { errors: [{ path, message, code: 'invalid' }] })

/** @throws ApiError invalid, where one of them cannot take anything over */
async function takers(db: Knex, leaverId: string, toIds: readonly string[]): Promise<void> {
  const found = await db('users')
    .whereRaw('cast(id as text) = any (cast(? as text[]))', [[...toIds]])
    .where({ is_active: true })
    .whereNot({ role: 'marketer' })
    .select<{ id: string }[]>('id')
  const known = new Set(found.map(({ id }) => id))
  if (toIds.includes(leaverId) || toIds.some((id) => !known.has(id)))
    throw fault('toIds', 'must be others who may sign in and have clients')
}

async function previewOf(db: Knex, row: Row, toIds: readonly string[]): Promise<HandOverPreview> {
  const id = String(row['id'])
  const pieces = await piecesOf(db, id)
  const groups = await groupsOf(db, id)
  const shared = toIds.length > 0 ? share(pieces, toIds) : []
  const { references } = await usageOf(db, 'users', row)
  const rules = await db('automation_rules')
    .whereRaw('concat(settings, groups, actions) like ?', [`%${id}%`])
    .orderBy('name')
    .limit(mostRules)
    .select<{ id: string; name: string }[]>('id', 'name')
  return {
    counts: { ...countPieces(pieces), group: groups.length },
    groups: groups.map(({ id: groupId, name }) => ({ id: groupId, name })),
    shares: toIds.map((userId) => {
      const theirs = shared.filter(({ toId }) => toId === userId)
      return {
        userId,
        contacts: theirs.filter(({ kind }) => kind === 'contact').length,
        things: theirs.length
      }
    }),
    named: references.filter(({ kind }) => setUp.has(kind)),
    rules
  }
}

/** @param id one of them only */
async function handOvers(db: Knex, id?: string): Promise<HandOver[]> {
  const query = db('hand_overs as h')
    .join('users as u', 'u.id', 'h.user_id')
    .leftJoin('users as b', 'b.id', 'h.created_by')
    .orderBy([
      { column: 'h.created_at', order: 'desc' },
      { column: 'h.id', order: 'desc' }
    ])
    .limit(100)
    .select('h.*', 'u.name as user_name', 'b.name as by_name')
    .select(
      db.raw(`array(select json_build_object('id', t.id, 'name', t.name) from users t
        where t.id in (select i.to_id from hand_over_items i where i.hand_over_id = h.id) order by t.name) as takers`)
    )
  if (id !== undefined) query.where('h.id', id)
  const rows = (await query) as Row[]
  return rows.map((row) =>
    handOver.parse({
      id: row['id'],
      user: { id: row['user_id'], name: row['user_name'] },
      to: row['takers'],
      counts: row['counts'],
      hasBlocked: row['has_blocked'],
      createdBy: row['created_by'] === null ? null : { id: row['created_by'], name: row['by_name'] },
      createdAt: (row['created_at'] as Date).toISOString(),
      undoneAt: (row['undone_at'] as Date | null)?.toISOString() ?? null
    })
  )
}
