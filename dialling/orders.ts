import type { Knex } from 'knex'
import type { OperatorQuery } from '../ivr/block.ts'
import type { Order, Source } from '../pbx/call/types.ts'

/** What is known of whom we call and why. */
export interface Cause {
  /** E.164, or what was dialled (an emergency number). */
  phone: string
  numberId?: string | null
  sourceId?: string | null
  siteId?: string | null
  contactId?: string | null
}

/**
 * Makes an order complete from the tables: the client's contact, the source and site that the call belongs to, and the
 * number of ours that the client shall see.
 */
export async function makeOrder(
  db: Knex,
  cause: Cause,
  rest: Pick<
    Order,
    'callType' | 'orderId' | 'operators' | 'byUserId' | 'parentCallId' | 'ringSeconds' | 'record'
  >
): Promise<Order> {
  const { contact, numberId, sourceId, siteId } = await knownOf(db, cause)
  return {
    ...rest,
    target: { kind: 'external', number: cause.phone },
    phone: null,
    numberId,
    source: sourceId === null ? null : await sourceOf(db, sourceId),
    site:
      siteId === null
        ? null
        : ((await db('sites').where({ id: siteId }).first<Order['site'] | undefined>('id', 'name')) ?? null),
    contact
  }
}

/** Who is called, what they belong to, and the number of ours that they shall see. */
export async function knownOf(
  db: Knex,
  cause: Cause
): Promise<{
  contact: Order['contact']
  numberId: string | null
  sourceId: string | null
  siteId: string | null
}> {
  const contact = await contactOf(db, cause)
  const last = await lastCall(db, cause.phone)
  const sourceId = cause.sourceId ?? last?.source_id ?? null
  const siteId = cause.siteId ?? last?.site_id ?? null
  const numberId = await shownNumber(db, { numberId: cause.numberId ?? null, sourceId, siteId, last })
  return { contact, numberId, sourceId, siteId }
}

async function contactOf(db: Knex, { phone, contactId }: Cause): Promise<Order['contact']> {
  const columns = ['c.id', 'c.name', 'c.company', 'c.owner_id as ownerId'] as const
  const found = contactId
    ? await db('contacts as c')
        .where('c.id', contactId)
        .first<Order['contact'] | undefined>(...columns)
    : await db('contacts as c')
        .join('contact_phones as p', 'p.contact_id', 'c.id')
        .where('p.e164', phone)
        .first<Order['contact'] | undefined>(...columns)
  return found ?? null
}

interface LastCall {
  number_id: string | null
  source_id: string | null
  site_id: string | null
}

/** The client's newest call to a number of ours: what brought them. */
const lastCall = (db: Knex, phone: string): Promise<LastCall | undefined> =>
  db('calls')
    .where({ caller_number: phone, direction: 'in' })
    .orderBy('started_at', 'desc')
    .first<LastCall | undefined>('number_id', 'source_id', 'site_id')

async function sourceOf(db: Knex, id: string): Promise<Source | null> {
  const found = await db('sources')
    .where({ id })
    .first<Source | undefined>(
      'id',
      'name',
      'inquiry_channel as inquiryChannel',
      'medium',
      'campaign',
      'keyword'
    )
  return found ?? null
}

/**
 * The number that the client knows: the one asked for, the one they called last, else one of their source or site.
 * Null leaves it to the trunk. Only numbers that are switched on.
 */
async function shownNumber(
  db: Knex,
  asked: {
    numberId: string | null
    sourceId: string | null
    siteId: string | null
    last: LastCall | undefined
  }
): Promise<string | null> {
  const { numberId, sourceId, siteId, last } = asked
  const active = async (where: Record<string, string>): Promise<string | null> =>
    (
      await db('numbers')
        .where({ is_active: true, ...where })
        .orderBy('e164')
        .first<{ id: string } | undefined>('id')
    )?.id ?? null
  const wishes: Record<string, string>[] = [
    ...(numberId ? [{ id: numberId }] : []),
    ...(last?.number_id ? [{ id: last.number_id }] : []),
    ...(sourceId && siteId ? [{ source_id: sourceId, site_id: siteId }] : []),
    ...(sourceId ? [{ source_id: sourceId }] : []),
    ...(siteId ? [{ site_id: siteId }] : [])
  ]
  for (const where of wishes) {
    const found = await active(where)
    if (found !== null) return found
  }
  return null
}

/** Who shall talk: the one named, the client's owner (or a stand-in), else somebody of the group. */
export function whoTalks({
  userId,
  ownerId,
  groupId
}: {
  userId: string | null
  ownerId: string | null
  groupId: string | null
}): OperatorQuery | null {
  if (userId !== null) return { kind: 'user', userId, except: [] }
  if (ownerId !== null) return { kind: 'owner', userId: ownerId, except: [] }
  return groupId === null ? null : { kind: 'group', groupId, strategy: 'longestIdle', except: [] }
}
