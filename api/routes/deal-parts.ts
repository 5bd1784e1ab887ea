import type { Knex } from 'knex'
import { moveDeal, type DealRow } from '../../crm/deals/deals.ts'
import { followLines, linesOf, markPayment, setContacts, setLines } from '../../crm/deals/parts.ts'
import { lineTotal, sumOfLines } from '../../crm/deals/sums.ts'
import { announceNothing } from '../../crm/ports.ts'
import { CrmRefusal } from '../../crm/refusal.ts'
import { audit } from '../audit.ts'
import { companyZone } from '../company-zone.ts'
import { dealWithHistory, type DealWithHistory } from '../contract/crm.ts'
import {
  dealContactsPut,
  dealLinesPut,
  dealPaymentCreate,
  dealsBulk,
  dealsBulkDone,
  lossReasons,
  type DealLine,
  type DealPayment
} from '../contract/deal-parts.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { lockSeen, onlySeen, refused } from './crm-rows.ts'
import { dayOf } from './currency-rates.ts'
import { oneDeal } from './deals.ts'

/** As the columns of money have it. */
const mostMoney = 999_999_999_999.99

/** What a deal consists of, and what is done with many at once. */
export function dealPartRoutes(deps: ApiDeps): Endpoint[] {
  const { db, announce = announceNothing } = deps

  const inOne = <T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> =>
    db.transaction(run).catch((error: unknown) => {
      throw error instanceof CrmRefusal ? refused(error) : error
    })

  /** Changes one deal and writes that down. */
  async function change(
    context: Context,
    action: string,
    data: Record<string, unknown>,
    run: (trx: Knex.Transaction, row: DealRow) => Promise<void>
  ): Promise<DealWithHistory> {
    await inOne(async (trx) => {
      const row = await lockSeen<DealRow>(trx, 'deals', context.id, context.who)
      await run(trx, row)
      await trx('deals').where({ id: row.id }).update({ updated_at: trx.fn.now() })
      await audit(trx, context, { action, entity: 'deal', entityId: row.id, data })
    })
    return oneDeal(db, context.id)
  }

  return [
    endpoint({
      route: 'PUT /api/deals/:id/lines',
      summary: 'Set what is sold; the sum of the deal follows, unless `followsLines` is false',
      body: dealLinesPut,
      answer: dealWithHistory,
      handle(context) {
        const { lines, followsLines } = context.body
        if (sumOfLines(lines).amount > mostMoney || lines.some((line) => lineTotal(line) > mostMoney))
          throw new ApiError('invalid', { errors: [{ path: 'lines', message: 'come to too much' }] })
        return change(
          context,
          'deal.change',
          { fields: ['lines'], lines: lines.length },
          async (trx, row) => {
            await setLines(trx, row.id, lines)
            await trx('deals').where({ id: row.id }).update({ follows_lines: followsLines })
            await followLines(trx, row.id)
          }
        )
      }
    }),
    endpoint({
      route: 'PUT /api/deals/:id/contacts',
      summary: 'Set the contacts that a deal has beside its own; their calls come into it too',
      body: dealContactsPut,
      answer: dealWithHistory,
      handle(context) {
        const { contactIds } = context.body
        return change(context, 'deal.change', { fields: ['contacts'] }, async (trx, row) => {
          const known = await trx('contacts').whereIn('id', contactIds).select<{ id: string }[]>('id')
          if (known.length < new Set(contactIds).size)
            throw new ApiError('unknown_reference', {
              errors: [{ path: 'contactIds', message: 'does not exist' }]
            })
          await setContacts(trx, row, contactIds)
        })
      }
    }),
    endpoint({
      route: 'POST /api/deals/:id/payments',
      summary: 'Mark a payment; a deal that is paid in full is won, and its sum is revenue',
      body: dealPaymentCreate,
      answer: dealWithHistory,
      status: 201,
      async handle(context) {
        const { amount, note, paidOn } = context.body
        const today = new Intl.DateTimeFormat('sv-SE', {
          timeZone: await companyZone(db),
          dateStyle: 'short'
        }).format(Date.now())
        return change(context, 'deal.payment.add', { amount }, (trx, row) =>
          markPayment(trx, row, { amount, note, paidOn: paidOn ?? today }, context.who.userId, announce)
        )
      }
    }),
    endpoint({
      route: 'DELETE /api/deal-payments/:id',
      summary: 'Take a payment back; the stage of its deal stays',
      async handle(context) {
        await inOne(async (trx) => {
          const payment = await trx('deal_payments')
            .where({ id: context.id })
            .first<{ deal_id: string; amount: string } | undefined>('deal_id', 'amount')
          if (!payment) throw new ApiError('not_found')
          await lockSeen(trx, 'deals', payment.deal_id, context.who)
          await trx('deal_payments').where({ id: context.id }).delete()
          await audit(trx, context, {
            action: 'deal.payment.remove',
            entity: 'deal',
            entityId: payment.deal_id,
            data: { amount: Number(payment.amount) }
          })
        })
      }
    }),
    endpoint({
      route: 'POST /api/deals/bulk',
      summary: 'Move many deals, or give them to somebody; what comes back as `before` takes it back',
      body: dealsBulk,
      answer: dealsBulkDone,
      handle: (context) =>
        inOne(async (trx) => {
          const { who, body } = context
          const wanted = new Map(body.items.map((item) => [item.id, item]))
          const rows = trx('deals')
            .whereIn('id', [...wanted.keys()])
            .orderBy('id')
            .forUpdate()
          onlySeen(rows, who)
          const before: (typeof body)['items'] = []
          for (const row of (await rows) as DealRow[]) {
            const { stageId, lostReason, responsibleId } = wanted.get(row.id) ?? {}
            if (stageId !== undefined) await moveDeal(trx, row, { stageId, lostReason }, who.userId, announce)
            if (responsibleId !== undefined)
              await trx('deals')
                .where({ id: row.id })
                .update({ responsible_id: responsibleId, updated_at: trx.fn.now() })
            const reason = row['lost_reason']
            before.push({
              id: row.id,
              ...(stageId !== undefined && {
                stageId: row.stage_id,
                lostReason: typeof reason === 'string' ? reason : null
              }),
              ...(responsibleId !== undefined && { responsibleId: row.responsible_id })
            })
          }
          await audit(trx, context, {
            action: 'deals.change',
            entity: 'deal',
            data: { deals: before.length, ids: before.map(({ id }) => id) }
          })
          return { changed: before.length, before }
        })
    }),
    endpoint({
      route: 'GET /api/loss-reasons',
      summary: 'List why deals are lost, as offered when one is',
      answer: lossReasons,
      handle: async () => ({ names: await reasonsOf(db) })
    }),
    endpoint({
      route: 'PUT /api/loss-reasons',
      summary: 'Set the whole list of reasons; deals keep the words that they have',
      body: lossReasons,
      answer: lossReasons,
      async handle(context) {
        const { names } = context.body
        await db.transaction(async (trx) => {
          const before = await reasonsOf(trx)
          await trx('loss_reasons').delete()
          if (names.length > 0)
            await trx('loss_reasons').insert(names.map((name, index) => ({ name, position: index + 1 })))
          await audit(trx, context, {
            action: 'loss_reasons.change',
            entity: 'settings',
            change: { before: { names: before }, after: { names } }
          })
        })
        return { names }
      }
    })
  ]
}

