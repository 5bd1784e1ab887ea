import { z } from 'zod'
import { id, isoTime } from './common.ts'

const named = z.object({ id, name: z.string() })
const name = z.string().trim().min(1).max(200)

export const documentTemplate = z.object({
  id,
  name: z.string(),
  fileName: z.string(),
  bytes: z.number().int(),
  /** The placeholders in it. */
  fields: z.array(z.string()),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const documentTemplates = z.object({ items: z.array(documentTemplate) })
/** Beside the file; its name without it. */
export const documentTemplateCreate = z.object({ name: name.optional() })
export const documentTemplatePatch = z.object({ name })
export const documentPlaceholders = z.object({
  /** Of the deal and its client. */
  plain: z.array(z.object({ name: z.string(), sample: z.string() })),
  /** Of each line, between `{{#lines}}` and `{{/lines}}`. */
  line: z.array(z.object({ name: z.string(), sample: z.string() }))
})
export const document = z.object({
  id,
  dealId: id,
  templateId: id.nullable(),
  fileName: z.string(),
  bytes: z.number().int(),
  createdAt: isoTime,
  by: named.nullable()
})
export const documents = z.object({ items: z.array(document) })
export const documentCreate = z.object({ templateId: id })

export type DocumentTemplate = z.infer<typeof documentTemplate>
export type DocumentPlaceholders = z.infer<typeof documentPlaceholders>
export type DealDocument = z.infer<typeof document>
