import type { Knex } from 'knex'
import { z } from 'zod'
import { contact, contactCreate, contactPatch } from '../contract/config.ts'
import { id } from '../contract/common.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf, likePart, phoneDigits } from '../rows.ts'

/** Clients. A telephone number belongs to one contact only. */
export const contactRoutes = ({ db }: ApiDeps) =>
  crud(db, {
    things: 'contacts',
    thing: 'contact',
    item: contact,
    create: contactCreate,
    patch: contactPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: { ownerId: id.optional(), search: z.string().max(100).optional() },
    filter(query, { ownerId, search }) {
      if (typeof ownerId === 'string') query.where('owner_id', ownerId)
      if (typeof search === 'string') {
        query.where((either) => {
          either.whereILike('name', likePart(search)).orWhereILike('company', likePart(search))
          const digits = phoneDigits(search)
          if (digits === '') return
          either.orWhereIn(
            'id',
            db('contact_phones').whereLike('e164', likePart(digits)).select('contact_id')
          )
        })
      }
    },
    async read(reader, rows) {
      const phones = await reader('contact_phones')
        .whereIn(
          'contact_id',
          rows.map((row) => String(row['id']))
        )
        .orderBy('e164')
        .select<{ contact_id: string; e164: string }[]>('contact_id', 'e164')
      return rows.map((row) =>
        itemOf(contact, row, { phones: phones.filter((p) => p.contact_id === row['id']).map((p) => p.e164) })
      )
    },
    columns: ({ name, company, ownerId, note }) =>
      Promise.resolve({
        ...(name !== undefined && { name }),
        ...(company !== undefined && { company }),
        ...(ownerId !== undefined && { owner_id: ownerId }),
        ...(note !== undefined && { note })
      }),
    saved: (trx, contactId, { phones }) => (phones ? savePhones(trx, contactId, phones) : Promise.resolve())
  })

async function savePhones(trx: Knex.Transaction, contactId: string, phones: string[]): Promise<void> {
  await trx('contact_phones').where({ contact_id: contactId }).whereNotIn('e164', phones).delete()
  const kept = await trx('contact_phones').where({ contact_id: contactId }).select<{ e164: string }[]>('e164')
  const fresh = [...new Set(phones)].filter((phone) => !kept.some((row) => row.e164 === phone))
  if (fresh.length === 0) return
  await trx('contact_phones').insert(fresh.map((e164) => ({ e164, contact_id: contactId })))
}
