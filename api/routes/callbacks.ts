import { z } from 'zod'
import { orderCallback, wakeRunner } from '../../dialling/callbacks.ts'
import type { DialRefusal } from '../../dialling/policy/decide.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { id, isoTime, page } from '../contract/common.ts'
import {
  callback,
  callbackCreate,
  callbackCreated,
  callbackPatch,
  callbackTry,
  callbackWithTries,
  callNow,
  clickToCallAnswer,
  type CallbackItem
} from '../contract/dialling.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, whereFound, type Row } from '../rows.ts'
import { forWhom, placed } from './click-to-call.ts'
import { maySee, onDeskOf, seenBy, whereDue } from './visible.ts'

const sorts: Sorts = {
  createdAt: { column: 'created_at', type: 'time' },
  nextAttemptAt: { column: 'next_attempt_at', type: 'time', nullsAs: 'infinity' }
}
const filters = {
  state: z.enum(['waiting', 'calling', 'retry', 'done', 'failed', 'cancelled', 'open']).optional(),
  kind: z.enum(['form', 'missed', 'queue', 'scheme', 'manual', 'api']).optional(),
  /** Those of whoever asks, and what nobody has in their groups. */
  atDesk: z.literal('true').optional(),
  /** Due before this moment; those without a time too. */
  dueBefore: isoTime.optional(),
  userId: id.optional(),
  groupId: id.optional(),
  callId: id.optional(),
  search: z.string().max(100).optional()
}
const mine = { user: 'user_id', group: 'group_id' }
const open = ['waiting', 'calling', 'retry']

const itemOfRow = (row: Row): CallbackItem => itemOf(callback, row, { isQueued: row['queue'] !== null })

