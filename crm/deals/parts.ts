import type { Knex } from 'knex'
import type { Announce } from '../ports.ts'
import { moveDeal, type DealRow } from './deals.ts'
import { sumOfLines, type SumLine } from './sums.ts'

export interface Line extends SumLine {
  name: string
}

/** A deal's lines in their order. */
export async function linesOf(trx: Knex, dealId: string): Promise<(Line & { id: string })[]> {
  const rows = (await trx('deal_lines').where({ deal_id: dealId }).orderBy(['position', 'id'])) as Record<
    string,
    unknown
  >[]
  return rows.map((row) => ({
    id: String(row['id']),
    name: String(row['name']),
    quantity: Number(row['quantity']),
    price: Number(row['price']),
    discount: Number(row['discount']),
    cost: row['cost'] === null ? null : Number(row['cost'])
  }))
}

/** Replaces the lines of a deal. The row of the deal must be locked. */
export async function setLines(trx: Knex, dealId: string, lines: readonly Line[]): Promise<void> {
  await trx('deal_lines').where({ deal_id: dealId }).delete()
  if (lines.length === 0) return
  await trx('deal_lines').insert(
    lines.map(({ name, quantity, price, discount, cost }, index) => ({
      ...{ deal_id: dealId, position: index + 1, name, quantity, price, discount, cost }
    }))
  )
}

/** Brings the sum, and what it costs, to what the lines say, where the deal follows them. */
export async function followLines(trx: Knex, dealId: string): Promise<void> {
  const deal = await trx('deals').where({ id: dealId }).first<{ follows_lines: boolean }>('follows_lines')
  const lines = await linesOf(trx, dealId)
  if (!deal.follows_lines || lines.length === 0) return
  await trx('deals').where({ id: dealId }).update(sumOfLines(lines))
}

/**
 * Marks a payment. A deal that is paid in full is won by it: won deals are what reports count as revenue, and nothing
 * else is. What was paid beyond the sum raises the sum. The row of the deal must be locked.
 */
export async function markPayment(
  trx: Knex,
  deal: DealRow,
  payment: { amount: number; paidOn: string; note: string | null },
  byUserId: string,
  announce: Announce
): Promise<void> {
  await trx('deal_payments').insert({
    ...{ deal_id: deal.id, amount: payment.amount, paid_on: payment.paidOn },
    ...{ note: payment.note, created_by: byUserId }
  })
  const paid = await paidOf(trx, deal.id)
  if (paid > Number(deal.amount))
    await trx('deals').where({ id: deal.id }).update({ amount: paid, follows_lines: false })
  if (paid < Number(deal.amount)) return
  const won = await trx('pipeline_stages')
    .where({ pipeline_id: deal.pipeline_id, kind: 'won' })
    .first<{ id: string } | undefined>('id')
  if (!won) return
  const now = { ...deal, amount: Math.max(paid, Number(deal.amount)).toFixed(2) }
  await moveDeal(trx, now, { stageId: won.id }, byUserId, announce)
}

/** How much of a deal was paid. */
export async function paidOf(trx: Knex, dealId: string): Promise<number> {
  const [row] = await trx('deal_payments')
    .where({ deal_id: dealId })
    .sum<{ paid: string | null }[]>('amount as paid')
  return Number(row?.paid ?? 0)
}

/** Replaces the contacts that a deal has beside its own. */
export async function setContacts(trx: Knex, deal: DealRow, contactIds: readonly string[]): Promise<void> {
  await trx('deal_contacts').where({ deal_id: deal.id }).delete()
  const others = [...new Set(contactIds)].filter((id) => id !== deal.contact_id)
  if (others.length > 0)
    await trx('deal_contacts').insert(others.map((contact_id) => ({ deal_id: deal.id, contact_id })))
}
