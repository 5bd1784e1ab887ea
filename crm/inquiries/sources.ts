import type { Knex } from 'knex'
import type { Path } from './place.ts'

const nothing: Path = { inquiryChannel: null, source: null, medium: null, campaign: null, keyword: null }
const columns = {
  inquiryChannel: 'inquiry_channel',
  source: 'source',
  medium: 'medium',
  campaign: 'campaign',
  keyword: 'keyword'
}

/**
 * By what the visitor of a form or a callback came: their last touch that was not direct, within what the site counts;
 * with none, the visit's own.
 */
export async function pathOfVisit(
  trx: Knex,
  it: { visitId: string | null; visitorId: string | null; at: Date }
): Promise<Path> {
  if (it.visitId === null) return nothing
  const touch =
    it.visitorId === null
      ? undefined
      : await trx('touchpoints as t')
          .join('sites as s', 's.id', 't.site_id')
          .where('t.visitor_id', it.visitorId)
          .where('t.at', '<=', it.at)
          .whereRaw(`t.at > cast(? as timestamptz) - s.attribution_days * interval '1 day'`, [it.at])
          .orderBy([
            { column: 't.is_direct', order: 'asc' },
            { column: 't.at', order: 'desc' },
            { column: 't.id', order: 'desc' }
          ])
          .first<Path | undefined>(columns)
  return touch ?? (await trx('visits').where({ id: it.visitId }).first<Path | undefined>(columns)) ?? nothing
}

/** What a source of ours says of itself. */
export async function pathOfSource(trx: Knex, sourceId: string | null): Promise<Path> {
  const row = await trx('sources')
    .where({ id: sourceId })
    .first<Path | undefined>({ ...columns, source: 'name' })
  return row ?? nothing
}
