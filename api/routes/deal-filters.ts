import type { Knex } from 'knex'
import type { dealFilters } from '../contract/crm.ts'
import { columnsOf, whereFound } from '../rows.ts'

type Texts = Exclude<keyof typeof dealFilters, 'amountFrom' | 'amountTo'>
export type DealFilters = Partial<Record<Texts, string | undefined>> & {
  amountFrom?: number | undefined
  amountTo?: number | undefined
}

/** Narrows deals by the filters of the list; the board, the summary and the list all use it. */
export function narrowDeals(db: Knex, rows: Knex.QueryBuilder, query: DealFilters, userId: string): void {
  for (const name of ['pipelineId', 'stageId', 'contactId', 'inquiryChannel', 'source'] as const) {
    const value = query[name]
    if (value !== undefined) rows.where(columnsOf({ [name]: value }))
  }
  if (query.kind !== undefined)
    rows.whereIn('stage_id', db('pipeline_stages').where({ kind: query.kind }).select('id'))
  if (query.mine === 'true') rows.where('responsible_id', userId)
  if (query.responsibleId === 'none') rows.whereNull('responsible_id')
  else if (query.responsibleId !== undefined) rows.where('responsible_id', query.responsibleId)
  if (query.from !== undefined) rows.where('created_at', '>=', query.from)
  if (query.to !== undefined) rows.where('created_at', '<', query.to)
  if (query.callId !== undefined)
    rows.whereIn('id', db('activities').where({ subject_id: query.callId }).select('deal_id'))
  if (query.amountFrom !== undefined) rows.where('amount', '>=', query.amountFrom)
  if (query.amountTo !== undefined) rows.where('amount', '<=', query.amountTo)
  if (query.needsCare === 'true')
    rows
      .whereIn('stage_id', db('pipeline_stages').where({ kind: 'open' }).select('id'))
      .whereNotExists(
        db('tasks as t')
          .whereRaw(`t.state = 'open' and (t.due_at is null or t.due_at > now())`)
          .whereRaw('(t.deal_id = deals.id or (t.deal_id is null and t.contact_id = deals.contact_id))')
          .select(db.raw('1'))
      )
  const { search } = query
  if (search === undefined) return
  const ofContacts = db('contacts as c')
    .leftJoin('contact_phones as p', 'p.contact_id', 'c.id')
    .select('c.id')
  whereFound(ofContacts, search, { names: ['c.name', 'c.company'], phones: ['p.e164'] })
  rows.where((either) => {
    whereFound(either, search, { names: ['title', 'note'], phones: [] })
    either.orWhereIn('contact_id', ofContacts)
  })
}
