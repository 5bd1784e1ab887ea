import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import { csvRows } from '../../reports/sheets/csv.ts'
import { fileTypes, type Sheet, type SheetRow } from '../../reports/sheets/sheet.ts'
import { xlsxRows } from '../../reports/sheets/xlsx.ts'
import { access } from '../access.ts'
import { audit } from '../audit.ts'
import { randomToken, tokenHash } from '../auth/secrets.ts'
import {
  importBody,
  importDone,
  importFileQuery,
  importPreview,
  invitations,
  type ImportProblem
} from '../contract/imports.ts'
import type { ImportThing } from '../contract/settings-words.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { planImport, type Plan } from '../imports.ts'
import { cellOf, columnsFor, importFields, type ImportField, type ImportValue } from '../imports-fields.ts'
import { importKind } from '../imports-job.ts'
import { readTable, type FileRow } from '../imports-read.ts'
import { applyImport, existingOf, knownFor } from '../imports-store.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import type { Upload } from '../upload.ts'

/** More rows than this are work for the background. */
const mostAtOnce = 200
const shownRows = 200
const mostProblems = 200
const linkHours = 7 * 24
/** What nobody took, because its job failed or was cancelled. */
const keptMs = 24 * 3_600_000

type Body = { things: ImportThing; text?: string | undefined; columns?: string | undefined }

/** Tables of settings as files: out, in again with a look before, and the links for people who came in. */
export const importRoutes = ({ db, jobs, publicUrl }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/imports/preview',
    summary: 'See what a CSV or XLSX file of settings would change, and every problem in it; nothing is kept',
    body: importBody,
    answer: importPreview,
    takesUpload: true,
    async handle(context) {
      const { body } = context
      refuseOthers(context, body.things)
      const locale = await localeOf(db, context)
      const { columns, rows, plan } = await readAndPlan(db, body, context.upload)
      const fields = importFields[body.things]
      const text = (name: string, value: ImportValue | undefined): string => {
        const field = fields.find((each) => each.name === name)
        return field && value !== undefined ? cellOf(field, value, locale) : ''
      }
      return {
        fields: fields.map((field) => ({
          name: field.name,
          heading: field[locale],
          isNeeded: field.isNeeded ?? false
        })),
        headings: [...(rows[0]?.cells ?? [])],
        columns,
        samples: rows.slice(1, 4).map(({ cells }) => [...cells]),
        rows: plan.changes.slice(0, shownRows).map(({ line, key, existing, values }) => ({
          line,
          key,
          action: existing ? ('update' as const) : ('create' as const),
          changes: Object.entries(values).map(([name, value]) => ({
            field: name,
            before: text(name, existing?.values[name]),
            after: text(name, value)
          }))
        })),
        ...countsOf(plan),
        problems: plan.problems.slice(0, mostProblems),
        problemCount: plan.problems.length
      }
    }
  }),
  endpoint({
    route: 'POST /api/imports',
    summary:
      'Take a CSV or XLSX file of settings, as previewed: all of it, or nothing where a row is faulty. Rows are found again by their key (number, name, login)',
    body: importBody,
    answer: importDone,
    takesUpload: true,
    async handle(context) {
      const { body, req, who } = context
      refuseOthers(context, body.things)
      return db.transaction(async (trx) => {
        const { columns, rows, plan, known } = await readAndPlan(trx, body, context.upload)
        if (plan.problems.length > 0) throw faulty(plan.problems)
        const entry = { action: `${body.things}.import`, data: { rows: rows.length - 1, ...countsOf(plan) } }
        if (plan.changes.length > mostAtOnce && jobs) {
          const kept = {
            things: body.things,
            rows: JSON.stringify({ columns, rows }),
            created_by: who.userId
          }
          await trx('setting_imports')
            .where('created_at', '<', new Date(Date.now() - keptMs))
            .delete()
          const [made] = await trx('setting_imports').insert(kept).returning<{ id: string }[]>('id')
          if (!made) throw new Error('No row came back from setting_imports')
          const params = { importId: made.id, things: body.things }
          const jobId = await jobs.order(trx, { kind: importKind, params, userId: who.userId })
          await audit(trx, context, entry)
          return { jobId, ...countsOf(plan) }
        }
        const by = { userId: who.userId, ip: req.ip }
        await applyImport(trx, by, body.things, plan.changes, known)
        await audit(trx, context, entry)
        return { jobId: null, ...countsOf(plan) }
      })
    }
  }),
  endpoint({
    route: 'GET /api/imports/template',
    summary: 'An empty file with the headings that an import understands',
    query: importFileQuery,
    raw: 'text/csv',
    async handle(context) {
      refuseOthers(context, context.query.things)
      await sendTable(context, `${context.query.things}-template`, [])
    }
  }),
  endpoint({
    route: 'GET /api/imports/export',
    summary: 'A table of settings as a file; taken in again as it is, it changes nothing',
    query: importFileQuery,
    raw: 'text/csv',
    async handle(context) {
      const { things, locale } = context.query
      refuseOthers(context, things)
      const { references } = await knownFor(db, things)
      const all = await existingOf(db, things, references)
      await audit(db, context, { action: `${things}.export`, data: { rows: all.length } })
      await sendTable(
        context,
        things,
        all.map(({ values }) =>
          importFields[things].map((field) => cellOf(field, values[field.name] ?? null, locale))
        )
      )
    }
  }),
  endpoint({
    route: 'POST /api/imports/invitations',
    summary:
      'Make links for everybody who has no password and no link that still works; they are shown only now',
    answer: invitations,
    status: 201,
    isUnrepeatable: true,
    handle: (context) =>
      db.transaction(async (trx) => {
        const { req, who } = context
        const base = (publicUrl ?? `${req.protocol}://${req.get('Host') ?? ''}`).replace(/\/$/, '')
        const users = await trx('users as u')
          .where({ 'u.password_hash': null, 'u.is_active': true })
          .whereNotExists(
            trx('access_links as l')
              .whereRaw('l.user_id = u.id')
              .where('l.used_at', null)
              .where('l.expires_at', '>', new Date())
          )
          .orderBy('u.name')
          .limit(5000)
          .select<{ id: string; name: string; login: string }[]>('u.id', 'u.name', 'u.login')
        const expiresAt = new Date(Date.now() + linkHours * 3_600_000)
        const items = users.map(({ id, name, login }) => ({ userId: id, name, login, token: randomToken() }))
        for (const { userId, name, token } of items) {
          const link: Row = { user_id: userId, kind: 'invitation', token_hash: tokenHash(token) }
          await trx('access_links').insert({ ...link, expires_at: expiresAt, created_by: who.userId })
          await audit(trx, context, {
            action: 'link.create',
            entity: 'user',
            entityId: userId,
            data: { name, kind: 'invitation', isMailed: false }
          })
        }
        return {
          items: items.map(({ token, ...user }) => ({
            ...user,
            url: `${base}/welcome#${token}`,
            expiresAt: expiresAt.toISOString()
          }))
        }
      })
  })
]

