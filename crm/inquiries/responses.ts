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

/** An inquiry whose answer became another: both as PostgreSQL writes them, with their microseconds. */
interface Answered {
  id: string
  before: string | null
  after: string
}

/**
 * After two contacts became one: a talk with either answers what the other had asked before it. The earliest counts.
 * @returns which inquiries that has changed
 */
export async function answerByTalks(trx: Knex, contactId: string): Promise<Answered[]> {
  const { rows } = await trx.raw<{ rows: Answered[] }>(
    `with talked as (
       select i.id, i.first_response_at as before, min(c.answered_at) as after
       from inquiries i join calls c on c.outcome = 'answered' and c.direction <> 'internal'
         and c.answered_at >= i.created_at
         and c.caller_number in (select e164 from contact_phones where contact_id = :contact)
       where i.contact_id = :contact
       group by i.id
     )
     update inquiries i set first_response_at = t.after, updated_at = now()
     from talked t where i.id = t.id and (t.before is null or t.after < t.before)
     returning i.id, cast(t.before as text) as before, cast(t.after as text) as after`,
    { contact: contactId }
  )
  return rows
}

/** Takes those answers back where nothing has changed them since. */
export async function unanswer(trx: Knex, answered: readonly Answered[]): Promise<void> {
  for (const { id, before, after } of answered)
    await trx('inquiries')
      .where({ id, first_response_at: after })
      .update({ first_response_at: before, updated_at: trx.fn.now() })
}
