import type { Knex } from 'knex'
import type { Path } from '../inquiries/place.ts'
import type { Announce } from '../ports.ts'
import { CrmRefusal } from '../refusal.ts'

/** A deal as its table has it; `amount` is text, exact to the last digit. */
export interface DealRow extends Record<string, unknown> {
  id: string
  title: string
  pipeline_id: string
  stage_id: string
  amount: string
  currency: string
  contact_id: string | null
  inquiry_id: string | null
  responsible_id: string | null
  created_at: Date
}

interface Stage {
  id: string
  name: string
  kind: 'open' | 'won' | 'lost'
  pipeline_id: string
}

export interface NewDeal {
  title: string
  /** Null: the first one, and the first stage. */
  pipelineId: string | null
  stageId: string | null
  amount: number
  currency: string
  contactId: string | null
  inquiryId: string | null
  responsibleId: string | null
  path: Path
  lostReason: string | null
  note: string | null
  isDemo: boolean
}

/** Makes a deal with the first row of its history. @throws CrmRefusal unknown_stage */
export async function makeDeal(
  trx: Knex,
  deal: NewDeal,
  byUserId: string | null,
  announce: Announce
): Promise<DealRow> {
  const stage = await stageFor(trx, deal)
  const { inquiryChannel, ...path } = deal.path
  const [row] = (await trx('deals')
    .insert({
      title: deal.title.slice(0, 300),
      pipeline_id: stage.pipeline_id,
      stage_id: stage.id,
      amount: deal.amount,
      currency: deal.currency,
      contact_id: deal.contactId,
      inquiry_id: deal.inquiryId,
      responsible_id: deal.responsibleId,
      inquiry_channel: inquiryChannel,
      ...path,
      lost_reason: stage.kind === 'lost' ? deal.lostReason : null,
      note: deal.note,
      is_demo: deal.isDemo,
      closed_at: stage.kind === 'open' ? null : trx.fn.now()
    })
    .returning('*')) as DealRow[]
  if (!row) throw new Error('No deal came back')
  await noteChange(trx, row, null, stage, byUserId, announce)
  return row
}

async function stageFor(trx: Knex, { pipelineId, stageId }: NewDeal): Promise<Stage> {
  const stages = trx('pipeline_stages as s').join('pipelines as p', 'p.id', 's.pipeline_id')
  if (stageId !== null) stages.where('s.id', stageId)
  if (pipelineId !== null) stages.where('s.pipeline_id', pipelineId)
  const stage = await stages
    .orderByRaw(`p.position, p.created_at, s.kind <> 'open', s.position, s.id`)
    .first<Stage | undefined>('s.id', 's.name', 's.kind', 's.pipeline_id')
  if (!stage) throw new CrmRefusal('unknown_stage')
  return stage
}

/**
 * Moves a deal to a stage, perhaps of another pipeline, and writes it into its history. A deal that leaves a last stage
 * is open again and has no reason of loss. The row must be locked. Nothing happens when it is there already.
 * @throws CrmRefusal unknown_stage
 */
export async function moveDeal(
  trx: Knex,
  deal: DealRow,
  to: { stageId: string; lostReason?: string | null | undefined },
  byUserId: string | null,
  announce: Announce
): Promise<DealRow> {
  if (deal.stage_id === to.stageId) return deal
  const stages = await trx('pipeline_stages')
    .whereIn('id', [deal.stage_id, to.stageId])
    .select<Stage[]>('id', 'name', 'kind', 'pipeline_id')
  const from = stages.find(({ id }) => id === deal.stage_id) ?? null
  const stage = stages.find(({ id }) => id === to.stageId)
  if (!stage) throw new CrmRefusal('unknown_stage')
  const [row] = (await trx('deals')
    .where({ id: deal.id })
    .update({
      stage_id: stage.id,
      pipeline_id: stage.pipeline_id,
      closed_at: stage.kind === 'open' ? null : trx.fn.now(),
      ...(stage.kind !== 'lost' && { lost_reason: null }),
      ...(stage.kind === 'lost' && to.lostReason !== undefined && { lost_reason: to.lostReason }),
      updated_at: trx.fn.now()
    })
    .returning('*')) as DealRow[]
  if (!row) throw new Error('A locked deal is gone')
  await noteChange(trx, row, from, stage, byUserId, announce)
  return row
}

async function noteChange(
  trx: Knex,
  deal: DealRow,
  from: Stage | null,
  to: Stage,
  byUserId: string | null,
  announce: Announce
): Promise<void> {
  const [change] = await trx('deal_stage_changes')
    .insert({ deal_id: deal.id, from_stage_id: from?.id ?? null, to_stage_id: to.id, by_user_id: byUserId })
    .returning<{ at: Date }[]>('at')
  const told = (stage: Stage | null) => stage && { id: stage.id, name: stage.name, kind: stage.kind }
  await announce(trx, {
    type: 'deal.stage_changed',
    atMs: (change?.at ?? deal.created_at).getTime(),
    data: {
      deal: {
        id: deal.id,
        title: deal.title,
        pipelineId: deal.pipeline_id,
        amount: Number(deal.amount),
        currency: deal.currency,
        contactId: deal.contact_id,
        inquiryId: deal.inquiry_id,
        responsibleId: deal.responsible_id,
        inquiryChannel: deal['inquiry_channel'],
        source: deal['source'],
        medium: deal['medium'],
        campaign: deal['campaign'],
        keyword: deal['keyword'],
        lostReason: deal['lost_reason'],
        createdAt: deal.created_at
      },
      from: told(from),
      to: told(to),
      by: byUserId
    }
  })
}
