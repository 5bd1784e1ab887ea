import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import type { Client } from '../clients.ts'

/** Inquiries of one client that lie closer together are one. */
export const joinHours = 24

/** What is known of whoever calls from a number. */
export interface Known {
  /** Somebody has said that it is spam. */
  markId: string | null
  contact: Client | null
  /** The deal that is open with the contact, as `openDealOf` finds it. */
  dealId: string | null
  /** An inquiry of the contact that is open, and near enough in time. */
  inquiryId: string | null
}

interface KnownRow extends Pick<Known, 'markId' | 'dealId' | 'inquiryId'> {
  id: string | null
  name: string
  ownerId: string | null
}

/** All of it in one look: each call asks for it. */
const knownText = `
select m.id as "markId", c.id, c.name, c.owner_id as "ownerId", d.id as "dealId", i.id as "inquiryId"
from (select) one
left join spam_marks m on m.kind = 'phone' and m.value = :phone
left join (contact_phones p join contacts c on c.id = p.contact_id) on p.e164 = :phone
left join lateral (
  select d.id from deals d join pipeline_stages s on s.id = d.stage_id and s.kind = 'open'
  where c.id is not null and (d.contact_id = c.id
    or d.id = any (array(select deal_id from deal_contacts where contact_id = c.id)))
  order by d.contact_id is distinct from c.id, d.created_at desc, d.id desc limit 1
) d on true
left join lateral (
  select i.id from inquiries i
  where i.contact_id = c.id and i.state in ('new', 'inWork') and i.created_at between :from and :to
  order by i.created_at desc, i.id desc limit 1
) i on true`

/** @param at of the call */
export async function knownBy(trx: Knex, phone: string, at: Date): Promise<Known> {
  const reachMs = joinHours * 3_600_000
  const [row] = await prepared<KnownRow>(trx, 'crm-known', knownText, {
    phone,
    from: new Date(at.getTime() - reachMs),
    to: new Date(at.getTime() + reachMs)
  })
  if (!row) throw new Error('Not even nothing is known')
  const { markId, id, name, ownerId, dealId, inquiryId } = row
  return { markId, contact: id === null ? null : { id, name, ownerId }, dealId, inquiryId }
}
