import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'

const touch = { source: 'google', medium: 'cpc', utm: {}, clickIds: {} }

/** A visit to a site, as the snippet tells it. @returns its id */
export async function makeVisit(
  db: Knex,
  wish: { ym?: string; ga?: string; clickIds?: Record<string, string>; cookies?: Record<string, string> }
): Promise<string> {
  const [site] = await db('sites')
    .insert({ name: randomUUID(), domain: `${randomUUID()}.example` })
    .returning<{ id: string }[]>('id')
  const [visitorId, visitId] = [randomUUID(), randomUUID()]
  const { ym = null, ga = null, clickIds = {}, cookies = {} } = wish
  await db('visitors').insert({
    ...{ id: visitorId, site_id: site?.id, touch: JSON.stringify({ ...touch, clickIds }) },
    ...{ ym_client_id: ym, ga_client_id: ga }
  })
  await db('visits').insert({
    ...{ id: visitId, visitor_id: visitorId, site_id: site?.id, rule: 'campaign', inquiry_channel: 'cpc' },
    ...{ source: 'google', medium: 'cpc', landing_url: 'https://site.example/a', ym_client_id: ym },
    ...{ page_url: 'https://site.example/b', ga_client_id: ga },
    ...{ click_ids: JSON.stringify(clickIds), cookies: JSON.stringify(cookies) }
  })
  return visitId
}

/** An inquiry as the CRM writes it. @returns its id */
export async function makeInquiry(db: Knex, wish: Record<string, unknown>): Promise<string> {
  const [made] = await db('inquiries')
    .insert({ kind: 'form', title: 'Иван', ...wish })
    .returning<{ id: string }[]>('id')
  return made?.id ?? ''
}

/** A deal in its first stage, with the beginning of its history. @returns its id */
export async function makeDeal(db: Knex, wish: Record<string, unknown>): Promise<string> {
  return db.transaction(async (trx) => {
    const stage = await stageOf(trx, 'open')
    const [made] = await trx('deals')
      .insert({ title: 'Окна', pipeline_id: stage.pipeline_id, stage_id: stage.id, ...wish })
      .returning<{ id: string }[]>('id')
    await trx('deal_stage_changes').insert({ deal_id: made?.id, to_stage_id: stage.id })
    return made?.id ?? ''
  })
}

/** Moves a deal, as the CRM writes it. */
export async function moveDeal(db: Knex, id: string, kind: 'open' | 'won' | 'lost'): Promise<void> {
  await db.transaction(async (trx) => {
    const stage = await stageOf(trx, kind)
    await trx('deals')
      .where({ id })
      .update({ stage_id: stage.id, closed_at: kind === 'open' ? null : trx.fn.now() })
    await trx('deal_stage_changes').insert({ deal_id: id, to_stage_id: stage.id })
  })
}

const stageOf = (trx: Knex, kind: string): Promise<{ id: string; pipeline_id: string }> =>
  trx('pipeline_stages')
    .where({ kind })
    .orderBy('position')
    .first<{ id: string; pipeline_id: string }>('id', 'pipeline_id')
