import { z } from 'zod'
import { audit } from '../audit.ts'
import { contactSettingsKey } from '../contact-rows.ts'
import {
  contactSettings,
  contactTags,
  customField,
  customFieldCreate,
  customFieldPatch,
  customThings,
  type ContactSettings
} from '../contract/contacts.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf } from '../rows.ts'

/** How the company keeps its clients: fields of its own, tags in use, and what operators see. */
export function contactSettingsRoutes({ db }: ApiDeps): Endpoint[] {
  async function read(): Promise<ContactSettings> {
    const row = await db('settings')
      .where({ key: contactSettingsKey })
      .first<{ value: unknown } | undefined>('value')
    return contactSettings.catch({ operatorsSeeOwn: false }).parse(row?.value)
  }

  return [
    ...crud(db, {
      things: 'custom-fields',
      table: 'custom_fields',
      thing: 'custom field',
      item: customField,
      create: customFieldCreate,
      patch: customFieldPatch,
      sorts: { position: { column: 'position', type: 'int' }, name: { column: 'name', type: 'text' } },
      firstSort: 'position',
      filters: { things: z.enum(customThings).optional() },
      filter(query, { things }) {
        if (typeof things === 'string') query.where({ things })
      },
      read: (_, rows) => Promise.resolve(rows.map((row) => itemOf(customField, row))),
      async saved(trx, id) {
        const row = await trx('custom_fields').where({ id }).first<{ kind: string; choices: string[] }>()
        if (row.kind === 'choice' && row.choices.length === 0)
          throw new ApiError('invalid', { errors: [{ path: 'choices', message: 'is needed' }] })
      },
      // Values go with their field.
      async afterDelete(trx, row) {
        const id = String(row['id'])
        await trx(row['things'] === 'companies' ? 'companies' : 'contacts')
          .whereRaw('jsonb_exists(custom, ?)', [id])
          .update({ custom: trx.raw('custom - cast(? as text)', [id]) })
        return () => Promise.resolve()
      }
    }),
    endpoint({
      route: 'GET /api/contact-tags',
      summary: 'Tags that contacts have, the most used first',
      answer: contactTags,
      async handle() {
        const { rows } = await db.raw<{ rows: { name: string; contacts: number }[] }>(
          `select tag as name, count(*)::int as contacts from contacts, unnest(tags) as tag where tags <> '{}'
         group by tag order by count(*) desc, tag limit 200`
        )
        return { items: rows }
      }
    }),
    endpoint({
      route: 'GET /api/contact-settings',
      summary: 'Get what operators see of contacts',
      answer: contactSettings,
      handle: read
    }),
    endpoint({
      route: 'PUT /api/contact-settings',
      summary:
        'Set what operators see of contacts: all, or their own, nobody’s, and whom they have talked with',
      body: contactSettings,
      answer: contactSettings,
      async handle(context) {
        const { body } = context
        await db.transaction(async (trx) => {
          const before = await read()
          await trx('settings')
            .insert({ key: contactSettingsKey, value: JSON.stringify(body), updated_at: trx.fn.now() })
            .onConflict('key')
            .merge()
          await audit(trx, context, {
            action: 'contact_settings.change',
            entity: 'settings',
            entityId: contactSettingsKey,
            change: { before, after: body }
          })
        })
        return body
      }
    })
  ]
}