async function reasonsOf(db: Knex): Promise<string[]> {
  const rows = await db('loss_reasons').orderBy('position').select<{ name: string }[]>('name')
  return rows.map(({ name }) => name)
}

/** A deal's lines with what each comes to. */
export async function shownLines(db: Knex, dealId: string): Promise<DealLine[]> {
  return (await linesOf(db, dealId)).map((line) => ({ ...line, total: lineTotal(line) }))
}

export async function paymentsOf(db: Knex, dealId: string): Promise<DealPayment[]> {
  const rows: Row[] = await db('deal_payments as p')
    .leftJoin('users as u', 'u.id', 'p.created_by')
    .where('p.deal_id', dealId)
    .orderBy(['p.paid_on', 'p.created_at'])
    .select('p.*', 'u.name as user_name')
  return rows.map((row) => ({
    id: String(row['id']),
    amount: Number(row['amount']),
    paidOn: dayOf(row['paid_on']),
    note: typeof row['note'] === 'string' ? row['note'] : null,
    by:
      typeof row['created_by'] === 'string'
        ? { id: row['created_by'], name: String(row['user_name']) }
        : null,
    createdAt: row['created_at'] instanceof Date ? row['created_at'].toISOString() : ''
  }))
}

/** Who has a part in a deal beside its own contact. */
export async function contactsOf(
  db: Knex,
  dealId: string
): Promise<{ id: string; name: string; phone: string | null }[]> {
  return db('deal_contacts as d')
    .join('contacts as c', 'c.id', 'd.contact_id')
    .where('d.deal_id', dealId)
    .orderBy(['c.name', 'c.id'])
    .select<{ id: string; name: string; phone: string | null }[]>(
      'c.id',
      'c.name',
      db.raw('(select min(e164) from contact_phones p where p.contact_id = c.id) as phone')
    )
}
