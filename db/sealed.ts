import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { openSecrets, type Secrets } from './secrets.ts'

/** Columns whose secrets must be read again, so that they are sealed instead of hashed; and what each holds. */
export type SealedColumn =
  'devices.sip_secret' | 'trunks.secret' | 'users.totp_secret' | 'webhooks.secrets' | 'webhooks.token'

/** Before what is sealed; what has none was stored before there was sealing, or by the database itself. */
const mark = 'sealed:'

/** Of the installation: a process serves one. Null in tests of other things, and then nothing is sealed. */
let secrets: Secrets | null = null

/** Names what seals from now on. @returns what there was */
export function sealWith(given: Secrets | null): Secrets | null {
  const before = secrets
  secrets = given
  return before
}

/** A secret as it is stored. */
export const seal = (text: string, column: SealedColumn): string =>
  secrets === null || text === '' || text.startsWith(mark) ? text : mark + secrets.seal(text, column)

/** A stored secret as it is used; null where it was sealed with another key. */
export function unseal(stored: string, column: SealedColumn): string | null {
  if (!stored.startsWith(mark)) return stored
  return secrets?.open(stored.slice(mark.length), column) ?? null
}

const isPlain = (stored: string): boolean => stored !== '' && !stored.startsWith(mark)

/**
 * Seals what stands in a column of text in clear: from before there was sealing, or as the database itself makes it.
 * Whoever changes such a row at the same moment wins.
 */
export async function sealColumn(db: Knex, column: Exclude<SealedColumn, 'webhooks.secrets'>): Promise<void> {
  if (secrets === null) return
  const [table = '', name = ''] = column.split('.')
  const rows = await db(table)
    .whereNotNull(name)
    .whereNot(name, '')
    .whereNot(name, 'like', `${mark}%`)
    .select<{ id: string; text: string }[]>('id', { text: name })
  for (const { id, text } of rows)
    await db(table)
      .where({ id, [name]: text })
      .update({ [name]: seal(text, column) })
}

/**
 * Telephones of browsers ask for their password whenever a page opens: those whose password was sealed with a key that is
 * gone get a new one. Nobody else's is thrown away, for the key may come back.
 */
async function renewBrowsers(db: Knex): Promise<void> {
  const column = 'devices.sip_secret'
  const rows = await db('devices')
    .where({ kind: 'browser' })
    .select<{ id: string; text: string }[]>('id', { text: 'sip_secret' })
  for (const { id } of rows.filter(({ text }) => unseal(text, column) === null))
    await db('devices')
      .where({ id })
      .update({ sip_secret: seal(randomBytes(24).toString('hex'), column) })
}

/**
 * Opens the key of an installation, and seals what an earlier version has stored in clear.
 * @param given `SECRET_KEY`
 */
export async function openSealing(db: Knex, dataDir: string, given: string | undefined): Promise<void> {
  sealWith(await openSecrets(dataDir, given))
  for (const column of [
    'devices.sip_secret',
    'trunks.secret',
    'users.totp_secret',
    'webhooks.token'
  ] as const)
    await sealColumn(db, column)
  await renewBrowsers(db)
  const webhooks = await db('webhooks').select<{ id: string; secrets: string[] }[]>('id', 'secrets')
  for (const { id, secrets: stored } of webhooks.filter((row) => row.secrets.some(isPlain)))
    await db('webhooks')
      .where({ id, secrets: stored })
      .update({ secrets: stored.map((each) => seal(each, 'webhooks.secrets')) })
}
