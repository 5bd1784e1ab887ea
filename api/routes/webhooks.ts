import { randomBytes } from 'node:crypto'
import { audit } from '../audit.ts'
import { webhook, webhookCreate, webhookPatch, webhookWithSecret } from '../contract/config.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

/** A secret as Standard Webhooks has it. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

const secretsOf = (row: Row): string[] => (Array.isArray(row['secrets']) ? row['secrets'].map(String) : [])

/** Where moments of calls are sent. The secret is shown when it is made, and never again. */
export const webhookRoutes = ({ db, webhooks }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'webhooks',
    thing: 'webhook',
    item: webhook,
    create: webhookCreate,
    created: webhookWithSecret,
    patch: webhookPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(webhook, row))),
    columns: (body) => Promise.resolve(columnsOf(body)),
    inserted: () => ({ secrets: [newSecret()] }),
    async saved(trx, id, body, _context, before) {
      // Switched on again by a person: its failures are forgiven.
      if (before !== null && body.isActive === true) {
        await trx('webhooks').where({ id }).update({ failing_since: null, disabled_reason: null })
      }
    },
    // What happens after the answer is for it. If this fails, the database's own notice does the same a moment later.
    committed: () => webhooks.refresh().catch(() => undefined),
    extra: (row) => ({ secret: secretsOf(row)[0] ?? '' })
  }),
  endpoint({
    route: 'POST /api/webhooks/:id/rotate-secret',
    summary: 'Make a new secret; the last one goes on signing beside it until the next rotation',
    answer: webhookWithSecret,
    isUnrepeatable: true,
    async handle(context) {
      const secret = newSecret()
      const row = await db.transaction(async (trx) => {
        const before = await trx('webhooks').where({ id: context.id }).forUpdate().first<Row | undefined>()
        if (!before) throw new ApiError('not_found')
        const secrets = [secret, ...secretsOf(before).slice(0, 1)]
        const [after] = (await trx('webhooks')
          .where({ id: context.id })
          .update({ secrets, updated_at: trx.fn.now() })
          .returning('*')) as Row[]
        await audit(trx, context, { action: 'webhook.rotate', entity: 'webhook', entityId: context.id })
        return after ?? before
      })
      return { ...itemOf(webhook, row), secret }
    }
  }),
  endpoint({
    route: 'POST /api/webhooks/:id/test',
    summary: 'Send a test event to this webhook; see its deliveries',
    status: 202,
    async handle({ id }) {
      await findRow(db, 'webhooks', id)
      await webhooks.sendTest(id)
    }
  })
]
