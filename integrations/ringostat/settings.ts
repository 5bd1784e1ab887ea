import { z } from 'zod'
import { timeZone } from '../connectors/zones.ts'

export const ringostatSettings = z.object({
  /** In which their times are. */
  timeZone: timeZone.default('Europe/Kyiv'),
  /** Whoever has the key may order calls as well. */
  isCalling: z.boolean().default(true),
  /** A link to the record in the list, which opens without a login. */
  isSendingRecords: z.boolean().default(true),
  recordDays: z.number().int().min(1).max(3650).default(30)
})

export type RingostatSettings = z.infer<typeof ringostatSettings>