/** Calls that are owed to clients. One client has one open callback. */
export function callbackRoutes({ db, dialling }: ApiDeps): Endpoint[] {
  async function find({ id: callbackId, who }: Context): Promise<Row> {
    const row = await findRow(db, 'callbacks', callbackId)
    if (!(await maySee(db, 'callbacks', row, who, mine))) throw new ApiError('not_found')
    return row
  }

  async function withTries(row: Row): Promise<z.output<typeof callbackWithTries>> {
    const tries = (await db('dial_attempts').where({ callback_id: row['id'] }).orderBy('at')) as Row[]
    return { ...itemOfRow(row), tries: tries.map((one) => itemOf(callbackTry, one)) }
  }

  return [
    endpoint({
      route: 'GET /api/callbacks',
      summary: 'List callbacks; `state=open` gives those that are still owed',
      query: listQuery(sorts, '-createdAt', filters),
      answer: page(callback),
      async handle({ query, who }) {
        const rows = db('callbacks').select('*')
        seenBy(db, rows, who, mine)
        if (query.atDesk === 'true') onDeskOf(db, rows, who.userId, mine)
        if (query.dueBefore !== undefined) whereDue(rows, 'next_attempt_at', query.dueBefore)
        if (query.state === 'open') rows.whereIn('state', open)
        else if (query.state !== undefined) rows.where('state', query.state)
        if (query.kind !== undefined) rows.where('kind', query.kind)
        if (query.userId !== undefined) rows.where('user_id', query.userId)
        if (query.groupId !== undefined) rows.where('group_id', query.groupId)
        const { callId, search } = query
        if (callId !== undefined)
          rows.where((either) => {
            either.where('call_id', callId).orWhere('parent_call_id', callId)
          })
        if (search !== undefined) whereFound(rows, search, { names: ['name'], phones: ['phone'] })
        const found = await listPage(db, rows, query, sorts)
        return { items: found.rows.map(itemOfRow), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/callbacks',
      summary: 'Order a callback. While the client has an open one, the wish joins it (`isMerged`)',
      body: callbackCreate,
      answer: callbackCreated,
      status: 201,
      async handle(context) {
        const { body, who } = context
        const { phone, at, ...rest } = body
        const asked = dialling.policy.explain({ number: phone, byUserId: null, isUnsolicited: true })
        const { decision, number } = asked
        // What the policy refuses for the moment only will have changed when the time comes.
        if (!decision.allowed && lasting.has(decision.reason))
          throw new ApiError(decision.reason as DialRefusal)
        if (number === null || asked.isEmergency) throw new ApiError('bad_number')
        if (who.role === 'operator') forWhom(context, rest.userId ?? undefined)
        const { id: callbackId, isNew } = await db.transaction(async (trx) => {
          const made = await orderCallback(trx, {
            ...rest,
            phone: number,
            kind: who.csrfToken === null ? 'api' : 'manual',
            atMs: at === null ? null : Date.parse(at),
            createdBy: who.userId
          })
          await audit(trx, context, {
            action: made.isNew ? 'callback.create' : 'callback.join',
            entity: 'callback',
            entityId: made.id
          })
          return made
        })
        context.res.set('Location', `/api/callbacks/${callbackId}`)
        return { ...itemOfRow(await findRow(db, 'callbacks', callbackId)), isMerged: !isNew }
      }
    }),
    endpoint({
      route: 'GET /api/callbacks/:id',
      summary: 'Get a callback with its tries',
      answer: callbackWithTries,
      handle: async (context) => withTries(await find(context))
    }),
    endpoint({
      route: 'PATCH /api/callbacks/:id',
      summary: 'Change an open callback: its time, who calls, or cancel it',
      body: callbackPatch,
      answer: callbackWithTries,
      async handle(context) {
        const { body, who } = context
        await find(context)
        if (who.role === 'operator' && typeof body.userId === 'string') forWhom(context, body.userId)
        const row = await db.transaction(async (trx) => {
          const before = await trx('callbacks').where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          const state = String(before['state'])
          if (!open.includes(state)) throw new ApiError('callback_closed')
          const isCancel = body.state === 'cancelled'
          if (state === 'calling' && !isCancel && body.at !== undefined)
            throw new ApiError('callback_calling')
          const [after] = (await trx('callbacks')
            .where({ id: context.id })
            .update({
              ...columnsOf(body),
              ...(body.at !== undefined && { next_attempt_at: body.at ?? trx.fn.now() }),
              ...(isCancel && { next_attempt_at: null, done_at: trx.fn.now() }),
              updated_at: trx.fn.now()
            })
            .returning('*')) as Row[]
          await wakeRunner(trx)
          await audit(trx, context, {
            action: isCancel ? 'callback.cancel' : 'callback.change',
            entity: 'callback',
            entityId: context.id,
            data: { fields: Object.keys(body) }
          })
          return after ?? before
        })
        return withTries(row)
      }
    }),
    endpoint({
      route: 'DELETE /api/callbacks/:id',
      summary: 'Delete a callback with the account of its tries',
      async handle(context) {
        await db.transaction(async (trx) => {
          const row = await trx('callbacks').where({ id: context.id }).forUpdate().first<Row | undefined>()
          if (!row) throw new ApiError('not_found')
          if (row['state'] === 'calling') throw new ApiError('callback_calling')
          await trx('callbacks').where({ id: context.id }).delete()
          await audit(trx, context, { action: 'callback.delete', entity: 'callback', entityId: context.id })
        })
      }
    }),
    endpoint({
      route: 'POST /api/callbacks/:id/call-now',
      summary: 'Place an open callback at once, for the operator who asks or the one named',
      body: callNow,
      answer: clickToCallAnswer,
      status: 202,
      async handle(context) {
        const row = await find(context)
        const userId = forWhom(context, context.body.userId)
        if (row['state'] === 'calling') throw new ApiError('callback_calling')
        if (!open.includes(String(row['state']))) throw new ApiError('callback_closed')
        const wanted = { id: context.id, phone: String(row['phone']) }
        const result = await dialling.callNow(wanted, userId, context.who.userId)
        await audit(db, context, {
          action: 'callback.call_now',
          entity: 'callback',
          entityId: context.id,
          data: { userId, ...(!result.ok && { reason: result.code }) }
        })
        return placed(result)
      }
    })
  ]
}

/** Refusals that hold whenever the callback would be placed. */
const lasting = new Set(['bad_number', 'do_not_call', 'prefix_blocked', 'country_not_allowed'])
