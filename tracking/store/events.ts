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

/** A form that comes again within this time is the same one: pressed twice, or captured and sent by the site too. */
const mergeMinutes = 10

/**
 * Keeps what a form of the site sent, with the visit it belongs to. The same person with the same words shortly after
 * is the same submission: what was not known yet is filled in.
 * @returns its id
 */
export async function keepForm(db: Knex, form: FormSubmission): Promise<string> {
  // A visit that is not this site's is no visit: an id can be invented.
  const visit =
    form.visitId === null
      ? undefined
      : await db('visits')
          .where({ id: form.visitId, site_id: form.siteId })
          .first<{ id: string; visitor_id: string } | undefined>('id', 'visitor_id')
  const phone = (form.phone !== null ? normalise(form.phone)?.e164 : null) ?? form.phone
  const id = await db.transaction(async (trx) => {
    if (phone !== null || form.email !== null) {
      // Two at once: the second waits here and finds the first.
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `form ${form.siteId} ${phone ?? ''} ${form.email ?? ''}`
      ])
      const { rows } = await trx.raw<{ rows: { id: string }[] }>(
        `update form_submissions f set
           name = coalesce(f.name, :name), message = coalesce(f.message, :message),
           visit_id = coalesce(f.visit_id, cast(:visitId as uuid)),
           visitor_id = coalesce(f.visitor_id, cast(:visitorId as uuid)),
           form_name = coalesce(f.form_name, :formName), fields = cast(:fields as jsonb) || f.fields
         where f.id = (
           select id from form_submissions
           where site_id = :siteId and at > now() - make_interval(mins => :minutes)
             and (phone = :phone or phone is null or cast(:phone as text) is null)
             and (email = :email or email is null or cast(:email as text) is null)
             and (phone = :phone or email = :email)
             and (message = :message or message is null or cast(:message as text) is null)
             and (form_name = :formName or form_name is null or cast(:formName as text) is null)
           order by at desc limit 1
         ) returning f.id`,
        {
          siteId: form.siteId,
          name: form.name,
          message: form.message,
          formName: form.formName,
          phone,
          email: form.email,
          fields: JSON.stringify(form.fields),
          visitId: visit?.id ?? null,
          visitorId: visit?.visitor_id ?? null,
          minutes: mergeMinutes
        }
      )
      if (rows[0]) return rows[0].id
    }
    const [row] = await trx('form_submissions')
      .insert({
        site_id: form.siteId,
        visit_id: visit?.id ?? null,
        visitor_id: visit?.visitor_id ?? null,
        form_name: form.formName,
        name: form.name,
        phone,
        email: form.email,
        message: form.message,
        fields: JSON.stringify(form.fields),
        page_url: form.pageUrl
      })
      .returning<{ id: string }[]>('id')
    if (!row) throw new Error('No row came back from form_submissions')
    return row.id
  })
  if (visit) {
    const { siteId, name, email } = form
    await identify(
      db,
      { siteId, visitId: visit.id, visitorId: visit.visitor_id },
      { ...(name !== null && { name }), ...(phone !== null && { phone }), ...(email !== null && { email }) }
    )
  }
  return id
}
