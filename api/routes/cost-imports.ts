import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { createCostReader, type CostFile, type CostProblem } from '../../integrations/costs/core/read.ts'
import { costProblems, type CostField } from '../../integrations/costs/core/words.ts'
import {
  costsInScope,
  insertCosts,
  lockCosts,
  pairsOf,
  rangeOf,
  setAside,
  takeBack,
  totalsOf,
  type CostScope
} from '../../integrations/costs/store.ts'
import { readCompany } from '../../reports/queries/company.ts'
import { audit } from '../audit.ts'
import { listPage, type Sorts } from '../collection.ts'
import {
  costImport,
  costImportBody,
  costImportPage,
  costImportQuery,
  costPreview,
  type CostImport,
  type CostImportBody
} from '../contract/costs.ts'
import { findRow } from '../crud.ts'
import { CsvFault, csvRows, decodeText, separatorOf, type Encoding, type Separator } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import type { Upload } from '../upload.ts'
import { dayOf } from './currency-rates.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }
const separatorNames = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const
const separatorSigns = { comma: ',', semicolon: ';', tab: '\t' } as const
const previewRows = 50
const mostErrors = 100

/** Costs from files: shown first, then taken as a whole or not at all, and undone as a whole. */
export function costImportRoutes({ db }: ApiDeps): Endpoint[] {
  async function items(reader: Knex, rows: readonly Row[]): Promise<CostImport[]> {
    const ids = rows.map((row) => row['created_by']).filter((id) => typeof id === 'string')
    const users = await reader('users')
      .whereIn('id', ids)
      .select<{ id: string; name: string }[]>('id', 'name')
    const byId = new Map(users.map((user) => [user.id, user]))
    const day = (value: unknown): string | null => (value === null ? null : dayOf(value))
    return rows.map((row) =>
      itemOf(costImport, row, {
        fromDay: day(row['from_day']),
        toDay: day(row['to_day']),
        createdBy: byId.get(String(row['created_by'])) ?? null
      })
    )
  }
  const one = async (reader: Knex, id: string): Promise<CostImport> => {
    const [item] = await items(reader, [await findRow(reader, 'cost_imports', id)])
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    endpoint({
      route: 'GET /api/cost-imports',
      summary: 'List imports of costs, also undone ones, the newest first',
      query: costImportQuery,
      answer: costImportPage,
      async handle({ query }) {
        const all = db('cost_imports').select('cost_imports.*')
        const { rows, nextCursor } = await listPage(db, all, { ...query, sort: '-createdAt' }, sorts)
        return { items: await items(db, rows), nextCursor }
      }
    }),
    endpoint({
      route: 'GET /api/cost-imports/:id',
      summary: 'Get an import of costs',
      answer: costImport,
      handle: ({ id }) => one(db, id)
    }),
    endpoint({
      route: 'POST /api/cost-imports/preview',
      summary:
        'See what a file of costs would bring, and every problem in it; nothing is kept. CSV as a form with a file, or as `text` in JSON',
      body: costImportBody,
      answer: costPreview,
      takesUpload: true,
      async handle({ body, upload }) {
        const { file, hash, ...told } = await readFile(db, body, upload)
        const { rows, problems, problemCount, sumLines, samples } = file
        const scope = scopeOf(file, body)
        const overlap = scope ? await costsInScope(db, scope) : []
        const same = await sameFile(db, hash)
        return {
          ...told,
          headings: [...file.headings],
          columns: [...file.columns],
          dialect: file.dialect,
          defaults: file.defaults,
          samples: samples.map((cells) => [...cells]),
          rows: rows
            .slice(0, previewRows)
            .map(({ cents, note: _note, ...row }) => ({ ...row, amount: cents / 100 })),
          rowCount: rows.length,
          totals: totalsOf(rows),
          sources: pairsOf(rows).slice(0, 100),
          from: scope?.from ?? null,
          to: scope?.to ?? null,
          problems: problems.map((problem) => ({ ...problem, message: costProblems[problem.code] })),
          problemCount,
          sumLines: sumLines.slice(0, 100),
          sameFile: same,
          overlap:
            overlap.length === 0
              ? null
              : {
                  costs: overlap.reduce((sum, { costs }) => sum + costs, 0),
                  totals: overlap.map(({ currency, amount }) => ({ currency, amount }))
                }
        }
      }
    }),
    endpoint({
      route: 'POST /api/cost-imports',
      summary:
        'Import a file of costs, read as in the preview: all of it, or nothing where a line is faulty. `replace` puts aside what is there of the same sources and days',
      body: costImportBody,
      answer: costImport,
      status: 201,
      takesUpload: true,
      async handle(context) {
        const { body, upload, who } = context
        const { file, hash, fileName } = await readFile(db, body, upload)
        if (file.problemCount > 0) throw faulty(file)
        const scope = scopeOf(file, body)
        if (!scope) throw new Error('A file without problems has rows')
        return db.transaction(async (trx) => {
          await lockCosts(trx)
          const same = await sameFile(trx, hash)
          if (same && body.repeat === 'false') {
            throw new ApiError('file_imported', { detail: `It was imported at ${same.createdAt}.` })
          }
          const [made] = await trx('cost_imports')
            .insert({
              ...{ origin: 'csv', file_name: fileName, file_hash: hash, rows: file.rows.length },
              ...{ from_day: scope.from, to_day: scope.to, totals: JSON.stringify(totalsOf(file.rows)) },
              ...{ label: labelOf(scope), created_by: who.userId }
            })
            .returning<{ id: string }[]>('id')
          if (!made) throw new Error('No row came back from cost_imports')
          const { id } = made
          if (body.replace === 'true') {
            const replaced = await setAside(trx, id, scope)
            await trx('cost_imports').where({ id }).update({ replaced })
          }
          await insertCosts(trx, file.rows, {
            ...{
              importId: id,
              inquiryChannel: body.inquiryChannel,
              siteId: scope.siteId,
              createdBy: who.userId
            }
          })
          await audit(trx, context, {
            action: 'cost import.create',
            entity: 'cost import',
            entityId: id,
            data: { rows: file.rows.length, replace: body.replace === 'true' }
          })
          context.res.set('Location', `/api/cost-imports/${id}`)
          return one(trx, id)
        })
      }
    }),
    endpoint({
      route: 'POST /api/cost-imports/:id/undo',
      summary: 'Take the costs of an import away again, and bring back those that it had replaced',
      answer: costImport,
      handle: (context) =>
        db.transaction(async (trx) => {
          const { id, who } = context
          await lockCosts(trx)
          const row = await findRow(trx, 'cost_imports', id)
          if (row['undone_at'] !== null) throw new ApiError('import_undone')
          if (row['origin'] !== 'csv' && row['origin'] !== 'hand') throw new ApiError('import_of_connector')
          const later: unknown = await trx('costs_replaced').where({ of_import_id: id }).first('import_id')
          if (later !== undefined) throw new ApiError('import_replaced')
          await takeBack(trx, id)
          await trx('cost_imports').where({ id }).update({ undone_at: trx.fn.now(), undone_by: who.userId })
          await audit(trx, context, { action: 'cost import.undo', entity: 'cost import', entityId: id })
          return one(trx, id)
        })
    })
  ]
}

