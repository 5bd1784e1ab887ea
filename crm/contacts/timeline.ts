import type { Knex } from 'knex'

export type Kind =
  | 'call'
  | 'visit'
  | 'form'
  | 'callback'
  | 'message'
  | 'inquiry'
  | 'deal'
  | 'task'
  | 'note'
  | 'consent'
  | 'merge'

export interface Moment {
  kind: Kind
  id: string
  at: Date
  /** With microseconds, for the cursor. */
  exact: string
}

export interface TimelineWish {
  contactId: string
  kinds: readonly Kind[]
  limit: number
  /** After this one: `exact` and `kind/id` of the last that was seen. */
  after: { exact: string; key: string } | null
  /** An operator sees deals, inquiries, tasks and conversations that are theirs or nobody's; null sees all. */
  onlyOf: string | null
}

const isSeen = (column: string): string =>
  `(cast(:me as uuid) is null or ${column} is null or ${column} = :me)`
const phones = '(select e164 from contact_phones where contact_id = :id)'

/** Rows of each kind: `id`, `at`. Each is read by an index of the contact, the number or the visitor. */
const sources: Record<Kind, string> = {
  call: `select cast(c.id as text) as id, c.started_at as at from calls c
    where c.direction <> 'internal' and (c.contact_id = :id or c.caller_number in ${phones})`,
  visit: `select cast(v.id as text), v.started_at from visits v join visitors p on p.id = v.visitor_id where p.contact_id = :id`,
  form: `select cast(f.id as text), f.at from form_submissions f where f.id in (
      select subject_id from activities where contact_id = :id and subject = 'form'
      union select s.id from form_submissions s join visitors p on p.id = s.visitor_id where p.contact_id = :id)`,
  callback: `select cast(k.id as text), k.created_at from callbacks k where k.contact_id = :id`,
  // What machines write is in the conversation only.
  message: `select cast(m.id as text), m.at from messages m join conversations t on t.id = m.conversation_id
    where t.contact_id = :id and not m.is_auto and (cast(:me as uuid) is null
      or not exists (select from contacts k where k.id = t.contact_id and k.owner_id <> :me)
      or exists (select from inquiries i where i.id = t.inquiry_id and i.responsible_id = :me)
      or exists (select from deals d where d.id = t.deal_id and d.responsible_id = :me))`,
  // What came by a call, a form, a callback or a message stands here as that already.
  inquiry: `select cast(i.id as text), i.created_at from inquiries i
    where i.contact_id = :id and i.kind not in ('call','form','callback')
    and not exists (select from activities a where a.inquiry_id = i.id and a.subject = 'message') and ${isSeen('i.responsible_id')}`,
  deal: `select cast(h.id as text), h.at from deal_stage_changes h join deals d on d.id = h.deal_id
    where d.contact_id = :id and ${isSeen('d.responsible_id')}`,
  task: `select cast(t.id as text), t.created_at from tasks t
    where t.contact_id = :id and (${isSeen('t.assignee_id')} or t.created_by = :me)`,
  note: `select cast(n.id as text), n.created_at from contact_notes n where n.contact_id = :id`,
  consent: `select cast(s.id as text), s.at from contact_consents s where s.contact_id = :id`,
  merge: `select cast(m.id as text), m.created_at from contact_merges m where m.winner_id = :id and m.undone_at is null`
}

/** What happened with a client, the newest first: so many of it, each as its kind and id. */
export async function momentsOf(db: Knex, wish: TimelineWish): Promise<Moment[]> {
  const each = wish.kinds.map(
    (
      kind
    ) => `(select * from (select '${kind}' as kind, x.id, x.at from (${sources[kind]}) as x (id, at)) as y
      ${wish.after ? `where (y.at, y.kind || '/' || y.id) < (cast(:exact as timestamptz), :key)` : ''}
      order by y.at desc, y.kind || '/' || y.id desc limit :limit)`
  )
  if (each.length === 0) return []
  const { rows } = await db.raw<{ rows: Moment[] }>(
    `select kind, id, at, cast(at as text) as exact from (${each.join(' union all ')}) as all_kinds
     order by at desc, kind || '/' || id desc limit :limit`,
    {
      id: wish.contactId,
      me: wish.onlyOf,
      limit: wish.limit,
      ...(wish.after && { exact: wish.after.exact, key: wish.after.key })
    }
  )
  return rows
}