async function readAndPlan(db: Knex, body: Body, upload: Upload | null) {
  if (!upload && body.text === undefined) {
    throw new ApiError('invalid', { errors: [{ path: 'text', message: 'is needed where no file is sent' }] })
  }
  const rows: FileRow[] = await readTable(upload?.bytes ?? Buffer.from(body.text ?? ''))
  const columns = columnsOf(body, rows[0]?.cells ?? [])
  const known = await knownFor(db, body.things)
  return { rows, columns, known, plan: planImport(body.things, columns, rows, known) }
}

function columnsOf({ things, columns }: Body, headings: readonly string[]): (string | null)[] {
  if (columns === undefined) return columnsFor(things, headings)
  const wanted = columns.split(',').map((name) => (name === '-' ? null : name))
  const names = new Set(importFields[things].map(({ name }) => name))
  const given = wanted.filter((name) => name !== null)
  const lost = given.find((name) => !names.has(name))
  if (lost !== undefined || new Set(given).size < given.length) {
    const message = lost === undefined ? 'names a field twice' : `knows no “${lost}”`
    throw new ApiError('invalid', { errors: [{ path: 'columns', message }] })
  }
  return headings.map((_, index) => wanted[index] ?? null)
}

function countsOf({ changes, same }: Plan): { created: number; updated: number; same: number } {
  const created = changes.filter(({ existing }) => !existing).length
  return { created, updated: changes.length - created, same }
}

function faulty(problems: readonly ImportProblem[]): ApiError {
  const shown = problems.slice(0, mostProblems)
  const more = problems.length - shown.length
  return new ApiError('invalid', {
    detail: `Nothing was imported.${more > 0 ? ` ${more} more problems are not listed.` : ''}`,
    errors: shown.map(({ line, column, field, message, value }) => ({
      path: `line ${line}`,
      message: `${column ?? field ?? ''}: ${message}${value === null ? '' : ` (${value})`}`
    }))
  })
}

/** Whoever may change such a thing may take and bring whole tables of them. */
function refuseOthers({ who }: Pick<Context, 'who'>, things: ImportThing): void {
  const route = things === 'skills' ? 'POST /api/users' : (`POST /api/${things}` as const)
  if (!(access[route] as readonly string[]).includes(who.role)) throw new ApiError('forbidden')
}

async function localeOf(db: Knex, { who }: Pick<Context, 'who'>): Promise<'ru' | 'en'> {
  const row = await db('users').where({ id: who.userId }).first<{ locale: string } | undefined>('locale')
  return row?.locale === 'en' ? 'en' : 'ru'
}

async function sendTable(
  { res, query }: Context<{ things: ImportThing; format: 'csv' | 'xlsx'; locale: 'ru' | 'en' }>,
  name: string,
  rows: readonly SheetRow[]
): Promise<void> {
  const { things, format, locale } = query
  const columns = importFields[things].map((field: ImportField) => ({
    title: field[locale],
    kind: 'text' as const
  }))
  const sheet: Sheet = { name: things, columns, locale, timeZone: 'UTC' }
  res.set('Content-Type', fileTypes[format]).attachment(`${name}.${format}`)
  await pipeline(format === 'csv' ? csvRows(sheet, rows) : xlsxRows(sheet, rows), res)
}
