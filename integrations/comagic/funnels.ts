import type { Knex } from 'knex'

/** A pipeline of ours, as their sales funnels are made of it. */
export interface Pipeline {
  id: string
  name: string
  stages: readonly { id: string; name: string; kind: 'open' | 'won' | 'lost' }[]
}

/** All pipelines, their stages in order. */
export async function readPipelines(db: Knex): Promise<Pipeline[]> {
  const rows = await db('pipelines as p')
    .join('pipeline_stages as s', 's.pipeline_id', 'p.id')
    .orderBy([
      { column: 'p.position' },
      { column: 'p.created_at' },
      { column: 's.position' },
      { column: 's.id' }
    ])
    .select<{ id: string; name: string; stageId: string; stage: string; kind: 'open' | 'won' | 'lost' }[]>(
      'p.id',
      'p.name',
      's.id as stageId',
      's.name as stage',
      's.kind'
    )
  const found = new Map<
    string,
    Pipeline & { stages: { id: string; name: string; kind: 'open' | 'won' | 'lost' }[] }
  >()
  for (const { id, name, stageId, stage, kind } of rows) {
    const pipeline = found.get(id) ?? { id, name, stages: [] }
    pipeline.stages.push({ id: stageId, name: stage, kind })
    found.set(id, pipeline)
  }
  return [...found.values()]
}

/** Their stages go by numbers with room between them. */
const gap = 10
const mostOrder = 10_000

/** What makes a funnel of a pipeline; null where it has no stage of each kind. Pure. */
export function funnelOf({ id, name, stages }: Pipeline): Record<string, unknown> | null {
  const named = (kind: string) => stages.find((stage) => stage.kind === kind)
  const [won, lost] = [named('won'), named('lost')]
  const open = stages.filter(({ kind }) => kind === 'open')
  if (!won || !lost || open.length === 0) return null
  return {
    ext_id: id,
    name,
    stages: {
      success: { ext_id: won.id, name: won.name },
      failed: { ext_id: lost.id, name: lost.name },
      in_process: open.map((stage, place) => ({
        ext_id: stage.id,
        name: stage.name,
        order: (place + 1) * gap
      }))
    }
  }
}

/** Stages that a funnel lacks, each between its neighbours. Pure. @param there orders by id of stage */
export function missingStages(
  { id, stages }: Pipeline,
  there: ReadonlyMap<string, number>
): { sales_funnel_ext_id: string; ext_id: string; name: string; order: number }[] {
  const orders = new Map(there)
  const open = stages.filter(({ kind }) => kind === 'open')
  return open.flatMap((stage, place) => {
    if (orders.has(stage.id)) return []
    const before = open.slice(0, place).findLast((one) => orders.has(one.id))
    const low = before ? (orders.get(before.id) ?? 0) : 0
    const above = [...orders.values()].filter((order) => order > low)
    const high = above.length > 0 ? Math.min(...above) : Math.min(low + 2 * gap, mostOrder)
    const order = Math.floor((low + high) / 2)
    orders.set(stage.id, order)
    return [{ sales_funnel_ext_id: id, ext_id: stage.id, name: stage.name, order }]
  })
}
