import type { Knex } from 'knex'
import { ensureContact, lockCrm } from '../../crm/clients.ts'
import { makeDeal, moveDeal, type DealRow } from '../../crm/deals/deals.ts'
import { followLines, linesOf } from '../../crm/deals/parts.ts'
import { stays } from '../../crm/deals/sums.ts'
import { acceptInquiry, deleteDeal } from '../../crm/inquiries/accept.ts'
import type { InquiryRow } from '../../crm/inquiries/place.ts'
import { announceNothing } from '../../crm/ports.ts'
import { CrmRefusal } from '../../crm/refusal.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  deal,
  dealCreate,
  dealFilters,
  dealPatch,
  dealWithHistory,
  dealsSummary,
  dealsSummaryQuery,
  stageChange,
  type DealWithHistory
} from '../contract/crm.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'
import {
  activitiesOf,
  companyCurrency,
  dealItems,
  lockSeen,
  onlySeen,
  refused,
  trackedPath
} from './crm-rows.ts'
import { narrowDeals } from './deal-filters.ts'
import { contactsOf, paymentsOf, shownLines } from './deal-parts.ts'

const sorts: Sorts = {
  createdAt: { column: 'created_at', type: 'time' },
  updatedAt: { column: 'updated_at', type: 'time' },
  closedAt: { column: 'closed_at', type: 'time', nullsAs: 'infinity' },
  amount: { column: 'amount', type: 'money' },
  expectedAt: { column: 'expected_at', type: 'day', nullsAs: 'infinity' },
  title: { column: 'title', type: 'text' }
}

