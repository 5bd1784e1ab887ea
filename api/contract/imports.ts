import { z } from 'zod'
import { id } from './common.ts'
import { importThings } from './settings-words.ts'

/** A file of settings. Flat, so that it fits beside the file in a form as well. */
export const importBody = z.object({
  things: z.enum(importThings),
  /** The file itself as CSV, where it is not sent as one. */
  text: z.string().min(1).max(900_000).optional(),
  /** What each column holds, from the left: fields with commas between, `-` for one to leave out. By the headings, where it is left out. */
  columns: z
    .string()
    .max(2000)
    .regex(/^([a-zA-Z0-9]+|-)(,([a-zA-Z0-9]+|-))*$/, 'must be fields or - with commas between')
    .optional()
})
export const importProblem = z.object({
  /** Of the file, from 1; the heading is the first. */
  line: z.number().int(),
  /** As the file calls it. */
  column: z.string().nullable(),
  field: z.string().nullable(),
  /** As of a field that is at fault in a body. */
  code: z.string(),
  message: z.string(),
  value: z.string().nullable()
})
export const importPreview = z.object({
  /** All fields there are, with their headings. */
  fields: z.array(z.object({ name: z.string(), heading: z.string(), isNeeded: z.boolean() })),
  headings: z.array(z.string()),
  /** The field of each column; null: left out. */
  columns: z.array(z.string().nullable()),
  /** The first rows as they stand in the file. */
  samples: z.array(z.array(z.string())),
  /** The first rows that bring something, and the fields that change. */
  rows: z.array(
    z.object({
      line: z.number().int(),
      key: z.string(),
      action: z.enum(['create', 'update']),
      changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() }))
    })
  ),
  created: z.number().int(),
  updated: z.number().int(),
  same: z.number().int(),
  problems: z.array(importProblem),
  problemCount: z.number().int()
})
export const importDone = z.object({
  /** Not null: so many rows are taken in the background; `GET /api/jobs/{id}` tells how far it is. */
  jobId: id.nullable(),
  created: z.number().int(),
  updated: z.number().int(),
  same: z.number().int()
})
export const importFileQuery = z.object({
  things: z.enum(importThings),
  format: z.enum(['csv', 'xlsx']).default('csv'),
  locale: z.enum(['ru', 'en']).default('ru')
})
/** Links by which people set their first password: shown only now. */
export const invitations = z.object({
  items: z.array(
    z.object({ userId: id, name: z.string(), login: z.string(), url: z.string(), expiresAt: z.string() })
  )
})

export type ImportPreview = z.infer<typeof importPreview>
export type ImportProblem = z.infer<typeof importProblem>
export type ImportDone = z.infer<typeof importDone>
export type Invitations = z.infer<typeof invitations>
