import type { Knex } from 'knex'
import { normalise } from '../phones.ts'

interface VisitKey {
  siteId: string
  visitorId: string
  visitId: string
}
type Values = Record<string, string | number | boolean | null>

/** Events of one visit that are kept: a page in a loop fills no disk. */
const mostEvents = 200

/** Notes what a page tells of a visit. False when there is no such visit. */
export async function noteEvent(db: Knex, ids: VisitKey, name: string, data: Values): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `insert into visit_events (visit_id, visitor_id, site_id, name, data)
     select v.id, v.visitor_id, v.site_id, cast(:name as text), cast(:data as jsonb) from visits v
     where v.id = :visitId and v.visitor_id = :visitorId and v.site_id = :siteId
       and (select count(*) from visit_events e where e.visit_id = v.id) < :most
     returning id`,
    { ...ids, name, data: JSON.stringify(data), most: mostEvents }
  )
  return rows.length > 0
}

/** Notes who the visitor says they are, and joins them to the contact with that telephone number. */
export async function identify(db: Knex, ids: VisitKey, who: Values): Promise<boolean> {
  const phone = typeof who['phone'] === 'string' ? (normalise(who['phone'])?.e164 ?? null) : null
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `update visitors set identity = identity || cast(:identity as jsonb),
       contact_id = coalesce((select contact_id from contact_phones where e164 = :phone), contact_id)
     where id = :visitorId and site_id = :siteId returning id`,
    { ...ids, phone, identity: JSON.stringify({ ...who, ...(phone !== null && { phone }) }) }
  )
  return rows.length > 0
}

/** A call from a known visit joins the visitor to the client who called. */
export async function joinCaller(db: Knex, visitorId: string, contactId: string): Promise<void> {
  await db('visitors').where({ id: visitorId }).update({ contact_id: contactId })
}

export interface FormSubmission {
  siteId: string
  visitId: string | null
  visitorId: string | null
  formName: string | null
  name: string | null
  phone: string | null
  email: string | null
  message: string | null
  fields: Record<string, string>
  pageUrl: string | null
}

/** Keeps what a form of the site sent, with the visit it belongs to. @returns its id */
export async function keepForm(db: Knex, form: FormSubmission): Promise<string> {
  // A visit that is not this site's is no visit: an id can be invented.
  const visit =
    form.visitId === null
      ? undefined
      : await db('visits')
          .where({ id: form.visitId, site_id: form.siteId })
          .first<{ id: string; visitor_id: string } | undefined>('id', 'visitor_id')
  const [row] = await db('form_submissions')
    .insert({
      site_id: form.siteId,
      visit_id: visit?.id ?? null,
      visitor_id: visit?.visitor_id ?? null,
      form_name: form.formName,
      name: form.name,
      phone: (form.phone !== null ? normalise(form.phone)?.e164 : null) ?? form.phone,
      email: form.email,
      message: form.message,
      fields: JSON.stringify(form.fields),
      page_url: form.pageUrl
    })
    .returning<{ id: string }[]>('id')
  if (!row) throw new Error('No row came back from form_submissions')
  if (visit) {
    const { siteId, name, phone, email } = form
    await identify(
      db,
      { siteId, visitId: visit.id, visitorId: visit.visitor_id },
      { ...(name !== null && { name }), ...(phone !== null && { phone }), ...(email !== null && { email }) }
    )
  }
  return row.id
}
