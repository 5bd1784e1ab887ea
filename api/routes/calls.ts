import type { Knex } from 'knex'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { hangupAnswer } from '../contract/access.ts'
import { lastNoteChange, overwrittenBy } from '../call-notes.ts'
import { callChanged, callLeg, callPage, callPatch, callWithLegs, tape, tapeRow } from '../contract/calls.ts'
import { callsQuery } from '../contract/journal.ts'
import { companyZone } from '../company-zone.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, written, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { selectionOf } from './call-filters.ts'
import { callPageOf } from './call-list.ts'
import { sendFileOfCalls } from './call-exports.ts'
import { callItems } from './call-item.ts'

/** The journal of calls and what can be done to a call. */
export const callRoutes = ({ db, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/calls',
    summary: 'List calls of the journal; ids and words in filters are comma-separated, free texts repeated',
    query: callsQuery,
    answer: callPage,
    async handle(context) {
      const { query } = context
      if (query.format !== 'json') {
        await sendFileOfCalls(db, context, query)
        return written
      }
      const found = await callPageOf(db, selectionOf(query, await companyZone(db)), query)
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
    answer: callChanged,
    async handle(context) {
      const { body, who } = context
      const { noteSeen, ...changes } = body
      await findRow(db, 'calls', context.id)
      if (Object.keys(changes).length > 0) {
        // Through the tape, so that the journal stays a projection of it and webhooks hear of the change.
        await pbx.appendMoment(context.id, 'call.modified', { by: who.userId, changes })
        await audit(db, context, {
          action: 'call.change',
          entity: 'call',
          entityId: context.id,
          data: { fields: Object.keys(changes) }
        })
      }
      const { note } = changes
      const isTold = note !== undefined && noteSeen !== undefined
      const overwritten = isTold
        ? await overwrittenBy(db, context.id, { userId: who.userId, note, seen: noteSeen })
        : null
      return { ...(await oneCall(db, context.id)), overwritten }
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
    // Where many ring at once: op2 before op10.
    .orderByRaw('l.started_at, length(l.leg), l.leg')
    .select('l.*', 'r.state as recording_state', 'r.error as recording_error')
    .select(db.raw('cast(r.seconds as float8) as recording_seconds'))
  const noteChange = await lastNoteChange(db, callId)
  return { ...item, legs: legs.map((leg) => itemOf(callLeg, leg)), noteChange }
}
