import type { Knex } from 'knex'
import { z } from 'zod'

export const mailKey = 'mail'

/** As the setting `mail` holds it; the API checks what goes in. */
const stored = z.object({
  host: z.string().min(1),
  port: z.number().int(),
  security: z.enum(['none', 'starttls', 'tls']),
  user: z.string().default(''),
  password: z.string().default(''),
  from: z.string().min(3)
})
export type MailServer = z.infer<typeof stored>

/** Null while nobody has set one up. */
export async function readMailServer(db: Knex): Promise<MailServer | null> {
  const row = await db('settings').where({ key: mailKey }).first<{ value: unknown } | undefined>('value')
  return stored.safeParse(row?.value).data ?? null
}
