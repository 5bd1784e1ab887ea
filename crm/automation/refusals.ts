import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Knex } from 'knex'
import { livingContact } from '../contacts/merge.ts'
import { marketingOf } from './facts.ts'

/** Written beside a consent that was withdrawn by a link, or given back there. */
export const refusalOrigin = 'unsubscribe'
const markBytes = 10

/** The key that signs links; made with the tables, and kept with them. */
async function keyOf(db: Knex): Promise<string> {
  const row = await db('settings')
    .where({ key: 'unsubscribe' })
    .first<{ value: { key?: unknown } } | undefined>('value')
  if (typeof row?.value.key !== 'string') throw new Error('There is no key to sign links with')
  return row.value.key
}

const markOf = (key: string, bytes: Buffer): Buffer =>
  createHmac('sha256', key).update('unsubscribe').update(bytes).digest().subarray(0, markBytes)

/** A short text that stands for a client, which nobody can make up for another one. */
export async function refusalToken(db: Knex, contactId: string): Promise<string> {
  const bytes = Buffer.from(contactId.replaceAll('-', ''), 'hex')
  return Buffer.concat([bytes, markOf(await keyOf(db), bytes)]).toString('base64url')
}

/** Whose it is, wherever that client is kept now; null for one that was made up, or of a client who is gone. */
export async function contactOfToken(db: Knex, token: string): Promise<string | null> {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 16 + markBytes) return null
  const contact = bytes.subarray(0, 16)
  if (!timingSafeEqual(bytes.subarray(16), markOf(await keyOf(db), contact))) return null
  const hex = contact.toString('hex')
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-'
  )
  return livingContact(db, id)
}

/** Takes the consent to advertising back, or gives it again. Nothing is written where it stands so already. */
export async function refuse(db: Knex, contactId: string, isRefused: boolean): Promise<void> {
  await db.transaction(async (trx) => {
    await trx('contacts').where({ id: contactId }).forNoKeyUpdate().first('id')
    const now = await marketingOf(trx, contactId)
    if ((now === 'refused') === isRefused) return
    await trx('contact_consents').insert({
      contact_id: contactId,
      kind: 'marketing',
      is_given: !isRefused,
      origin: refusalOrigin,
      at: trx.raw('clock_timestamp()')
    })
  })
}

/** Words by which a client says the same in a message. */
export const isStopWord = (text: string): boolean =>
  /^\s*(stop|стоп|отписаться|отписка|unsubscribe)\s*[.!]*\s*$/iu.test(text)
