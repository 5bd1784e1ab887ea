import type { Knex } from 'knex'
import { contactOf, contactOfEmail, isPhone, readEmail } from '../clients.ts'
import { mergeContacts } from '../contacts/merge.ts'
import { place } from '../inquiries/place.ts'
import { hideHit, spamMarkOf } from '../inquiries/spam.ts'
import type { Announce } from '../ports.ts'

interface CameRow {
  id: string
  conversation_id: string
  channel_id: string | null
  channel_name: string | null
  kind: string
  at: Date
  from_name: string | null
  from_address: string | null
  phone: string | null
  subject: string | null
  text: string
  contact_id: string | null
  peer: string
  is_demo: boolean
  files: number
}

const longestNote = 500
const longestTold = 2000

/** What a message of a client means, unless it is spam: their contact, then a place in an open deal, an open inquiry or a new one. */
export async function messageCame(trx: Knex, id: string, announce: Announce): Promise<void> {
  const row = await trx('messages as m')
    .join('conversations as c', 'c.id', 'm.conversation_id')
    .leftJoin('message_channels as h', 'h.id', 'm.channel_id')
    .where({ 'm.id': id, 'm.direction': 'in', 'm.is_auto': false })
    .first<CameRow | undefined>(
      'm.*',
      'c.kind',
      'c.contact_id',
      'c.peer',
      'c.is_demo',
      'h.name as channel_name',
      trx.raw('(select cast(count(*) as int) from message_files f where f.message_id = m.id) as files')
    )
  if (!row) return
  const isMail = row.kind === 'mail'
  const email = isMail ? readEmail(row.from_address) : null
  const markId = await spamMarkOf(trx, { phone: await numberOf(trx, row, isMail), email })
  if (markId !== null) return hideHit(trx, markId, { subject: 'message', id, at: row.at })
  const contactId = await clientOf(trx, row, email)
  const phone = contactId === null ? null : await onlyPhoneOf(trx, contactId)
  const placed = await place(
    trx,
    {
      subject: 'message',
      ...(isMail && { inquiryKind: 'mail' as const }),
      ...{ id, at: row.at, phone, email, name: row.from_name, contactId },
      ...{ visitId: null, visitorId: null, siteId: null },
      path: {
        inquiryChannel: isMail ? 'email' : 'messenger',
        source: row.channel_name,
        ...{ medium: null, campaign: null, keyword: null }
      },
      answeredBy: null,
      isMissed: false,
      note: [row.subject, row.text.trim()].filter(Boolean).join('\n').slice(0, longestNote) || null,
      isDemo: row.is_demo
    },
    announce
  )
  if (!placed) return
  const { inquiryId, dealId } = placed
  const ofContact = placed.contactId ?? contactId
  await trx('conversations')
    .where({ id: row.conversation_id })
    .update({
      // The contact from before may have gone into the one with the number.
      contact_id: isPhone(row.phone) ? ofContact : (row.contact_id ?? ofContact),
      ...(dealId !== null && { deal_id: dealId }),
      ...(inquiryId !== null && { inquiry_id: inquiryId })
    })
  await announce(trx, {
    type: 'message.received',
    atMs: row.at.getTime(),
    data: {
      message: {
        ...{ id, conversationId: row.conversation_id, channelId: row.channel_id, channelKind: row.kind },
        ...{ name: row.from_name, email, phone: row.phone, subject: row.subject, files: row.files },
        text: row.text.slice(0, longestTold)
      },
      ...{ inquiryId, dealId, contactId: ofContact }
    }
  })
}

/** The number that tells who writes: one that they gave here, or in a chat that of the client whose chat it is. */
function numberOf(trx: Knex, row: CameRow, isMail: boolean): Promise<string | null> | string | null {
  if (isPhone(row.phone)) return row.phone
  return isMail || row.contact_id === null ? null : onlyPhoneOf(trx, row.contact_id)
}

/**
 * Whose message it is. A number that the client gave is the strongest: of two contacts, the one that has nothing but this
 * conversation goes into the one with the number.
 */
async function clientOf(trx: Knex, row: CameRow, email: string | null): Promise<string | null> {
  if (isPhone(row.phone)) return ofPhone(trx, row, row.phone)
  if (row.contact_id !== null) {
    // A colleague of theirs who writes in the same thread is known by their own mail.
    const other = email !== null && email !== row.peer ? await contactOfEmail(trx, email) : null
    return other?.id ?? row.contact_id
  }
  const known = await contactOfEmail(trx, email)
  if (known) return known.id
  if (email !== null && (await isShared(trx, email))) return null
  const name = row.from_name?.trim().slice(0, 200) || email || row.peer
  return made(trx, name, row.is_demo, email)
}

const isShared = async (trx: Knex, email: string): Promise<boolean> =>
  Boolean(await trx('contact_emails').where({ email }).first<unknown>('email'))

async function made(trx: Knex, name: string, isDemo: boolean, email: string | null): Promise<string> {
  const [contact] = await trx('contacts').insert({ name, is_demo: isDemo }).returning<{ id: string }[]>('id')
  if (!contact) throw new Error('No contact came back')
  if (email !== null) await trx('contact_emails').insert({ contact_id: contact.id, email })
  return contact.id
}

async function ofPhone(trx: Knex, row: CameRow, phone: string): Promise<string> {
  const known = await contactOf(trx, phone)
  const own = row.contact_id
  if (known && own !== null && own !== known.id) {
    if (!(await hasAddress(trx, own))) await join(trx, known.id, own)
    else await trx('conversations').where({ id: row.conversation_id }).update({ contact_id: known.id })
    return known.id
  }
  if (known) {
    await trx('conversations').where({ id: row.conversation_id }).update({ contact_id: known.id })
    return known.id
  }
  const id = own ?? (await made(trx, row.from_name?.trim().slice(0, 200) || phone, row.is_demo, null))
  await trx('contact_phones').insert({ e164: phone, contact_id: id }).onConflict('e164').ignore()
  return id
}

/** Nothing is known of the other but a chat: where the two differ, the one with the number stands. */
async function join(trx: Knex, winnerId: string, loserId: string): Promise<void> {
  const wish = { winnerId, loserId, byUserId: null }
  const { missing } = await mergeContacts(trx, { ...wish, choices: {} })
  if (missing === null) return
  const choices = Object.fromEntries(missing.map((field) => [field, 'mine' as const]))
  await mergeContacts(trx, { ...wish, choices })
}

const hasAddress = async (trx: Knex, contactId: string): Promise<boolean> =>
  Boolean(
    (await trx('contact_phones').where({ contact_id: contactId }).first<unknown>('e164')) ??
    (await trx('contact_emails').where({ contact_id: contactId }).first<unknown>('email'))
  )

/** By which an inquiry of theirs can be phoned back. */
async function onlyPhoneOf(trx: Knex, contactId: string): Promise<string | null> {
  const row = await trx('contact_phones')
    .where({ contact_id: contactId })
    .orderBy('e164')
    .first<{ e164: string } | undefined>('e164')
  return row?.e164 ?? null
}
