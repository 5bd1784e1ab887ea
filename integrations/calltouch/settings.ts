import { z } from 'zod'
import { timeZone } from '../connectors/zones.ts'

export const calltouchSettings = z.object({
  /** The login of our PBX there: a part of the address. */
  atsCode: z
    .string()
    .trim()
    .regex(/^[\w-]{1,60}$/, { error: 'must be the code that Calltouch has given, letters and digits only' }),
  /** In which their times are. */
  timeZone: timeZone.default('Europe/Moscow'),
  isSendingMissed: z.boolean().default(true)
})

export type CalltouchSettings = z.infer<typeof calltouchSettings>
