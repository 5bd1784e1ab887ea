import { z } from 'zod'
import { id } from './common.ts'
import { day } from './reports.ts'

const inOrder = ({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean =>
  from === undefined || to === undefined || from <= to
const order = { message: 'must not lie before `from`', path: ['to'] }

/** Which days are worked out again; both counted, absent: no bound. */
export const rebuildOrder = z.object({ from: day.optional(), to: day.optional() }).refine(inOrder, order)

/** Which calls are attributed anew, by days of the company, both counted. */
export const recomputeOrder = z
  .object({
    from: day,
    to: day,
    siteId: id.optional(),
    /** Counts what would change, and changes nothing. */
    dryRun: z.boolean().default(false)
  })
  .refine(inOrder, order)
