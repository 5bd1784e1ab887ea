import type { Knex } from 'knex'
import { z } from 'zod'
import { contact, contactCreate, contactPatch } from '../contract/config.ts'
import { id } from '../contract/common.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../problems.ts'
import { itemOf, likePart, phoneDigits } from '../rows.ts'

/** Clients. A telephone number belongs to one contact only. */
export const contactRoutes = ({ db, dialling }: ApiDeps) => {
  /** A number as people write it, in E.164; null when it is no number of anybody outside. */
  const read = (typed: string): string | null => {
    const { number } = dialling.policy.explain({ number: typed, byUserId: null })
    return number?.startsWith('+') ? number : null
  }

  return crud(db, {
    things: 'contacts',
    thing: 'contact',
    item: contact,
    create: contactCreate,
    patch: contactPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: {
      ownerId: id.optional(),
      /** Whose number it is. */
      phone: z.string().max(60).optional(),
      search: z.string().max(100).optional()
    },
    filter(query, { ownerId, phone, search }) {
      if (typeof ownerId === 'string') query.where('owner_id', ownerId)
      if (typeof phone === 'string')
        query.whereIn(
          'id',
          db('contact_phones')
            .where({ e164: read(phone) ?? '' })
            .select('contact_id')
        )
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
    async saved(trx, contactId, { phones }) {
      if (phones) await savePhones(trx, contactId, phones.map(read), phones)
    }
  })
}

/** @param typed what was written, to name the one that is at fault */
async function savePhones(
  trx: Knex.Transaction,
  contactId: string,
  phones: readonly (string | null)[],
  typed: readonly string[]
): Promise<void> {
  const wrong = phones.flatMap((phone, index) =>
    phone === null ? [{ path: `phones.${index}`, message: 'is not a telephone number' }] : []
  )
  if (wrong.length > 0) throw new ApiError('invalid', { errors: wrong })
  const wanted = [...new Set(phones.filter((phone) => phone !== null))]
  await trx('contact_phones').where({ contact_id: contactId }).whereNotIn('e164', wanted).delete()
  const known = await trx('contact_phones as p')
    .join('contacts as c', 'c.id', 'p.contact_id')
    .whereIn('p.e164', wanted)
    .select<{ e164: string; id: string; name: string }[]>('p.e164', 'c.id', 'c.name')
  const taken = known.find((row) => row.id !== contactId)
  if (taken) {
    const index = phones.indexOf(taken.e164)
    throw new ApiError('already_exists', {
      detail: `${typed[index] ?? taken.e164}: ${taken.name}`,
      errors: [{ path: `phones.${index}`, message: 'exists already' }]
    })
  }
  const fresh = wanted.filter((phone) => !known.some((row) => row.e164 === phone))
  if (fresh.length === 0) return
  await trx('contact_phones').insert(fresh.map((e164) => ({ e164, contact_id: contactId })))
}