/** Sales under way, won and lost. */
export function dealRoutes(deps: Pick<ApiDeps, 'db' | 'dialling' | 'announce'>): Endpoint[] {
  const { db, announce = announceNothing } = deps

  const inOne = <T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> =>
    db.transaction(run).catch((error: unknown) => {
      throw error instanceof CrmRefusal ? refused(error) : error
    })

  return [
    endpoint({
      route: 'GET /api/deals',
      summary: 'List deals',
      query: listQuery(sorts, '-createdAt', dealFilters),
      answer: page(deal),
      async handle({ query, who }) {
        const rows = db('deals').select('*')
        onlySeen(rows, who)
        narrowDeals(db, rows, query, who.userId)
        const found = await listPage(db, rows, query, sorts)
        return { items: await dealItems(db, found.rows), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'GET /api/deals/summary',
      summary: 'Count deals and sum them up by stage, with the filters of the list',
      query: dealsSummaryQuery,
      answer: dealsSummary,
      async handle({ query, who }) {
        const rows = db('deals').groupBy('stage_id', 'currency').orderBy('currency')
        rows.select('stage_id', 'currency', db.raw('count(*)::int as deals'), db.raw('sum(amount) as amount'))
        onlySeen(rows, who)
        narrowDeals(db, rows, query, who.userId)
        const found = (await rows) as { stage_id: string; currency: string; deals: number; amount: string }[]
        const stageIds = [...new Set(found.map((row) => row.stage_id))]
        return {
          currency: await companyCurrency(db),
          stages: stageIds.map((stageId) => {
            const own = found.filter((row) => row.stage_id === stageId)
            return {
              stageId,
              deals: own.reduce((sum, row) => sum + row.deals, 0),
              sums: own.map((row) => ({ currency: row.currency, amount: Number(row.amount) }))
            }
          })
        }
      }
    }),
    endpoint({
      route: 'POST /api/deals',
      summary: 'Open a deal; with `callId` its inquiry is accepted, and its client and source are taken over',
      body: dealCreate,
      answer: dealWithHistory,
      status: 201,
      async handle(context) {
        const { body } = context
        const currency = body.currency ?? (await companyCurrency(db))
        const dealId = await inOne(async (trx) => {
          await lockCrm(trx)
          const made = await (body.callId === null
            ? fresh(trx, context, currency)
            : ofCall(trx, context, body.callId, currency))
          await audit(trx, context, { action: 'deal.create', entity: 'deal', entityId: made })
          return made
        })
        context.res.set('Location', `/api/deals/${dealId}`)
        return oneDeal(db, dealId)
      }
    }),
    endpoint({
      route: 'GET /api/deals/:id',
      summary: 'Get a deal with its history, calls, forms and callbacks',
      answer: dealWithHistory,
      async handle({ id, who }) {
        const rows = db('deals').where({ id })
        onlySeen(rows, who)
        if (!(await rows.first<unknown>('id'))) throw new ApiError('not_found')
        return oneDeal(db, id)
      }
    }),
    endpoint({
      route: 'PATCH /api/deals/:id',
      summary: 'Change a deal, or move it to another stage',
      body: dealPatch,
      answer: dealWithHistory,
      async handle(context) {
        const { body, who } = context
        const { stageId, lostReason, ...rest } = body
        await inOne(async (trx) => {
          const row = await lockSeen<DealRow>(trx, 'deals', context.id, who)
          const moved =
            stageId === undefined
              ? row
              : await moveDeal(trx, row, { stageId, lostReason }, who.userId, announce)
          const typed = rest.amount !== undefined && rest.followsLines === undefined
          await trx('deals')
            .where({ id: context.id })
            .update({
              ...columnsOf(rest),
              // Whoever types a sum means it.
              ...(typed && (await linesOf(trx, context.id)).length > 0 && { follows_lines: false }),
              // Of a deal that is not lost there is no reason of loss.
              ...(lostReason !== undefined && (await isLost(trx, moved)) && { lost_reason: lostReason }),
              updated_at: trx.fn.now()
            })
          if (rest.followsLines === true) await followLines(trx, context.id)
          await audit(trx, context, {
            action: 'deal.change',
            entity: 'deal',
            entityId: context.id,
            data: { fields: Object.keys(body) }
          })
        })
        return oneDeal(db, context.id)
      }
    }),
    endpoint({
      route: 'DELETE /api/deals/:id',
      summary: 'Delete a deal; its inquiries are in work again',
      async handle(context) {
        await inOne(async (trx) => {
          await lockCrm(trx)
          const row = await lockSeen<DealRow>(trx, 'deals', context.id, context.who)
          await deleteDeal(trx, row.id)
          await audit(trx, context, {
            action: 'deal.delete',
            entity: 'deal',
            entityId: context.id,
            data: { title: row.title }
          })
        })
      }
    })
  ]

  async function fresh(trx: Knex, context: Context<unknown, DealCreate>, currency: string): Promise<string> {
    const { body, who } = context
    const { inquiryChannel, source, medium, campaign, keyword } = body
    const contact = await clientOf(trx, body)
    const title = body.title ?? contact?.name
    if (title === undefined)
      throw new ApiError('invalid', { errors: [{ path: 'title', message: 'say who or what it is' }] })
    const made = await makeDeal(
      trx,
      {
        ...body,
        ...{ title, currency, inquiryId: null, isDemo: false },
        contactId: contact?.id ?? null,
        responsibleId: body.responsibleId ?? contact?.ownerId ?? who.userId,
        path: { inquiryChannel, source, medium, campaign, keyword }
      },
      who.userId,
      announce
    )
    return made.id
  }

  async function clientOf(trx: Knex, { contactId, phone }: DealCreate) {
    if (contactId !== null) {
      const row = await findRow(trx, 'contacts', contactId).catch((error: unknown) => {
        throw new ApiError('unknown_reference', {
          errors: [{ path: 'contactId', message: 'does not exist' }],
          cause: error
        })
      })
      return {
        id: contactId,
        name: String(row['name']),
        ownerId: typeof row['owner_id'] === 'string' ? row['owner_id'] : null
      }
    }
    if (phone === null) return null
    const e164 = deps.dialling.policy.explain({ number: phone, byUserId: null }).number
    if (!e164?.startsWith('+')) throw new ApiError('bad_number')
    return ensureContact(trx, { phone: e164, name: null, isDemo: false })
  }

  /** The deal that a call leads to: of its inquiry; or a new one with the call's own source. */
  async function ofCall(
    trx: Knex,
    context: Context<unknown, DealCreate>,
    callId: string,
    currency: string
  ): Promise<string> {
    const { body, who } = context
    const call = await findRow(trx, 'calls', callId).catch((error: unknown) => {
      throw new ApiError('unknown_reference', {
        errors: [{ path: 'callId', message: 'does not exist' }],
        cause: error
      })
    })
    if (call['is_spam'] === true) throw new CrmRefusal('inquiry_is_spam')
    const known = (await trx('activities').where({ subject_id: callId }).first<Row | undefined>()) ?? null
    if (typeof known?.['inquiry_id'] === 'string') {
      const own = trx('inquiries').where({ id: known['inquiry_id'] }).forUpdate()
      const row = await own.first<InquiryRow | undefined>()
      if (row && row['state'] !== 'accepted') {
        const owner = row['responsible_id']
        if (who.role === 'operator' && owner !== null && owner !== who.userId) throw new ApiError('not_yours')
        const wish = { ...body, currency, isNewDeal: true, byUserId: who.userId }
        return (await acceptInquiry(trx, row, wish, announce)).dealId
      }
    }
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    const phone = text(call['caller_number'])
    const contact = phone?.startsWith('+')
      ? await ensureContact(trx, { phone, name: text(call['caller_name']), isDemo: call['is_demo'] === true })
      : null
    const made = await makeDeal(
      trx,
      {
        ...body,
        title: body.title ?? contact?.name ?? phone ?? 'anonymous',
        ...{ currency, inquiryId: null, isDemo: call['is_demo'] === true },
        contactId: contact?.id ?? null,
        responsibleId: body.responsibleId ?? contact?.ownerId ?? who.userId,
        path: {
          inquiryChannel: text(call['inquiry_channel']),
          source: text(call['source_name']),
          medium: text(call['medium']),
          campaign: text(call['campaign']),
          keyword: text(call['keyword'])
        }
      },
      who.userId,
      announce
    )
    // A call that is in no inquiry and no deal is in this one now.
    await trx('activities')
      .insert({
        ...{ subject: 'call', subject_id: callId, at: call['started_at'], deal_id: made.id },
        contact_id: contact?.id ?? null
      })
      .onConflict('subject_id')
      .ignore()
    return made.id
  }
}

type DealCreate = (typeof dealCreate)['_zod']['output']

const isLost = async (trx: Knex, row: DealRow): Promise<boolean> =>
  Boolean(await trx('pipeline_stages').where({ id: row.stage_id, kind: 'lost' }).first<unknown>('id'))

/** A deal with all that belongs to it. @throws ApiError not_found */
export async function oneDeal(db: Knex, id: string): Promise<DealWithHistory> {
  const [item] = await dealItems(db, [await findRow(db, 'deals', id)])
  if (!item) throw new ApiError('not_found')
  const history: Row[] = await db('deal_stage_changes as h')
    .leftJoin('pipeline_stages as f', 'f.id', 'h.from_stage_id')
    .leftJoin('pipeline_stages as t', 't.id', 'h.to_stage_id')
    .leftJoin('users as u', 'u.id', 'h.by_user_id')
    .where('h.deal_id', id)
    .orderBy('h.id', 'desc')
    .limit(200)
    .select('h.at', 'f.name as from', 't.name as to', 't.kind', 'u.id as user_id', 'u.name as user_name')
  const times = history.map((row) => ({ atMs: row['at'] instanceof Date ? row['at'].getTime() : 0 }))
  // A deal that is won or lost stays nowhere any more.
  const seconds = stays(times, item.closedAt === null ? Date.now() : Date.parse(item.closedAt))
  return {
    ...item,
    ...{
      lines: await shownLines(db, id),
      payments: await paymentsOf(db, id),
      contacts: await contactsOf(db, id)
    },
    tracked: await trackedPath(db, id),
    history: history.map((row, index) =>
      itemOf(stageChange, row, {
        seconds: seconds[index] ?? 0,
        // A stage that was removed since.
        to: typeof row['to'] === 'string' ? row['to'] : '—',
        by: typeof row['user_id'] === 'string' ? { id: row['user_id'], name: String(row['user_name']) } : null
      })
    ),
    activities: await activitiesOf(db, { deal_id: id })
  }
}
