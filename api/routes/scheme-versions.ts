import type { Knex } from 'knex'
import { changeInWords, diffSchemes } from '../../ivr/diff.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { schemeVersion } from '../contract/access.ts'
import { page } from '../contract/common.ts'
import { scheme, schemeBody } from '../contract/config.ts'
import { schemeDiff, schemeDiffQuery, schemePublish, schemeRollback } from '../contract/schemes.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import {
  knownThings,
  problemsOf,
  refuseErrors,
  refuseFailingChecks,
  refuseStale,
  refuseUnspoken,
  savers
} from './scheme-state.ts'

const versionSorts: Sorts = { version: { column: 'v.version', type: 'int' } }

/** From a draft to the version that calls follow, and back to an older one. */
export const schemeVersionRoutes = ({ db, media }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/schemes/:id/publish',
    summary: 'Publish the draft as a new version; calls in progress stay on theirs',
    body: schemePublish,
    answer: scheme,
    async handle(context) {
      // Before the transaction: speaking takes its time, and the file of a text serves every scheme that says it.
      const { draft: toSpeak } = await findRow(db, 'schemes', context.id)
      refuseUnspoken(await media.prepare(toSpeak as Scheme))
      const row = await db.transaction(async (trx) => {
        const before = await lockScheme(trx, context.id)
        await refuseStale(trx, before, context.body.revision)
        const draft = schemeBody.parse(before['draft'])
        await refuseErrors(trx, draft)
        await refuseFailingChecks(trx, context.id, draft)
        return publish(trx, context, draft, { action: 'scheme.publish' })
      })
      return answerOf(db, row)
    }
  }),
  endpoint({
    route: 'POST /api/schemes/:id/rollback',
    summary: 'Publish an older version as a new one; the draft stays as it is',
    body: schemeRollback,
    answer: scheme,
    async handle(context) {
      const { version } = context.body
      const old = await versionBody(db, context.id, version)
      refuseUnspoken(await media.prepare(old))
      const row = await db.transaction(async (trx) => {
        await lockScheme(trx, context.id)
        // Not the saved cases: they were written for what is being taken back.
        await refuseErrors(trx, old)
        return publish(trx, context, old, { action: 'scheme.rollback', of: version })
      })
      return answerOf(db, row)
    }
  }),
  endpoint({
    route: 'GET /api/schemes/:id/versions',
    summary: 'List the published versions, newest first',
    query: listQuery(versionSorts, '-version', {}),
    answer: page(schemeVersion),
    async handle({ id, query }) {
      await findRow(db, 'schemes', id)
      const rows = db('scheme_versions as v')
        .leftJoin('users as u', 'u.id', 'v.published_by')
        .where('v.scheme_id', id)
        .select('v.*', 'v.version as id', 'u.name as user_name')
      const found = await listPage(db, rows, query, versionSorts, { column: 'v.version', type: 'int' })
      return {
        items: found.rows.map((row) =>
          itemOf(schemeVersion, row, {
            publishedBy:
              typeof row['published_by'] === 'string'
                ? { id: row['published_by'], name: String(row['user_name']) }
                : null
          })
        ),
        nextCursor: found.nextCursor
      }
    }
  }),
  endpoint({
    route: 'GET /api/schemes/:id/diff',
    summary: 'What changed from one version to another, or to the draft',
    query: schemeDiffQuery,
    answer: schemeDiff,
    async handle({ id, query }) {
      const { draft } = await findRow(db, 'schemes', id)
      const side = (of: 'draft' | number): Promise<Scheme> =>
        of === 'draft' ? Promise.resolve(draft as Scheme) : versionBody(db, id, of)
      const changes = diffSchemes(await side(query.from), await side(query.to))
      return {
        changes: changes.map((change) => ({
          kind: change.kind,
          block: 'block' in change ? change.block : null,
          message: changeInWords(change)
        }))
      }
    }
  })
]

async function lockScheme(trx: Knex.Transaction, id: string): Promise<Row> {
  const row = await trx('schemes').where({ id }).forUpdate().first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

async function versionBody(db: Knex, schemeId: string, version: number): Promise<Scheme> {
  const row = await db('scheme_versions')
    .where({ scheme_id: schemeId, version })
    .first<{ body: Scheme } | undefined>('body')
  if (!row) throw new ApiError('not_found')
  return row.body
}

async function publish(
  trx: Knex.Transaction,
  context: Pick<Context, 'id' | 'who' | 'req'>,
  body: Scheme,
  { action, ...data }: { action: string; of?: number }
): Promise<Row> {
  const [latest] = await trx('scheme_versions')
    .where({ scheme_id: context.id })
    .max<{ max: number | null }[]>('version as max')
  const version = (latest?.max ?? 0) + 1
  await trx('scheme_versions').insert({
    scheme_id: context.id,
    version,
    body: JSON.stringify(body),
    published_by: context.who.userId
  })
  const [after] = (await trx('schemes')
    .where({ id: context.id })
    .update({ published_version: version, updated_at: trx.fn.now() })
    .returning('*')) as Row[]
  if (!after) throw new ApiError('not_found')
  await audit(trx, context, { action, entity: 'scheme', entityId: context.id, data: { version, ...data } })
  return after
}

async function answerOf(db: Knex, row: Row): Promise<ReturnType<typeof itemOf<typeof scheme>>> {
  return itemOf(scheme, row, {
    problems: problemsOf(row['draft'] as Scheme, await knownThings(db)),
    savedBy: (await savers(db, [row])).get(String(row['id'])) ?? null,
    savedAt: (row['draft_saved_at'] as Date).toISOString()
  })
}
