import type { Knex } from 'knex'
import { openDealOf } from '../clients.ts'
import { missedOwners, readDeskSettings } from '../inquiries/desk-settings.ts'

/** A call that nobody took. */
interface Missed {
  id: string
  contactId: string | null
}

/**
 * Whose a missed call is, by the rule of the desk: of the open deal, else of the client; else whoever was rung last; else
 * the usual one. Whoever has left the company is nobody.
 */
export async function missedOwner(trx: Knex, call: Missed): Promise<string | null> {
  const { missedOwner: first, defaultUserId } = await readDeskSettings(trx)
  const by: Record<(typeof missedOwners)[number], () => Promise<(string | null)[]>> = {
    entity: () => ownersOf(trx, call.contactId),
    lastRung: async () => [await lastRung(trx, call.id)],
    default: () => Promise.resolve([defaultUserId])
  }
  for (const rule of missedOwners.slice(missedOwners.indexOf(first)))
    for (const userId of await by[rule]())
      if (userId !== null && (await trx('users').where({ id: userId, is_active: true }).first<unknown>('id')))
        return userId
  return null
}

/** Of the open deal with a client, then of the client. */
async function ownersOf(trx: Knex, contactId: string | null): Promise<(string | null)[]> {
  if (contactId === null) return []
  const open = await openDealOf(trx, contactId)
  const deal =
    open &&
    (await trx('deals')
      .where({ id: open.id })
      .first<{ responsible_id: string | null } | undefined>('responsible_id'))
  const contact = await trx('contacts')
    .where({ id: contactId })
    .first<{ owner_id: string | null } | undefined>('owner_id')
  return [deal?.responsible_id ?? null, contact?.owner_id ?? null]
}

async function lastRung(trx: Knex, callId: string): Promise<string | null> {
  const leg = await trx('call_legs')
    .where({ call_id: callId })
    .whereNotNull('user_id')
    .orderBy('started_at', 'desc')
    .first<{ user_id: string } | undefined>('user_id')
  return leg?.user_id ?? null
}
