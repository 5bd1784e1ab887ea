import type { Knex } from 'knex'
import { openDealOf } from '../clients.ts'
import { makeDeal, type DealRow } from '../deals/deals.ts'
import type { Announce } from '../ports.ts'
import { CrmRefusal } from '../refusal.ts'
import type { InquiryRow } from './place.ts'

export interface Acceptance {
  /** Null: as the inquiry is called. */
  title: string | null
  amount: number
  currency: string
  pipelineId: string | null
  stageId: string | null
  /** Open a new deal even though one is open with the client. */
  isNewDeal: boolean
  byUserId: string
}

/**
 * Makes a deal of an inquiry, with its source, contact and responsible; the deal has the credits of its inquiry. While a
 * deal is open with the client, the inquiry joins that one instead. Take `lockCrm` and the row first.
 * @throws CrmRefusal spam never becomes a deal, and an inquiry does so once
 */
export async function acceptInquiry(
  trx: Knex,
  inquiry: InquiryRow,
  wish: Acceptance,
  announce: Announce
): Promise<{ dealId: string; isJoined: boolean }> {
  if (inquiry['state'] === 'spam') throw new CrmRefusal('inquiry_is_spam')
  if (inquiry['state'] === 'accepted') throw new CrmRefusal('inquiry_accepted')
  const contactId = text(inquiry['contact_id'])
  const open = contactId === null || wish.isNewDeal ? null : await openDealOf(trx, contactId)
  const dealId = open?.id ?? (await dealOf(trx, inquiry, wish, announce)).id
  await trx('inquiries')
    .where({ id: inquiry.id })
    .update({ state: 'accepted', deal_id: dealId, closed_at: trx.fn.now(), updated_at: trx.fn.now() })
  await trx('activities').where({ inquiry_id: inquiry.id }).update({ deal_id: dealId })
  return { dealId, isJoined: open !== null }
}

const dealOf = (trx: Knex, inquiry: InquiryRow, wish: Acceptance, announce: Announce): Promise<DealRow> =>
  makeDeal(
    trx,
    {
      title: wish.title ?? String(inquiry['title']),
      pipelineId: wish.pipelineId,
      stageId: wish.stageId,
      amount: wish.amount,
      currency: wish.currency,
      contactId: text(inquiry['contact_id']),
      inquiryId: inquiry.id,
      // What nobody has is theirs who accepts it.
      responsibleId: text(inquiry['responsible_id']) ?? wish.byUserId,
      path: {
        inquiryChannel: text(inquiry['inquiry_channel']),
        source: text(inquiry['source']),
        medium: text(inquiry['medium']),
        campaign: text(inquiry['campaign']),
        keyword: text(inquiry['keyword'])
      },
      lostReason: null,
      note: text(inquiry['note']),
      isDemo: inquiry['is_demo'] === true
    },
    wish.byUserId,
    announce
  )

/**
 * Takes an acceptance back while nothing has been done since: a deal that was made of it goes, one that it joined stays.
 * Take `lockCrm` and the row first.
 * @throws CrmRefusal not_undoable
 */
export async function unacceptInquiry(trx: Knex, inquiry: InquiryRow): Promise<void> {
  const dealId = text(inquiry['deal_id'])
  if (inquiry['state'] !== 'accepted' || dealId === null) throw new CrmRefusal('not_undoable')
  const deal = await trx('deals').where({ id: dealId }).forUpdate().first<DealRow | undefined>()
  if (!deal) throw new CrmRefusal('not_undoable')
  const isOwn = deal.inquiry_id === inquiry.id
  if (isOwn) {
    const [changes] = await trx('deal_stage_changes')
      .where({ deal_id: dealId })
      .count<{ n: string }[]>('* as n')
    const later: unknown = await trx('activities')
      .where({ deal_id: dealId })
      .where((other) => {
        other.whereNull('inquiry_id').orWhereNot('inquiry_id', inquiry.id)
      })
      .first('subject')
    const others: unknown = await trx('inquiries')
      .where({ deal_id: dealId })
      .whereNot('id', inquiry.id)
      .first('id')
    if (changes?.n !== '1' || later || others) throw new CrmRefusal('not_undoable')
  }
  await trx('inquiries')
    .where({ id: inquiry.id })
    .update({ state: 'inWork', deal_id: null, closed_at: null, updated_at: trx.fn.now() })
  await trx('activities').where({ inquiry_id: inquiry.id }).update({ deal_id: null })
  if (isOwn) await trx('deals').where({ id: dealId }).delete()
}

/** Deletes a deal; the inquiries that it came from are in work again. */
export async function deleteDeal(trx: Knex, dealId: string): Promise<void> {
  const reopened = await trx('inquiries')
    .where({ deal_id: dealId })
    .update({ state: 'inWork', deal_id: null, closed_at: null, updated_at: trx.fn.now() })
    .returning<{ id: string }[]>('id')
  await trx('activities')
    .whereIn(
      'inquiry_id',
      reopened.map(({ id }) => id)
    )
    .update({ deal_id: null })
  await trx('deals').where({ id: dealId }).delete()
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
