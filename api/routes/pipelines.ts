import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { pipeline, pipelineCreate, pipelinePatch, pipelineStage, type Pipeline } from '../contract/crm.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

const sorts: Sorts = {
  position: { column: 'position', type: 'int' },
  name: { column: 'name', type: 'text' }
}

type WantedStage = NonNullable<(typeof pipelinePatch)['_zod']['output']['stages']>[number]

/** The ways of deals: each with exactly one stage won and one lost, which stand last. */
export const pipelineRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/pipelines',
    summary: 'List pipelines with their stages',
    query: listQuery(sorts, 'position', {}),
    answer: page(pipeline),
    async handle({ query }) {
      const { rows, nextCursor } = await listPage(db, db('pipelines').select('*'), query, sorts)
      return { items: await items(db, rows), nextCursor }
    }
  }),
  endpoint({
    route: 'POST /api/pipelines',
    summary: 'Create a pipeline',
    body: pipelineCreate,
    answer: pipeline,
    status: 201,
    async handle(context) {
      const { name, stages } = context.body
      const id = await db.transaction(async (trx) => {
        const [made] = await trx('pipelines')
          .insert({ name, position: trx('pipelines').select(trx.raw('coalesce(max(position), 0) + 10')) })
          .returning<{ id: string }[]>('id')
        if (!made) throw new Error('No pipeline came back')
        await saveStages(trx, made.id, stages)
        await audit(trx, context, { action: 'pipeline.create', entity: 'pipeline', entityId: made.id })
        return made.id
      })
      context.res.set('Location', `/api/pipelines/${id}`)
      return one(db, id)
    }
  }),
  endpoint({
    route: 'GET /api/pipelines/:id',
    summary: 'Get a pipeline',
    answer: pipeline,
    handle: ({ id }) => one(db, id)
  }),
  endpoint({
    route: 'PATCH /api/pipelines/:id',
    summary: 'Change a pipeline; `stages` is the whole list in order, and a stage with deals stays',
    body: pipelinePatch,
    answer: pipeline,
    async handle(context) {
      const { stages, ...rest } = context.body
      await db.transaction(async (trx) => {
        const row = await trx('pipelines').where({ id: context.id }).forUpdate().first<Row | undefined>()
        if (!row) throw new ApiError('not_found')
        const before = await one(trx, context.id)
        await trx('pipelines')
          .where({ id: context.id })
          .update({ ...columnsOf(rest), updated_at: trx.fn.now() })
        if (stages) await saveStages(trx, context.id, stages)
        await audit(trx, context, {
          action: 'pipeline.change',
          entity: 'pipeline',
          entityId: context.id,
          data: { fields: Object.keys(context.body), name: row['name'] },
          change: {
            before: sent(before, context.body),
            after: sent(await one(trx, context.id), context.body)
          }
        })
      })
      return one(db, context.id)
    }
  }),
  endpoint({
    route: 'DELETE /api/pipelines/:id',
    summary: 'Delete a pipeline without deals',
    async handle(context) {
      await db.transaction(async (trx) => {
        const all: { id: string }[] = await trx('pipelines').forUpdate().select('id')
        if (!all.some(({ id }) => id === context.id)) throw new ApiError('not_found')
        const [deals] = await trx('deals').where({ pipeline_id: context.id }).count<{ n: string }[]>('* as n')
        if (Number(deals?.n) > 0)
          throw new ApiError('in_use', { detail: `It is still used by ${deals?.n ?? ''} deals.` })
        if (all.length === 1) throw new ApiError('last_pipeline')
        await trx('pipelines').where({ id: context.id }).delete()
        await audit(trx, context, { action: 'pipeline.delete', entity: 'pipeline', entityId: context.id })
      })
    }
  })
]

/** The fields that were sent, as they stand. */
const sent = (item: Row, body: object): Row =>
  Object.fromEntries(Object.keys(body).map((name) => [name, item[name]]))

async function one(db: Knex, id: string): Promise<Pipeline> {
  const [item] = await items(db, [await findRow(db, 'pipelines', id)])
  if (!item) throw new ApiError('not_found')
  return item
}

async function items(db: Knex, rows: Row[]): Promise<Pipeline[]> {
  const ids = rows.map((row) => String(row['id']))
  const stages = (await db('pipeline_stages')
    .whereIn('pipeline_id', ids)
    .orderBy(['position', 'id'])) as Row[]
  return rows.map((row) =>
    itemOf(pipeline, row, {
      stages: stages
        .filter((stage) => stage['pipeline_id'] === row['id'])
        .map((stage) => itemOf(pipelineStage, stage))
    })
  )
}

/** Won and lost go to the end, whatever their place in the list. */
const inOrder = (stages: readonly WantedStage[]): WantedStage[] =>
  ['open', 'won', 'lost'].flatMap((kind) => stages.filter((stage) => stage.kind === kind))

/**
 * Makes the pipeline's stages these, in this order. Stages keep their ids, so that deals stay where they are; what a
 * stage with deals means cannot change, for those deals would be won or lost without anybody's doing.
 */
async function saveStages(trx: Knex, pipelineId: string, wanted: readonly WantedStage[]): Promise<void> {
  const before = await trx('pipeline_stages')
    .where({ pipeline_id: pipelineId })
    .forUpdate()
    .select<{ id: string; name: string; kind: string }[]>('id', 'name', 'kind')
  const used = new Set(
    (await trx('deals').where({ pipeline_id: pipelineId }).distinct<{ stage_id: string }[]>('stage_id')).map(
      ({ stage_id }) => stage_id
    )
  )
  const known = (stage: WantedStage) => before.find(({ id }) => id === stage.id)
  for (const [index, stage] of wanted.entries()) {
    if (stage.id !== undefined && !known(stage))
      throw new ApiError('unknown_reference', {
        errors: [{ path: `stages.${index}.id`, message: 'does not exist' }]
      })
  }
  const kept = new Map(
    wanted.flatMap((stage) => (stage.id === undefined ? [] : [[stage.id, stage] as const]))
  )
  const stuck = before.filter(({ id, kind }) => used.has(id) && kept.get(id)?.kind !== kind)
  if (stuck.length > 0)
    throw new ApiError('in_use', {
      detail: `It is still used by deals in ${stuck.map(({ name }) => `“${name}”`).join(', ')}.`
    })
  await trx('pipeline_stages')
    .where({ pipeline_id: pipelineId })
    .whereNotIn('id', [...kept.keys()])
    .delete()
  // Aside first: names, and which stage is won, may change places.
  await trx('pipeline_stages')
    .where({ pipeline_id: pipelineId })
    .update({ name: trx.raw(`'~' || id`), kind: 'open' })
  for (const [index, { id, name, kind, probability }] of inOrder(wanted).entries()) {
    const values = {
      name,
      kind,
      position: (index + 1) * 10,
      ...(probability !== undefined && { probability })
    }
    if (id === undefined) await trx('pipeline_stages').insert({ ...values, pipeline_id: pipelineId })
    else await trx('pipeline_stages').where({ id }).update(values)
  }
}
