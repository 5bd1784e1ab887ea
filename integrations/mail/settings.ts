import type { Knex } from 'knex'
import { z } from 'zod'
import type { Secrets } from '../../db/secrets.ts'

export const mailKey = 'mail'
/** What its password is sealed for. */
export const passwordPurpose = 'mail.password'

/** As the setting `mail` holds it; the API checks what goes in. */
const stored = z.object({
  host: z.string().min(1),
  port: z.number().int(),
  security: z.enum(['none', 'starttls', 'tls']),
  user: z.string().default(''),
  sealedPassword: z.string().default(''),
  from: z.string().min(3)
})
export type MailServer = Omit<z.infer<typeof stored>, 'sealedPassword'> & {
  /** Null where it was sealed with a key that is not there any more. */
  password: string | null
}

/** Null while nobody has set one up. */
export async function readMailServer(db: Knex, secrets: Secrets): Promise<MailServer | null> {
  const row = await db('settings').where({ key: mailKey }).first<{ value: unknown } | undefined>('value')
  const found = stored.safeParse(row?.value).data
  if (!found) return null
  const { sealedPassword, ...server } = found
  const password = sealedPassword === '' ? '' : secrets.open(sealedPassword, passwordPurpose)
  return { ...server, password }
}

/** Seals a password that an older version has stored as it was given. Once, at the start. */
export async function sealStoredPassword(db: Knex, secrets: Secrets): Promise<void> {
  await db.transaction(async (trx) => {
    const row = await trx('settings')
      .where({ key: mailKey })
      .forUpdate()
      .first<{ value: Record<string, unknown> } | undefined>('value')
    if (!row || !('password' in row.value)) return
    const { password, ...rest } = row.value
    const isPlain = typeof password === 'string' && password !== ''
    const value = isPlain ? { ...rest, sealedPassword: secrets.seal(password, passwordPurpose) } : rest
    await trx('settings')
      .where({ key: mailKey })
      .update({ value: JSON.stringify(value) })
  })
}