interface ReadFile {
  file: CostFile
  fileName: string | null
  hash: string
  encoding: Encoding
  separator: (typeof separatorNames)[Separator]
}

async function readFile(db: Knex, body: CostImportBody, upload: Upload | null): Promise<ReadFile> {
  const bytes = upload?.bytes ?? Buffer.from(body.text ?? '')
  if (!upload && body.text === undefined) {
    throw new ApiError('invalid', { errors: [{ path: 'text', message: 'is needed where no file is sent' }] })
  }
  const { text, encoding } = decodeText(bytes)
  const separator = body.separator ? separatorSigns[body.separator] : separatorOf(text)
  const { source, medium, campaign, currency } = body
  const reader = createCostReader({
    columns: body.columns?.split(',').map((name) => (name === '-' ? null : (name as CostField))),
    decimal: body.decimal,
    defaults: {
      ...(source !== undefined && { source }),
      ...(medium !== undefined && { medium }),
      ...(campaign !== undefined && { campaign }),
      ...(currency !== undefined && { currency })
    },
    companyCurrency: (await readCompany(db)).currency
  })
  const broken: CostProblem[] = []
  try {
    for await (const row of csvRows(text, separator)) if (!reader.take(row)) break
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error
    broken.push({ line: error.line, field: null, code: error.code, value: null })
  }
  const read = reader.end()
  // Where the file breaks off, that there are no lines is no news.
  const others = broken.length > 0 ? read.problems.filter(({ code }) => code !== 'noRows') : read.problems
  const count = read.problemCount - (read.problems.length - others.length) + broken.length
  return {
    file: { ...read, problems: [...broken, ...others], problemCount: count },
    fileName: upload?.fileName ?? body.fileName ?? null,
    hash: createHash('sha256').update(bytes).digest('hex'),
    encoding,
    separator: separatorNames[separator]
  }
}

function scopeOf({ rows }: CostFile, { siteId }: CostImportBody): CostScope | null {
  const range = rangeOf(rows)
  return (
    range && { ...range, pairs: pairsOf(rows), siteId: siteId === undefined || siteId === '' ? null : siteId }
  )
}

const labelOf = ({ pairs }: CostScope): string => {
  const names = [...new Set(pairs.map(({ source }) => source))]
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} +${names.length - 3}`
}

async function sameFile(db: Knex, hash: string): Promise<{ id: string; createdAt: string } | null> {
  const row = await db('cost_imports')
    .where({ file_hash: hash, undone_at: null })
    .orderBy('created_at', 'desc')
    .first<{ id: string; created_at: Date } | undefined>('id', 'created_at')
  return row ? { id: row.id, createdAt: row.created_at.toISOString() } : null
}

function faulty({ problems, problemCount }: CostFile): ApiError {
  const shown = problems.slice(0, mostErrors)
  const more = problemCount - shown.length
  return new ApiError('invalid', {
    detail: `Nothing was imported.${more > 0 ? ` ${more} more problems are not listed.` : ''}`,
    errors: shown.map(({ line, field, code, value }) => ({
      path: `line ${line}`,
      message: `${field === null ? '' : `${field}: `}${costProblems[code]}${value === null ? '' : ` (${value})`}`,
      code
    }))
  })
}
