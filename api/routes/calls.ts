import type { Knex } from 'knex'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { listPage, type Sorts } from '../collection.ts'
import { hangupAnswer } from '../contract/access.ts'
import {
  callLeg,
  callPage,
  callPatch,
  callWithLegs,
  callsQuery,
  tape,
  tapeRow,
  type CallsQuery
} from '../contract/calls.ts'
import { id, outcome } from '../contract/common.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { invalid } from '../errors.ts'
import { ApiError } from '../problems.ts'
import { itemOf, whereFound, type Row } from '../rows.ts'
import { callItems } from './call-item.ts'

const sorts: Sorts = {
  startedAt: { column: 'started_at', type: 'time' },
  waitSeconds: { column: 'wait_seconds', type: 'int', nullsAs: -1 },
  talkSeconds: { column: 'talk_seconds', type: 'int', nullsAs: -1 }
}

/** The journal of calls and what can be done to a call. */
export const callRoutes = ({ db, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/calls',
    summary: 'List calls of the journal; lists in filters are comma-separated',
    query: callsQuery,
    answer: callPage,
    async handle({ query }) {
      const rows = db('calls').select('*')
      filter(rows, query)
      const found = await listPage(db, rows, query, sorts)
      return { items: await callItems(db, found.rows), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'GET /api/calls/:id',
    summary: 'Get a call with its legs',
    answer: callWithLegs,
    handle: (context) => oneCall(db, context.id)
  }),
  endpoint({
    route: 'PATCH /api/calls/:id',
    summary: 'Change what people say of a call: tags, note, wrap-up code, spam mark',
    body: callPatch,
    answer: callWithLegs,
    async handle(context) {
      const { body, who } = context
      await findRow(db, 'calls', context.id)
      if (Object.keys(body).length > 0) {
        // Through the tape, so that the journal stays a projection of it and webhooks hear of the change.
        await pbx.appendMoment(context.id, 'call.modified', { by: who.userId, changes: body })
        await audit(db, context, {
          action: 'call.change',
          entity: 'call',
          entityId: context.id,
          data: { fields: Object.keys(body) }
        })
      }
      return oneCall(db, context.id)
    }
  }),
  endpoint({
    route: 'GET /api/calls/:id/tape',
    summary: 'Get all that happened in a call, in order',
    answer: tape,
    async handle(context) {
      const rows = (await db('call_events').where({ call_id: context.id }).orderBy('seq')) as Row[]
      if (rows.length === 0) throw new ApiError('not_found')
      return {
        items: rows.map((row) =>
          itemOf(tapeRow, discreet(row), { from: phase(row, 'from'), to: phase(row, 'to') })
        )
      }
    }
  }),
  endpoint({
    route: 'POST /api/calls/:id/hangup',
    summary: 'End a call in progress; `notFound` when it has ended already',
    answer: hangupAnswer,
    async handle(context) {
      const { who } = context
      const own = pbx.operators().find((operator) => operator.userId === who.userId)
      if (who.role === 'operator' && own?.callId !== context.id) {
        throw new ApiError('forbidden', { detail: 'Operators end only a call that they are in.' })
      }
      const result = await pbx.hangup(context.id, { userId: who.userId, role: who.role })
      await audit(db, context, {
        action: 'call.hangup',
        entity: 'call',
        entityId: context.id,
        data: { result }
      })
      return { result }
    }
  })
]

/** Without the names of trunks in Asterisk: see migration 0007. */
function discreet(row: Row): Row {
  const without = (value: unknown): unknown => {
    const text = JSON.stringify(value)
    if (!text.includes('"endpoint"')) return value
    return JSON.parse(text, (key, inner: unknown) => (key === 'endpoint' ? undefined : inner)) as unknown
  }
  return { ...row, data: without(row['data']), effects: without(row['effects']) }
}

const phase = (row: Row, side: 'from' | 'to'): string | null => {
  const value = row[`${side}_phase`]
  return typeof value === 'string' ? value : null
}

async function oneCall(db: Knex, callId: string): Promise<z.output<typeof callWithLegs>> {
  const [item] = await callItems(db, [await findRow(db, 'calls', callId)])
  if (!item) throw new ApiError('not_found')
  const legs: Row[] = await db('call_legs as l')
    .leftJoin('recordings as r', 'r.id', 'l.recording_id')
    .where('l.call_id', callId)
    .orderBy(['l.started_at', 'l.leg'])
    .select('l.*', 'r.state as recording_state', 'r.error as recording_error')
    .select(db.raw('cast(r.seconds as float8) as recording_seconds'))
  return { ...item, legs: legs.map((leg) => itemOf(callLeg, leg)) }
}

function filter(rows: Knex.QueryBuilder, query: CallsQuery): void {
  if (query.from !== undefined) rows.where('started_at', '>=', query.from)
  if (query.to !== undefined) rows.where('started_at', '<', query.to)
  if (query.outcome !== undefined) rows.whereIn('outcome', list('outcome', query.outcome, outcome))
  for (const name of ['sourceId', 'numberId', 'operatorId', 'schemeId', 'siteId'] as const) {
    const value = query[name]
    if (value !== undefined) rows.whereIn(columns[name], list(name, value, id))
  }
  if (query.rating !== undefined) rows.whereIn('rating', list('rating', query.rating, digit))
  if (query.hasRecording === 'true') rows.where('recording_state', 'ready')
  if (query.hasRecording === 'false') rows.whereRaw("recording_state is distinct from 'ready'")
  if (query.minTalkSeconds !== undefined) rows.where('talk_seconds', '>=', query.minTalkSeconds)
  if (query.search !== undefined) {
    const names = ['contact_name', 'caller_name']
    whereFound(rows, query.search, { names, phones: ['caller_number', 'dialed_number'] })
  }
}

const columns = {
  sourceId: 'source_id',
  numberId: 'number_id',
  operatorId: 'operator_id',
  schemeId: 'scheme_id',
  siteId: 'site_id'
} as const
const digit = z.coerce.number().int().min(0).max(9)

function list<S extends z.ZodType>(name: string, text: string, item: S): Exclude<z.output<S>, undefined>[] {
  const result = z
    .array(item)
    .max(100)
    .safeParse(text.split(',').filter((part) => part !== ''))
  if (!result.success) {
    const { errors = [] } = invalid(result.error)
    throw new ApiError('invalid', { errors: errors.map(({ message }) => ({ path: name, message })) })
  }
  return result.data as Exclude<z.output<S>, undefined>[]
}
