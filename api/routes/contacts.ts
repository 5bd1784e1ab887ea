import { z } from 'zod'
import { livingContact } from '../../crm/contacts/merge.ts'
import {
  contactItems,
  onlySeenContacts,
  saveCustom,
  saveEmails,
  savePhones,
  refuseUnseen,
  seenContact,
  whereSearched
} from '../contact-rows.ts'
import { contact, contactCreate, contactPatch } from '../contract/config.ts'
import { id, isoTime } from '../contract/common.ts'
import { email } from '../contract/contacts.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** A custom field and the value wanted in it, as JSON: `<id>:"Gold"`, `<id>:true`. */
const customFilter = z
  .string()
  .max(300)
  .transform((text, context) => {
    const [, field = '', value = ''] = /^([0-9a-f-]{36}):(.+)$/is.exec(text) ?? []
    try {
      return { [id.parse(field)]: JSON.parse(value) as unknown }
    } catch {
      context.addIssue({ code: 'custom', message: 'must be the id of a field, a colon and a value as JSON' })
      return z.NEVER
    }
  })

const filters = {
  /** An id, or `none`. */
  ownerId: id.or(z.literal('none')).optional(),
  mine: z.literal('true').optional(),
  companyId: id.optional(),
  tag: z.string().max(40).optional(),
  /** Whose number or mail it is. */
  phone: z.string().max(60).optional(),
  email: email.optional(),
  /** Made since, and before. */
  from: isoTime.optional(),
  to: isoTime.optional(),
  custom: customFilter.optional(),
  /** Part of a name, a company, a number, a mail or a custom field. */
  search: z.string().max(100).optional()
}
type Filters = z.output<z.ZodObject<typeof filters>>

/** Clients. A telephone number belongs to one contact only. */
export const contactRoutes = ({ db, dialling }: Pick<ApiDeps, 'db' | 'dialling'>): Endpoint[] => {
  /** A number as people write it, in E.164; null when it is no number of anybody outside. */
  const read = (typed: string): string | null => {
    const { number } = dialling.policy.explain({ number: typed, byUserId: null })
    return number?.startsWith('+') ? number : null
  }

  const usual = crud(db, {
    things: 'contacts',
    thing: 'contact',
    item: contact,
    create: contactCreate,
    patch: contactPatch,
    sorts: {
      name: { column: 'name', type: 'text' },
      createdAt: { column: 'created_at', type: 'time' }
    },
    firstSort: 'name',
    filters,
    filter(query, asked, { who }) {
      const wish = asked as Filters
      onlySeenContacts(query, who)
      if (wish.ownerId === 'none') query.whereNull('owner_id')
      else if (wish.ownerId !== undefined) query.where('owner_id', wish.ownerId)
      if (wish.mine === 'true') query.where('owner_id', who.userId)
      if (wish.companyId !== undefined) query.where('company_id', wish.companyId)
      if (wish.tag !== undefined) query.whereRaw('tags @> array[?]::text[]', [wish.tag])
      if (wish.from !== undefined) query.where('created_at', '>=', wish.from)
      if (wish.to !== undefined) query.where('created_at', '<', wish.to)
      if (wish.custom) query.whereRaw('custom @> cast(? as jsonb)', [JSON.stringify(wish.custom)])
      if (wish.phone !== undefined)
        query.whereIn(
          'id',
          db('contact_phones')
            .where({ e164: read(wish.phone) ?? '' })
            .select('contact_id')
        )
      if (wish.email !== undefined)
        query.whereIn('id', db('contact_emails').where({ email: wish.email }).select('contact_id'))
      if (wish.search !== undefined) whereSearched(query, wish.search)
    },
    read: (reader, rows) => contactItems(reader, rows),
    columns: ({ name, company, ownerId, note, tags }) =>
      Promise.resolve({
        ...(name !== undefined && { name }),
        ...(company !== undefined && { company }),
        ...(ownerId !== undefined && { owner_id: ownerId }),
        ...(note !== undefined && { note }),
        ...(tags !== undefined && { tags })
      }),
    async saved(trx, contactId, { phones, emails, custom }, { who }, before) {
      // As it was: whoever gives a contact away may do so.
      if (before) await refuseUnseen(trx, before, who)
      if (phones) await savePhones(trx, contactId, phones.map(read), phones)
      if (emails) await saveEmails(trx, contactId, emails)
      if (custom) await saveCustom(trx, 'contacts', contactId, custom)
    },
    async afterDelete(trx, row) {
      await trx('contact_merges').where({ winner_id: row['id'] }).delete()
      return () => Promise.resolve()
    }
  })
  return usual.map((each) =>
    each.route !== 'GET /api/contacts/:id'
      ? each
      : endpoint({
          route: 'GET /api/contacts/:id',
          summary: 'Get a contact; of one that went into another, that other',
          answer: contact,
          async handle({ id: asked, who }) {
            const living = await livingContact(db, asked)
            const [item] = await contactItems(db, [await seenContact(db, living ?? asked, who)])
            if (!item) throw new ApiError('not_found')
            return item
          }
        })
  )
}
