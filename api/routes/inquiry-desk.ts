import type { Knex } from 'knex'
import { lockCrm } from '../../crm/clients.ts'
import { deskKey, readDeskSettings } from '../../crm/inquiries/desk-settings.ts'
import { previewDispatch } from '../../crm/inquiries/dispatcher.ts'
import { takeMarkBack } from '../../crm/inquiries/spam.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  dispatchPreview,
  dispatchPreviewQuery,
  inquiryRules,
  spamMark,
  spamMarkFilters,
  type SpamMark
} from '../contract/inquiry-desk.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, whereFound, type Row } from '../rows.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }

/** Rules of the desk, its dispatcher, and what it remembers of spam. */
export const inquiryDeskRoutes = ({ db, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/inquiry-rules',
    summary: 'Get the targets of the desk, whose missed calls are, and how inquiries are distributed',
    answer: inquiryRules,
    handle: () => readDeskSettings(db)
  }),
  endpoint({
    route: 'PUT /api/inquiry-rules',
    summary: 'Set those rules; fields that are left out take their usual values',
    body: inquiryRules,
    answer: inquiryRules,
    async handle(context) {
      const { body } = context
      if (body.warnMinutes > body.responseMinutes)
        throw new ApiError('invalid', {
          errors: [{ path: 'warnMinutes', message: 'must not be more than the target' }]
        })
      const named = [...body.dispatch.userIds, ...(body.defaultUserId === null ? [] : [body.defaultUserId])]
      await db.transaction(async (trx) => {
        const known = await trx('users').whereIn('id', named).select<{ id: string }[]>('id')
        if (known.length < new Set(named).size)
          throw new ApiError('unknown_reference', {
            errors: [{ path: 'dispatch.userIds', message: 'does not exist' }]
          })
        if (body.scheduleId !== null && !(await trx('schedules').where({ id: body.scheduleId }).first('id')))
          throw new ApiError('unknown_reference', {
            errors: [{ path: 'scheduleId', message: 'does not exist' }]
          })
        const before = await readDeskSettings(trx)
        await trx('settings')
          .insert({ key: deskKey, value: JSON.stringify(body), updated_at: trx.fn.now() })
          .onConflict('key')
          .merge()
        await audit(trx, context, {
          action: 'inquiry_rules.change',
          entity: 'settings',
          entityId: deskKey,
          change: { before, after: body }
        })
      })
      await db.raw(`select pg_notify('ringtrace_crm', '')`)
      return body
    }
  }),
  endpoint({
    route: 'POST /api/inquiry-rules/preview',
    summary: 'Say who would get the next inquiry by such rules, and why; nothing is given',
    body: dispatchPreviewQuery,
    answer: dispatchPreview,
    async handle({ body }) {
      const now = pbx.operators()
      const { choice, colleagues } = await previewDispatch(db, body, () => now)
      const names = new Map(
        (
          await db('users').whereIn('id', body.userIds).select<{ id: string; name: string }[]>('id', 'name')
        ).map(({ id, name }) => [id, name])
      )
      const person = (id: string) => ({ id, name: names.get(id) ?? '' })
      const byId = new Map(colleagues.map((one) => [one.userId, one]))
      return {
        next: choice.userId === null ? null : person(choice.userId),
        why: choice.why,
        people: choice.standings.map(({ userId, skipped, free, load, rating, score }) => ({
          ...{ person: person(userId), skipped, score, parts: { free, load: 1 - load, rating } },
          presence: byId.get(userId)?.presence ?? 'offline',
          inquiries: byId.get(userId)?.load ?? 0,
          rating: byId.get(userId)?.rating ?? null
        }))
      }
    }
  }),
  endpoint({
    route: 'GET /api/spam-marks',
    summary: 'List numbers and mails that are spam, with how much is hidden of each',
    query: listQuery(sorts, '-createdAt', spamMarkFilters),
    answer: page(spamMark),
    async handle({ query }) {
      const rows = db('spam_marks').select('*')
      if (query.search !== undefined)
        whereFound(rows, query.search, { names: ['value', 'reason'], phones: ['value'] })
      const found = await listPage(db, rows, query, sorts)
      return { items: await marksOf(db, found.rows), nextCursor: found.nextCursor }
    }
  }),
  endpoint({
    route: 'DELETE /api/spam-marks/:id',
    summary: 'Take a mark back: its inquiries are new again, and what was hidden since comes to the desk',
    async handle(context) {
      const calls = await db.transaction(async (trx) => {
        await lockCrm(trx)
        const mark = await trx('spam_marks')
          .where({ id: context.id })
          .forUpdate()
          .first<{ id: string; kind: 'phone' | 'email'; value: string } | undefined>('id', 'kind', 'value')
        if (!mark) throw new ApiError('not_found')
        const marked = await takeMarkBack(trx, mark)
        await audit(trx, context, {
          action: 'spam_mark.delete',
          entity: 'spam_mark',
          entityId: mark.id,
          data: { name: mark.value }
        })
        return marked
      })
      // The journal follows, through each call's own tape.
      for (const callId of calls)
        await pbx.appendMoment(callId, 'call.modified', {
          by: context.who.userId,
          changes: { isSpam: false }
        })
    }
  })
]

async function marksOf(db: Knex, rows: Row[]): Promise<SpamMark[]> {
  const ids = rows.map((row) => String(row['id']))
  const people = rows.flatMap((row) => (typeof row['created_by'] === 'string' ? [row['created_by']] : []))
  const [hits, users] = await Promise.all([
    db('spam_hits')
      .whereIn('mark_id', ids)
      .groupBy('mark_id')
      .select<{ mark_id: string; n: number; last: Date }[]>(
        'mark_id',
        db.raw('count(*)::int as n'),
        db.raw('max(at) as last')
      ),
    db('users').whereIn('id', people).select<{ id: string; name: string }[]>('id', 'name')
  ])
  return rows.map((row) => {
    const own = hits.find(({ mark_id }) => mark_id === row['id'])
    return itemOf(spamMark, row, {
      by: users.find(({ id }) => id === row['created_by']) ?? null,
      hidden: own?.n ?? 0,
      lastAt: own?.last.toISOString() ?? null
    })
  })
}
