import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import { isPhone } from '../clients.ts'

/** Somebody outside: a contact, with the number they came by. */
interface Whoever {
  contactId: string | null
  phone: string | null
}

/** All telephone numbers of somebody, the one they came by included. An array: PostgreSQL looks each up by an index. */
const numbers = `array(select e164 from contact_phones where contact_id = :contact
  union select cast(:phone as text) where cast(:phone as text) is not null)`

const bindings = ({ contactId, phone }: Whoever) => ({
  contact: contactId,
  phone: isPhone(phone) ? phone : null
})

/** The first talk with `:contact` or `:phone` from `:since` on, whoever called whom; of an answered call its own answer. */
export const firstTalkText = `select min(answered_at) as at from calls
  where caller_number = any (${numbers}) and outcome = 'answered' and direction <> 'internal'
    and answered_at >= :since`

/** @returns when there was the first talk with a client from `since` on; null while there was none */
export async function firstTalk(trx: Knex, client: Whoever, since: Date): Promise<Date | null> {
  const values = { ...bindings(client), since }
  const [row] = await prepared<{ at: Date | null }>(trx, 'crm-first-talk', firstTalkText, values)
  return row?.at ?? null
}

/**
 * A talk answers every inquiry of the client that came before it and was not answered earlier. The earliest counts, in
 * whatever order calls become known.
 */
export async function noteTalk(trx: Knex, client: Whoever, at: Date): Promise<void> {
  await prepared(
    trx,
    'crm-note-talk',
    `update inquiries set first_response_at = :at, updated_at = now()
     where created_at <= :at and (phone = any (${numbers}) or contact_id = :contact)
       and (first_response_at is null or first_response_at > :at)`,
    { ...bindings(client), at }
  )
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
