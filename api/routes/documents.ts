import type { Knex } from 'knex'
import { TemplateFault } from '../../crm/documents/fault.ts'
import { documentFiller } from '../../crm/documents/filler.ts'
import { kindOf } from '../../crm/documents/kind.ts'
import {
  linePlaceholders,
  placeholders,
  sampleValues,
  type Locale
} from '../../crm/documents/placeholders.ts'
import { dealValues } from '../../crm/documents/values.ts'
import { audit } from '../audit.ts'
import {
  document,
  documentCreate,
  documentPlaceholders,
  documents,
  documentTemplate,
  documentTemplateCreate,
  documentTemplatePatch,
  documentTemplates
} from '../contract/documents.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { lockSeen, onlySeen } from './crm-rows.ts'

/** Word documents and PDFs. */
const fileType = 'application/octet-stream'
const templateColumns = ['id', 'name', 'file_name', 'bytes', 'fields', 'created_at', 'updated_at']

/** Templates of documents, and the documents that deals have of them. */
export function documentRoutes({ db }: ApiDeps): Endpoint[] {
  const templateItem = (row: Row) => itemOf(documentTemplate, row)
  const filler = documentFiller()

  /** Files come out of the database: they are small, and go with backups by themselves. */
  function send({ res }: Context, content: Buffer, fileName: string): void {
    res.attachment(fileName).type(kindOf(content).type).send(content)
  }

  return [
    endpoint({
      route: 'GET /api/document-placeholders',
      summary: 'What a template may name, with an example of each',
      answer: documentPlaceholders,
      async handle({ who }) {
        const locale = await localeOf(db, who.userId)
        const listed = (words: Record<string, Record<Locale, string>>) =>
          Object.entries(words).map(([name, sample]) => ({ name, sample: sample[locale] }))
        return { plain: listed(placeholders), line: listed(linePlaceholders) }
      }
    }),
    endpoint({
      route: 'GET /api/document-templates',
      summary: 'List templates of documents',
      answer: documentTemplates,
      async handle() {
        const rows = await db('document_templates')
          .whereNull('deleted_at')
          .orderBy('name')
          .select<Row[]>(templateColumns)
        return { items: rows.map(templateItem) }
      }
    }),
    endpoint({
      route: 'POST /api/document-templates',
      summary:
        'Add a template (a form, 5 MB): a Word document (.docx) with placeholders like {{client.name}}, or a PDF form whose fields are named so',
      body: documentTemplateCreate,
      answer: documentTemplate,
      status: 201,
      takesUpload: true,
      async handle(context) {
        const { upload, body, who } = context
        if (!upload)
          throw new ApiError('upload_expected', { detail: 'Send a form with a Word document or a PDF.' })
        const fields = await checked(() => filler.check(upload.bytes))
        const { ending } = kindOf(upload.bytes)
        // It ends as what it is, so that what is downloaded opens.
        const sentName = upload.fileName ?? 'template'
        const fileName = `${sentName.replace(/\.(docx|pdf)$/i, '')}${ending}`
        const values = {
          name: body.name ?? fileName.slice(0, -ending.length),
          file_name: fileName,
          content: upload.bytes,
          bytes: upload.bytes.length,
          fields,
          created_by: who.userId
        }
        return db.transaction(async (trx) => {
          const [made] = await trx('document_templates').insert(values).returning<Row[]>(templateColumns)
          if (!made) throw new Error('No template came back')
          await audit(trx, context, {
            ...{
              action: 'document template.create',
              entity: 'document template',
              entityId: String(made['id'])
            },
            change: { before: null, after: { name: values.name, fileName, bytes: values.bytes } }
          })
          return templateItem(made)
        })
      }
    }),
    endpoint({
      route: 'PATCH /api/document-templates/:id',
      summary: 'Rename a template',
      body: documentTemplatePatch,
      answer: documentTemplate,
      async handle(context) {
        return db.transaction(async (trx) => {
          const before = await liveTemplate(trx, context.id)
          const [row] = await trx('document_templates')
            .where({ id: context.id })
            .update({ name: context.body.name, updated_at: trx.fn.now() })
            .returning<Row[]>(templateColumns)
          await audit(trx, context, {
            ...{ action: 'document template.change', entity: 'document template', entityId: context.id },
            change: { before: { name: before['name'] }, after: context.body }
          })
          return templateItem(row ?? before)
        })
      }
    }),
    endpoint({
      route: 'DELETE /api/document-templates/:id',
      summary: 'Take a template away; documents made of it stay, and it can be put back',
      handle: (context) => mark(db, context, 'document_templates', true)
    }),
    endpoint({
      route: 'POST /api/document-templates/:id/restore',
      summary: 'Put a template back that was taken away',
      handle: (context) => mark(db, context, 'document_templates', false)
    }),
    endpoint({
      route: 'GET /api/document-templates/:id/file',
      summary: 'Download a template as it was uploaded',
      raw: fileType,
      async handle(context) {
        const row = await liveTemplate(db, context.id)
        await audit(db, context, {
          ...{ action: 'document template.download', entity: 'document template', entityId: context.id }
        })
        send(context, row['content'] as Buffer, String(row['file_name']))
      }
    }),
    endpoint({
      route: 'GET /api/document-templates/:id/sample',
      summary: 'Download a template filled with made-up values, to see how it looks',
      raw: fileType,
      async handle(context) {
        const row = await liveTemplate(db, context.id)
        const values = sampleValues(await localeOf(db, context.who.userId))
        const content = await checked(() => filler.fill(row['content'] as Buffer, values))
        await audit(db, context, {
          ...{ action: 'document template.sample', entity: 'document template', entityId: context.id }
        })
        send(context, content, `${plainName(String(row['name']))}${kindOf(content).ending}`)
      }
    }),
    endpoint({
      route: 'GET /api/deals/:id/documents',
      summary: 'Documents of a deal, the newest first',
      answer: documents,
      async handle({ id, who }) {
        const deal = db('deals').where({ id })
        onlySeen(deal, who)
        if (!(await deal.first<unknown>('id'))) throw new ApiError('not_found')
        const rows = (await documentsQuery(db).where('d.deal_id', id)) as Row[]
        return { items: rows.map(documentItem) }
      }
    }),
    endpoint({
      route: 'POST /api/deals/:id/documents',
      summary: 'Make a document of a template, filled from the deal',
      body: documentCreate,
      answer: document,
      status: 201,
      async handle(context) {
        const { id, who, body } = context
        const locale = await localeOf(db, who.userId)
        const template = await liveTemplate(db, body.templateId)
        // Filled before the deal is locked: a large template takes seconds.
        const values = await db.transaction(async (trx) => {
          await lockSeen(trx, 'deals', id, who)
          return dealValues(trx, id, { locale, nowMs: Date.now() })
        })
        if (!values) throw new ApiError('not_found')
        const content = await checked(() => filler.fill(template['content'] as Buffer, values))
        return db.transaction(async (trx) => {
          const deal = await lockSeen(trx, 'deals', id, who)
          const name = plainName(`${String(template['name'])} - ${String(deal['title'])}`)
          const fileName = `${name}${kindOf(content).ending}`
          const [made] = await trx('documents')
            .insert({
              ...{ deal_id: id, template_id: body.templateId, file_name: fileName },
              ...{ content, bytes: content.length, created_by: who.userId }
            })
            .returning<{ id: string }[]>('id')
          if (!made) throw new Error('No document came back')
          await audit(trx, context, {
            ...{ action: 'document.create', entity: 'document', entityId: made.id },
            data: { dealId: id, fileName }
          })
          return documentItem((await documentsQuery(trx).where('d.id', made.id).first()) as Row)
        })
      }
    }),
    endpoint({
      route: 'GET /api/documents/:id/file',
      summary: 'Download a document of a deal',
      raw: fileType,
      async handle(context) {
        const row = await seenDocument(db, context)
        if (row['deleted_at'] !== null) throw new ApiError('not_found')
        await audit(db, context, {
          ...{ action: 'document.download', entity: 'document', entityId: context.id },
          data: { dealId: row['deal_id'] }
        })
        send(context, row['content'] as Buffer, String(row['file_name']))
      }
    }),
    endpoint({
      route: 'DELETE /api/documents/:id',
      summary: 'Take a document away from its deal; it can be put back for a while',
      async handle(context) {
        await seenDocument(db, context)
        await mark(db, context, 'documents', true)
      }
    }),
    endpoint({
      route: 'POST /api/documents/:id/restore',
      summary: 'Put a document back that was taken away',
      async handle(context) {
        await seenDocument(db, context)
        await mark(db, context, 'documents', false)
      }
    })
  ]
}

