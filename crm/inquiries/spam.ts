import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import { contactOf, contactOfEmail, isPhone, openDealOf, readEmail } from '../clients.ts'

/** Who somebody outside is, as far as a mark of spam goes. */
export interface Sender {
  phone: string | null
  email: string | null
}

const valuesOf = ({ phone, email }: Sender): { kind: 'phone' | 'email'; value: string }[] => {
  const mail = readEmail(email)
  return [
    ...(isPhone(phone) ? [{ kind: 'phone' as const, value: phone }] : []),
    ...(mail === null ? [] : [{ kind: 'email' as const, value: mail }])
  ]
}

/** Remembers that this number and this mail are spam; what is remembered already stays as it is. */
export async function learnSpam(
  trx: Knex,
  sender: Sender,
  about: {
    reason?: string | null
    inquiryId?: string | null
    callId?: string | null
    byUserId?: string | null
    at?: Date
  }
): Promise<void> {
  for (const one of valuesOf(sender))
    await trx('spam_marks')
      .insert({
        ...one,
        reason: about.reason ?? null,
        inquiry_id: about.inquiryId ?? null,
        call_id: about.callId ?? null,
        created_by: about.byUserId ?? null,
        ...(about.at && { created_at: about.at })
      })
      .onConflict(['kind', 'value'])
      .ignore()
}

/**
 * The mark that hides what comes from there: somebody has said that it is spam, and no deal with them is open.
 * @returns its id; null where nothing is hidden
 */
export async function spamMarkOf(trx: Knex, sender: Sender): Promise<string | null> {
  const [mark] = await prepared<{ id: string }>(
    trx,
    'crm-spam-mark',
    `select id from spam_marks
     where (kind = 'phone' and value = :phone) or (kind = 'email' and value = :email) limit 1`,
    { phone: isPhone(sender.phone) ? sender.phone : null, email: readEmail(sender.email) }
  )
  if (!mark) return null
  const contact =
    (isPhone(sender.phone) ? await contactOf(trx, sender.phone) : null) ??
    (await contactOfEmail(trx, readEmail(sender.email)))
  return contact !== null && (await openDealOf(trx, contact.id)) !== null ? null : mark.id
}

/** Puts what came from there aside: hidden, and told to nobody. */
export async function hideHit(
  trx: Knex,
  markId: string,
  hit: { subject: string; id: string; at: Date }
): Promise<void> {
  // What has its place already stays there.
  if (await trx('activities').where({ subject_id: hit.id }).first<unknown>('subject')) return
  await trx('spam_hits')
    .insert({ subject_id: hit.id, subject: hit.subject, mark_id: markId, at: hit.at })
    .onConflict('subject_id')
    .ignore()
}

/** Forgets marks; what was hidden for them is worked out as if it came now. */
async function forget(trx: Knex, marks: Knex.QueryBuilder): Promise<void> {
  const found: { id: string }[] = await marks.select('id')
  const ids = found.map(({ id }) => id)
  if (ids.length === 0) return
  await trx.raw(
    `insert into crm_inbox (subject, subject_id)
     select subject, subject_id from spam_hits where mark_id = any(cast(? as uuid[])) order by at`,
    [ids]
  )
  await trx('spam_marks').whereIn('id', ids).delete()
  await trx.raw(`select pg_notify('ringtrace_crm', '')`)
}

/** It was no spam: this number and this mail are as any other. */
export async function forgetSpam(trx: Knex, sender: Sender): Promise<void> {
  const values = valuesOf(sender)
  if (values.length === 0) return
  const marks = trx('spam_marks').whereIn(
    ['kind', 'value'],
    values.map(({ kind, value }) => [kind, value])
  )
  await forget(trx, marks)
}

/** The mark of a call was taken back in the journal. */
export const forgetSpamCall = (trx: Knex, callId: string): Promise<void> =>
  forget(trx, trx('spam_marks').where({ call_id: callId }))

/**
 * Takes one mark back, with the inquiries that were hidden for it. Take `lockCrm` first.
 * @returns calls that the journal still has as spam
 */
export async function takeMarkBack(
  trx: Knex,
  mark: { id: string; kind: 'phone' | 'email'; value: string }
): Promise<string[]> {
  await forget(trx, trx('spam_marks').where({ id: mark.id }))
  await trx('inquiries')
    .where({ state: 'spam' })
    .where((own) => {
      if (mark.kind === 'phone') own.where('phone', mark.value)
      else own.whereRaw('lower(email) = ?', [mark.value])
    })
    .update({ state: 'new', closed_at: null, updated_at: trx.fn.now() })
  if (mark.kind === 'email') return []
  const calls = await trx('calls')
    .where({ caller_number: mark.value, is_spam: true })
    .orderBy('started_at', 'desc')
    .limit(1000)
    .select<{ id: string }[]>('id')
  return calls.map(({ id }) => id)
}
