import { z } from 'zod'
import { locale } from './common.ts'

/** Lists of clients and sales that can be taken as a file. */
export const exportedLists = ['contacts', 'companies', 'deals', 'inquiries'] as const
export type ExportedList = (typeof exportedLists)[number]

/** A file of a list: `query` takes the filters of `GET /api/<list>`, of which `cursor` and `limit` do nothing. */
export const listExportOrder = z.object({
  list: z.enum(exportedLists),
  query: z.record(z.string().max(50), z.string().max(4000)).default({}),
  format: z.enum(['csv', 'xlsx']),
  locale: locale.default('ru')
})
export type ListExportOrder = z.output<typeof listExportOrder>
