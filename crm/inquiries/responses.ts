import type { Knex } from 'knex'
import { phonesOf } from '../clients.ts'

/**
 * The first talk with a client from `sinceMs` on, whoever called whom; of an answered call its own answer.
 * @returns null while there was none
 */
export async function firstTalk(
  trx: Knex,
  client: { contactId: string | null; phone: string | null },
  since: Date
): Promise<Date | null> {
  const phones = await phonesOf(trx, client.contactId, client.phone)
  if (phones.length === 0) return null
  const row = await trx('calls')
    .whereIn('caller_number', phones)
    .where({ outcome: 'answered' })
    .whereNot('direction', 'internal')
    .where('answered_at', '>=', since)
    .min<{ at: Date | null }[]>('answered_at as at')
  return row[0]?.at ?? null
}

/**
 * A talk answers every inquiry of the client that came before it and was not answered earlier. The earliest counts, in
 * whatever order calls become known.
 */
export async function noteTalk(
  trx: Knex,
  client: { contactId: string | null; phone: string | null },
  at: Date
): Promise<void> {
  const phones = await phonesOf(trx, client.contactId, client.phone)
  if (phones.length === 0) return
  await trx('inquiries')
    .where('created_at', '<=', at)
    .where((either) => {
      either.whereIn('phone', phones)
      if (client.contactId !== null) either.orWhere('contact_id', client.contactId)
    })
    .where((late) => {
      late.whereNull('first_response_at').orWhere('first_response_at', '>', at)
    })
    .update({ first_response_at: at, updated_at: trx.fn.now() })
}
