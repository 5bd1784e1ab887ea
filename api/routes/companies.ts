import type { Knex } from 'knex'
import { company, companyCreate, companyPatch, type Company } from '../contract/contacts.ts'
import { id } from '../contract/common.ts'
import { onlySeenCompanies, onlySeenContacts, saveCustom, seenCompany } from '../contact-rows.ts'
import { keepCompany } from '../deleted.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, likePart, phoneDigits, type Row } from '../rows.ts'

/** Companies of clients. A contact that is written with the name of one belongs to it. */
export const companyRoutes = ({ db, dialling }: Pick<ApiDeps, 'db' | 'dialling'>): Endpoint[] => {
  /** @throws ApiError invalid, naming the one that is no number */
  function read(typed: readonly string[]): string[] {
    const numbers = typed.map((each) => dialling.policy.explain({ number: each, byUserId: null }).number)
    const errors = numbers.flatMap((number, index) =>
      number?.startsWith('+') ? [] : [{ path: `phones.${index}`, message: 'is not a telephone number' }]
    )
    if (errors.length > 0) throw new ApiError('invalid', { errors })
    return [...new Set(numbers.filter((number) => number !== null))].toSorted()
  }

  async function items(
    reader: Knex,
    rows: readonly Row[],
    { who }: Pick<Context, 'who'>
  ): Promise<Company[]> {
    const ids = rows.map((row) => String(row['id']))
    const seen = reader('contacts').whereIn('company_id', ids)
    onlySeenContacts(seen, who)
    const counts = await seen
      .groupBy('company_id')
      .select<{ company_id: string; n: string }[]>('company_id')
      .count('* as n')
    const values = await reader('companies')
      .whereIn('id', ids)
      .select<Pick<Company, 'id' | 'custom'>[]>('id', 'custom')
    return rows.map((row) =>
      itemOf(company, row, {
        contacts: Number(counts.find(({ company_id }) => company_id === row['id'])?.n ?? 0),
        custom: values.find((each) => each.id === row['id'])?.custom ?? {}
      })
    )
  }

  const usual = crud(db, {
    things: 'companies',
    thing: 'company',
    item: company,
    create: companyCreate,
    patch: companyPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    filters: {
      ownerId: id.optional(),
      tag: company.shape.name.optional(),
      search: company.shape.name.optional()
    },
    filter(query, { ownerId, tag, search }, { who }) {
      onlySeenCompanies(query, who)
      if (typeof ownerId === 'string') query.where('owner_id', ownerId)
      if (typeof tag === 'string') query.whereRaw('tags @> array[?]::text[]', [tag])
      if (typeof search === 'string' && search.trim() !== '') {
        const typed = search.trim()
        const digits = phoneDigits(typed)
        query.where((either) => {
          either.whereILike('name', likePart(typed)).orWhereILike('tax_number', likePart(typed))
          either.orWhereRaw('array_to_string(emails, chr(32)) ilike ?', [likePart(typed)])
          if (digits !== '') either.orWhereRaw('array_to_string(phones, chr(32)) like ?', [likePart(digits)])
        })
      }
    },
    read: items,
    columns: ({ phones, custom: _, ...rest }) =>
      Promise.resolve({ ...columnsOf(rest), ...(phones && { phones: read(phones) }) }),
    async saved(trx, companyId, { custom }, { who }, before) {
      // As it was: whoever gives a company away may do so.
      if (before) await seenCompany(trx, companyId, who, before)
      if (custom) await saveCustom(trx, 'companies', companyId, custom)
    },
    async afterDelete(trx, row, { who }) {
      await keepCompany(trx, String(row['id']), who.userId)
      return () => Promise.resolve()
    }
  })
  return usual.map((each) =>
    each.route !== 'GET /api/companies/:id'
      ? each
      : endpoint({
          route: 'GET /api/companies/:id',
          summary: 'Get a company',
          answer: company,
          async handle(context) {
            const [item] = await items(db, [await seenCompany(db, context.id, context.who)], context)
            if (!item) throw new ApiError('not_found')
            return item
          }
        })
  )
}
