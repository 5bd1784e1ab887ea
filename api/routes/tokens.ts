import { audit } from '../audit.ts'
import { randomToken, tokenHash } from '../auth/secrets.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { apiToken, apiTokenCreate, apiTokenWithSecret } from '../contract/access.ts'
import { page } from '../contract/common.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const sorts: Sorts = {
  name: { column: 'name', type: 'text' },
  createdAt: { column: 'created_at', type: 'time' }
}

/** Keys for machines. Only a hash is kept. */
export const tokenRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/tokens',
    summary: 'List API tokens, without the tokens themselves',
    query: listQuery(sorts, '-createdAt', {}),
    answer: page(apiToken),
    async handle({ query }) {
      const { rows, nextCursor } = await listPage(db, db('api_tokens').select('*'), query, sorts)
      return { items: rows.map((row) => itemOf(apiToken, row)), nextCursor }
    }
  }),
  endpoint({
    route: 'POST /api/tokens',
    summary: 'Create an API token; it is shown in this answer only',
    body: apiTokenCreate,
    answer: apiTokenWithSecret,
    status: 201,
    isUnrepeatable: true,
    async handle(context) {
      const { body, who } = context
      if (body.expiresAt !== null && Date.parse(body.expiresAt) <= Date.now()) {
        throw new ApiError('invalid', { errors: [{ path: 'expiresAt', message: 'must lie in the future' }] })
      }
      const token = `rt_${randomToken()}`
      const row = await db.transaction(async (trx) => {
        const [made] = (await trx('api_tokens')
          .insert({
            name: body.name,
            user_id: body.userId ?? who.userId,
            token_hash: tokenHash(token),
            scopes: body.scopes,
            expires_at: body.expiresAt,
            created_by: who.userId
          })
          .returning('*')) as Row[]
        if (!made) throw new Error('No row came back from api_tokens')
        const { name, scopes, expiresAt, userId } = itemOf(apiToken, made)
        await audit(trx, context, {
          action: 'token.create',
          entity: 'token',
          entityId: String(made['id']),
          data: { name },
          change: { before: null, after: { scopes, expiresAt, userId } }
        })
        return made
      })
      return { ...itemOf(apiToken, row), token }
    }
  }),
  endpoint({
    route: 'DELETE /api/tokens/:id',
    summary: 'Revoke an API token',
    async handle(context) {
      await db.transaction(async (trx) => {
        const [gone] = await trx('api_tokens').where({ id: context.id }).delete().returning<Row[]>('name')
        if (!gone) throw new ApiError('not_found')
        await audit(trx, context, {
          action: 'token.delete',
          entity: 'token',
          entityId: context.id,
          data: { name: gone['name'] }
        })
      })
    }
  })
]
