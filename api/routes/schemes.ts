import type { Knex } from 'knex'
import type { Scheme } from '../../ivr/scheme.ts'
import { validateScheme, type KnownThings, type SchemeProblem } from '../../ivr/validate.ts'
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
import { knownMedia, mediaProblems, type KnownMedia } from './scheme-media.ts'

const versionSorts: Sorts = { version: { column: 'v.version', type: 'int' } }

/** Routing schemes: one draft to work on, and numbered published versions that calls follow. */
export const schemeRoutes = ({ db, media }: ApiDeps): Endpoint[] => [
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
      return rows.map((row) => itemOf(scheme, row, { problems: problemsOf(row['draft'] as Scheme, known) }))
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
      // Before the transaction: speaking takes its time, and the file of a text serves every scheme that says it.
      const { draft: toSpeak } = await findRow(db, 'schemes', context.id)
      refuseUnspoken(await media.prepare(toSpeak as Scheme))
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
      const problems = problemsOf(row['draft'] as Scheme, await knownThings(db))
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

async function knownThings(db: Knex): Promise<KnownThings & KnownMedia> {
  const idsOf = async (table: string): Promise<ReadonlySet<string>> =>
    new Set((await db(table).select<{ id: string }[]>('id')).map(({ id }) => id))
  return {
    groupIds: await idsOf('groups'),
    trunkIds: await idsOf('trunks'),
    schemeIds: await idsOf('schemes'),
    ...(await knownMedia(db))
  }
}

const problemsOf = (draft: Scheme, known: KnownThings & KnownMedia): SchemeProblem[] => [
  ...validateScheme(draft, known),
  ...mediaProblems(draft, known)
]

function refuseUnspoken(failed: readonly { block: string; text: string; message: string }[]): void {
  if (failed.length === 0) return
  throw new ApiError('scheme_invalid', {
    errors: failed.map(({ block, text, message }) => ({
      path: `draft.blocks.${block}`,
      message: `“${text.slice(0, 60)}” cannot be spoken: ${message}`
    }))
  })
}

async function refuseErrors(trx: Knex.Transaction, draft: Scheme): Promise<void> {
  const errors = problemsOf(draft, await knownThings(trx)).filter(({ severity }) => severity === 'error')
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
