import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { seal, unseal } from '../../db/sealed.ts'
import { audit } from '../audit.ts'
import { companyZone } from '../company-zone.ts'
import * as contract from '../contract/webhooks.ts'
import { crud, findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

/** More at once would be a flood that nobody can look over; see `maxReplay` of the sender. */
const maxReplay = 5000

/** A secret as Standard Webhooks has it. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

const secretsOf = (row: Row): string[] => (Array.isArray(row['secrets']) ? row['secrets'].map(String) : [])
const sealed = (secret: string): string => seal(secret, 'webhooks.secrets')

const shown = (row: Row) => itemOf(contract.webhook, row, { hasToken: row['token'] !== '' })

/** A body as columns. Whatever a template is about are its events; switching on forgives failures. */
function columnsFor(body: Partial<z.infer<typeof contract.webhookCreate>>): Row {
  const { filter, template, ...rest } = body
  return {
    ...columnsOf(rest),
    ...(rest.token !== undefined && { token: seal(rest.token, 'webhooks.token') }),
    ...(filter !== undefined && { filter: filter && JSON.stringify(filter) }),
    ...(template !== undefined && { template: template && JSON.stringify(template) }),
    ...(template && { events: [...new Set(template.messages.map(({ event }) => event))] }),
    ...(body.isActive === true && { failing_since: null, disabled_reason: null })
  }
}

/** Where moments of calls are sent. The secret is shown when it is made, and never again. */
export const webhookRoutes = ({ db, webhooks, publicUrl }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'webhooks',
    thing: 'webhook',
    item: contract.webhook,
    create: contract.webhookCreate,
    created: contract.webhookWithSecret,
    patch: contract.webhookPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    read: (_db, rows) => Promise.resolve(rows.map(shown)),
    columns: (body) => Promise.resolve(columnsFor(body)),
    inserted: () => ({ secrets: [sealed(newSecret())] }),
    async saved(trx, id) {
      const row = shown(await findRow(trx, 'webhooks', id))
      const errors = contract.clashes(row)
      if (errors.length > 0) throw new ApiError('invalid', { errors })
    },
    // What happens after the answer is for it. If this fails, the database's own notice does the same a moment later.
    committed: () => webhooks.refresh().catch(() => undefined),
    extra: (row) => ({ secret: unseal(secretsOf(row)[0] ?? '', 'webhooks.secrets') ?? '' })
  }),
  endpoint({
    route: 'POST /api/webhooks/:id/rotate-secret',
    summary:
      'Make a new secret; the last one goes on signing beside it for the hours given, or until the next rotation',
    body: contract.webhookRotation,
    answer: contract.webhookWithSecret,
    isUnrepeatable: true,
    async handle(context) {
      const secret = newSecret()
      const row = await db.transaction(async (trx) => {
        const before = await trx('webhooks').where({ id: context.id }).forUpdate().first<Row | undefined>()
        if (!before) throw new ApiError('not_found')
        const { overlapHours } = context.body
        const secrets = [sealed(secret), ...(overlapHours === 0 ? [] : secretsOf(before).slice(0, 1))]
        const until = overlapHours ? new Date(Date.now() + overlapHours * 3_600_000) : null
        const [after] = (await trx('webhooks')
          .where({ id: context.id })
          .update({ secrets, old_secret_until: until, updated_at: trx.fn.now() })
          .returning('*')) as Row[]
        await audit(trx, context, { action: 'webhook.rotate', entity: 'webhook', entityId: context.id })
        return after ?? before
      })
      return { ...shown(row), secret }
    }
  }),
  endpoint({
    route: 'POST /api/webhooks/:id/test',
    summary: 'Send a test event, or one message of the template, to this webhook, and tell the answer',
    body: contract.webhookTest,
    answer: contract.webhookTestResult,
    status: 202,
    async handle({ id, body }) {
      const found = shown(await findRow(db, 'webhooks', id))
      if (body.message >= Math.max(1, found.template?.messages.length ?? 0))
        throw new ApiError('invalid', { errors: [{ path: 'message', message: 'does not exist' }] })
      const result = await webhooks.sendTest(id, body.message)
      if (result === null) throw new ApiError('not_found')
      return result
    }
  }),
  endpoint({
    route: 'GET /api/webhooks/:id/replay',
    summary: 'How many deliveries would be sent again',
    query: contract.webhookReplayQuery,
    answer: contract.webhookReplayCount,
    async handle({ id, query }) {
      await findRow(db, 'webhooks', id)
      return { count: await webhooks.countReplay(wishOf(id, query)), max: maxReplay }
    }
  }),
  endpoint({
    route: 'POST /api/webhooks/:id/replay',
    summary: 'Send many deliveries again, the oldest first, each under its own id; as many as were counted',
    body: contract.webhookReplay,
    answer: contract.webhookReplayed,
    async handle(context) {
      const { id, body } = context
      await findRow(db, 'webhooks', id)
      if (body.count > maxReplay) {
        const message = `at most ${maxReplay} at once: begin later`
        throw new ApiError('invalid', { errors: [{ path: 'count', message }] })
      }
      const count = await webhooks.replayMany(wishOf(id, body), body.count)
      const { state, since } = body
      await audit(db, context, {
        action: 'webhook.replay',
        entity: 'webhook',
        entityId: id,
        data: { state, since, count }
      })
      return { count }
    }
  }),
  endpoint({
    route: 'GET /api/webhook-samples',
    summary: 'The last payload of each event, to see what a template makes of it',
    answer: contract.webhookSamples,
    handle: async () => ({
      items: await webhooks.samples(),
      timeZone: await companyZone(db),
      publicUrl: publicUrl ?? null
    })
  })
]

const wishOf = (
  webhookId: string,
  { state, since }: { state: 'failed' | 'all'; since?: string | undefined }
) => ({
  webhookId,
  state,
  since: since === undefined ? null : new Date(since)
})
