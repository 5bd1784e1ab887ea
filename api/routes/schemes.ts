import type { Knex } from 'knex'
import type { Scheme } from '../../ivr/scheme.ts'
import { validateScheme, type KnownThings } from '../../ivr/validate.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { schemeVersion } from '../contract/access.ts'
import { page } from '../contract/common.ts'
import { scheme, schemeBody, schemeCreate, schemePatch } from '../contract/config.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const versionSorts: Sorts = { version: { column: 'v.version', type: 'int' } }

/** Routing schemes: one draft to work on, and numbered published versions that calls follow. */
export const schemeRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'schemes',
    thing: 'scheme',
    item: scheme,
    create: schemeCreate,
    patch: schemePatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    async read(reader, rows) {
      const known = await knownThings(reader)
      return rows.map((row) =>
        itemOf(scheme, row, { problems: validateScheme(row['draft'] as Scheme, known) })
      )
    },
    columns: ({ name, draft }) =>
      Promise.resolve({
        ...(name !== undefined && { name }),
        ...(draft !== undefined && { draft: JSON.stringify(draft) })
      }),
    async usedBy(trx, row) {
      const numbers = await trx('numbers').where({ scheme_id: row['id'] }).select<{ e164: string }[]>('e164')
      return numbers.map((number) => `number ${number.e164}`)
    }
  }),
  endpoint({
    route: 'POST /api/schemes/:id/publish',
    summary: 'Publish the draft as a new version; calls in progress stay on theirs',
    answer: scheme,
    async handle(context) {
      const row = await db.transaction(async (trx) => {
        const before = await trx('schemes').where({ id: context.id }).forUpdate().first<Row | undefined>()
        if (!before) throw new ApiError('not_found')
        const draft = schemeBody.parse(before['draft'])
        await refuseErrors(trx, draft)
        const [latest] = await trx('scheme_versions')
          .where({ scheme_id: context.id })
          .max<{ max: number | null }[]>('version as max')
        const version = (latest?.max ?? 0) + 1
        await trx('scheme_versions').insert({
          scheme_id: context.id,
          version,
          body: JSON.stringify(draft),
          published_by: context.who.userId
        })
        const [after] = (await trx('schemes')
          .where({ id: context.id })
          .update({ published_version: version, updated_at: trx.fn.now() })
          .returning('*')) as Row[]
        await audit(trx, context, {
          action: 'scheme.publish',
          entity: 'scheme',
          entityId: context.id,
          data: { version }
        })
        return after ?? before
      })
      const problems = validateScheme(row['draft'] as Scheme, await knownThings(db))
      return itemOf(scheme, row, { problems })
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
  })
]

async function knownThings(db: Knex): Promise<KnownThings> {
  const groups = await db('groups').select<{ id: string }[]>('id')
  return { groupIds: new Set(groups.map((group) => group.id)) }
}

async function refuseErrors(trx: Knex.Transaction, draft: Scheme): Promise<void> {
  const errors = validateScheme(draft, await knownThings(trx)).filter(
    (problem) => problem.severity === 'error'
  )
  if (errors.length === 0) return
  throw new ApiError('scheme_invalid', {
    errors: errors.map((problem) => ({
      path: ['draft', problem.block ? `blocks.${problem.block}` : 'start', problem.path]
        .filter((part) => part !== null)
        .join('.'),
      message: problem.message
    }))
  })
}
