import { z } from 'zod'
import { id, isoTime, page } from './common.ts'

export const clientThings = ['contacts', 'deals'] as const
export const duplicateRules = ['update', 'skip', 'make'] as const

export const clientImport = z.object({
  id,
  things: z.enum(clientThings),
  fileName: z.string().nullable(),
  /** How the file was read; encoding and separator are null in a workbook. */
  dialect: z.object({
    format: z.enum(['csv', 'xlsx']),
    encoding: z.string().nullable(),
    separator: z.string().nullable()
  }),
  headings: z.array(z.string()),
  /** The field of each column; null: left out. `custom:` and an id is a custom field. */
  columns: z.array(z.string().nullable()),
  duplicates: z.enum(duplicateRules),
  ownerId: id.nullable(),
  /** `stopped`: a part has been taken; it can go on, or be undone. */
  state: z.enum(['read', 'running', 'stopped', 'done', 'undoing', 'undone']),
  total: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  skipped: z.number().int(),
  refused: z.number().int(),
  undo: z
    .object({
      contacts: z.number().int(),
      deals: z.number().int(),
      companies: z.number().int(),
      restored: z.number().int(),
      kept: z.number().int()
    })
    .nullable(),
  /** The same file has been taken before, and not been undone. */
  isRepeated: z.boolean(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable()
})
export type ClientImport = z.infer<typeof clientImport>
export const clientImportPage = page(clientImport)
/** The file comes in a form, or as `text`. */
export const clientImportBody = z.object({
  things: z.enum(clientThings),
  text: z.string().min(1).max(900_000).optional()
})
const column = z.string().regex(/^([a-zA-Z]+|custom:[0-9a-f-]{36})$/, 'must be a field')
export const clientImportWish = z.object({
  columns: z.array(column.nullable()).min(1).max(100),
  duplicates: z.enum(duplicateRules).default('update'),
  ownerId: id.nullable().default(null)
})
const rowFaults = [
  'required',
  'phone',
  'email',
  'invalid',
  'reference',
  'noOne',
  'twoContacts',
  'tooLong'
] as const
export const clientImportProblem = z.object({
  line: z.number().int(),
  field: z.string(),
  code: z.enum(rowFaults),
  value: z.string().nullable()
})
export const clientImportPreview = z.object({
  fields: z.array(z.object({ name: z.string(), heading: z.string(), isMany: z.boolean() })),
  /** The first rows as they stand in the file. */
  samples: z.array(z.object({ line: z.number().int(), cells: z.array(z.string()) })),
  /** The first rows as they would be taken. */
  rows: z.array(
    z.object({
      line: z.number().int(),
      state: z.enum(['created', 'updated', 'skipped', 'refused']),
      name: z.string(),
      title: z.string().nullable(),
      phones: z.array(z.string()),
      emails: z.array(z.string()),
      company: z.string().nullable()
    })
  ),
  created: z.number().int(),
  updated: z.number().int(),
  skipped: z.number().int(),
  refused: z.number().int(),
  problems: z.array(clientImportProblem)
})
export type ClientImportPreview = z.infer<typeof clientImportPreview>
export const clientImportQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  things: z.enum(clientThings).optional()
})
export const clientImportFile = z.object({ format: z.enum(['csv', 'xlsx']).default('csv') })