async function liveTemplate(db: Knex, id: string): Promise<Row> {
  const row = await db('document_templates').where({ id }).whereNull('deleted_at').first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

/** A document of a deal that the caller may see. @throws ApiError not_found */
async function seenDocument(db: Knex, { id, who }: Context): Promise<Row> {
  const deals = db('deals').select('id')
  onlySeen(deals, who)
  const row = await db('documents').where({ id }).whereIn('deal_id', deals).first<Row | undefined>()
  if (!row) throw new ApiError('not_found')
  return row
}

async function mark(
  db: Knex,
  context: Context,
  table: 'documents' | 'document_templates',
  isGone: boolean
): Promise<void> {
  const thing = table === 'documents' ? 'document' : 'document template'
  await db.transaction(async (trx) => {
    const count = await trx(table)
      .where({ id: context.id })
      .update({ deleted_at: isGone ? trx.fn.now() : null })
    if (count === 0) throw new ApiError('not_found')
    await audit(trx, context, {
      ...{ action: `${thing}.${isGone ? 'delete' : 'undo'}`, entity: thing, entityId: context.id }
    })
  })
}

const documentsQuery = (db: Knex): Knex.QueryBuilder =>
  db('documents as d')
    .leftJoin('users as u', 'u.id', 'd.created_by')
    .whereNull('d.deleted_at')
    .orderBy('d.created_at', 'desc')
    .select('d.id', 'd.deal_id', 'd.template_id', 'd.file_name', 'd.bytes', 'd.created_at', {
      user_id: 'u.id',
      user_name: 'u.name'
    })

const documentItem = (row: Row) =>
  itemOf(document, row, {
    by: typeof row['user_id'] === 'string' ? { id: row['user_id'], name: String(row['user_name']) } : null
  })

async function localeOf(db: Knex, userId: string): Promise<Locale> {
  const row = await db('users').where({ id: userId }).first<{ locale: Locale } | undefined>('locale')
  return row?.locale ?? 'ru'
}

/** A name that every system takes as a file. */
const plainName = (name: string): string =>
  name
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120)

/** A template's faults as an answer: `path` of each is part, paragraph (page) and placeholder, `message` what stands around it. */
async function checked<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    throw new ApiError('template_refused', {
      detail: error.code,
      errors: error.places.map(({ code, part, paragraph, placeholder, excerpt }) => ({
        path: `${part}/${paragraph}/${placeholder}`,
        message: excerpt,
        code
      })),
      cause: error
    })
  }
}
