import type { Knex } from 'knex'
import { fill, unknownNames, type TemplateValues } from '../../crm/messages/template.ts'
import {
  filledQuery,
  filledTemplate,
  messageTemplate,
  messageTemplateCreate,
  messageTemplatePatch
} from '../contract/messages.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf } from '../rows.ts'
import { seenConversation } from './message-rows.ts'

/** Texts that are said often, with `{{variables}}`. */
export const messageTemplateRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'message-templates',
    table: 'message_templates',
    thing: 'message template',
    item: messageTemplate,
    create: messageTemplateCreate,
    patch: messageTemplatePatch,
    sorts: { name: { column: 'name', type: 'text' } },
    firstSort: 'name',
    columns(body) {
      for (const path of ['subject', 'text'] as const) {
        const [unknown] = unknownNames(body[path] ?? '')
        if (unknown !== undefined)
          throw new ApiError('invalid', {
            errors: [{ path, message: `names {{${unknown}}}, which means nothing` }]
          })
      }
      return Promise.resolve(columnsOf(body))
    },
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(messageTemplate, row)))
  }),
  endpoint({
    route: 'GET /api/message-templates/:id/filled',
    summary: 'A template with what is known of a client',
    query: filledQuery,
    answer: filledTemplate,
    async handle({ id, query, who }) {
      const row = await findRow(db, 'message_templates', id)
      const talk =
        query.conversationId === undefined ? null : await seenConversation(db, query.conversationId, who)
      const contactId = query.contactId ?? (talk?.['contact_id'] as string | null | undefined) ?? null
      const values: TemplateValues = {
        name: (talk?.['peer_name'] as string | null | undefined) ?? null,
        email: talk?.['kind'] === 'mail' ? String(talk['peer']) : null,
        ...(await known(db, contactId, (talk?.['deal_id'] as string | null | undefined) ?? null)),
        operator: await nameOf(db, 'users', who.userId)
      }
      return { subject: fill(String(row['subject']), values), text: fill(String(row['text']), values) }
    }
  })
]

const nameOf = async (db: Knex, table: string, id: string): Promise<string | null> =>
  (await db(table).where({ id }).first<{ name: string } | undefined>('name'))?.name ?? null

async function known(db: Knex, contactId: string | null, dealId: string | null): Promise<TemplateValues> {
  const deal =
    dealId === null
      ? undefined
      : await db('deals').where({ id: dealId }).first<{ title: string } | undefined>('title')
  if (contactId === null) return deal ? { deal: deal.title } : {}
  const [contact, phone, email] = await Promise.all([
    db('contacts')
      .where({ id: contactId })
      .first<{ name: string; company: string | null } | undefined>('name', 'company'),
    db('contact_phones')
      .where({ contact_id: contactId })
      .orderBy('e164')
      .first<{ e164: string } | undefined>('e164'),
    db('contact_emails')
      .where({ contact_id: contactId })
      .orderBy('email')
      .first<{ email: string } | undefined>('email')
  ])
  return {
    ...(deal && { deal: deal.title }),
    // Whoever is known by the number alone has no name to be called by.
    ...(contact && { name: contact.name.startsWith('+') ? '' : contact.name, company: contact.company }),
    ...(phone && { phone: phone.e164 }),
    ...(email && { email: email.email })
  }
}
