import { audit } from '../audit.ts'
import { seenContact } from '../contact-rows.ts'
import { jobOrdered } from '../contract/jobs.ts'
import { erasureBody } from '../contract/personal-data.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { erasureKind, personExportKind } from '../personal-data-jobs.ts'
import { ApiError } from '../problems.ts'

/** What a person may ask for: all that is kept of them, and that it be erased. */
export const personalDataRoutes = ({ db, jobs }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/contacts/:id/export',
    summary: 'Order an archive of everything that is kept of a person: JSON, a page to read, recordings',
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { id, who } = context
      if (!jobs) throw new ApiError('not_found')
      await seenContact(db, id, who)
      const me = await db('users').where({ id: who.userId }).first<{ locale: string } | undefined>('locale')
      return db.transaction(async (trx) => {
        const params = { contactId: id, locale: me?.locale === 'en' ? 'en' : 'ru' }
        const jobId = await jobs.order(trx, { kind: personExportKind, params, userId: who.userId })
        await audit(trx, context, { action: 'contact.export', entity: 'contact', entityId: id })
        return { jobId }
      })
    }
  }),
  endpoint({
    route: 'POST /api/contacts/:id/erase',
    summary:
      'Erase a person for good: numbers, mails and name are replaced everywhere by marks that lead nowhere; the journal and reports count as before',
    body: erasureBody,
    answer: jobOrdered,
    status: 202,
    async handle(context) {
      const { id, body, who } = context
      if (!jobs) throw new ApiError('not_found')
      const row = await seenContact(db, id, who)
      if (body.confirm.trim() !== String(row['name']).trim())
        throw new ApiError('invalid', {
          errors: [{ path: 'confirm', message: 'must be the name as it stands', code: 'invalid' }]
        })
      const { notes, messages, recordings } = body
      return db.transaction(async (trx) => {
        const params = { contactId: id, notes, messages, recordings }
        const jobId = await jobs.order(trx, { kind: erasureKind, params, userId: who.userId })
        // Without a word of whose it was.
        await audit(trx, context, {
          action: 'contact.erase',
          entity: 'contact',
          entityId: id,
          data: { notes, messages, recordings }
        })
        return { jobId }
      })
    }
  })
]
