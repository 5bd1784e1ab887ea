import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import { sessionList, type Session } from '../contract/sign-in.ts'
import { idleMs } from '../auth/sessions.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

/** Where people are signed in, and ending that. */
export const sessionRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/me/sessions',
    summary: 'Where the signed-in person is signed in',
    answer: sessionList,
    handle: async (context) => ({ items: await sessionsOf(db, context.who.userId, context) })
  }),
  endpoint({
    route: 'DELETE /api/me/sessions',
    summary: 'Sign out everywhere but here',
    async handle(context) {
      const { who } = context
      await db.transaction(async (trx) => {
        const ended = await trx('sessions')
          .where({ user_id: who.userId })
          .whereNot({ token_hash: who.key })
          .delete()
        await audit(trx, context, {
          action: 'session.revoke',
          entity: 'user',
          entityId: who.userId,
          data: { ended }
        })
      })
    }
  }),
  endpoint({
    route: 'GET /api/users/:id/sessions',
    summary: 'Where a person is signed in',
    answer: sessionList,
    async handle(context) {
      await findRow(db, 'users', context.id)
      return { items: await sessionsOf(db, context.id, context) }
    }
  }),
  endpoint({
    route: 'DELETE /api/sessions/:id',
    summary: 'Sign somebody out of one place: oneself, or for admins anybody',
    async handle(context) {
      const { who, id } = context
      await db.transaction(async (trx) => {
        const query = trx('sessions').where({ id })
        if (who.role !== 'admin') query.where({ user_id: who.userId })
        const [gone] = await query.delete().returning<{ user_id: string }[]>('user_id')
        if (!gone) throw new ApiError('not_found')
        await audit(trx, context, { action: 'session.revoke', entity: 'user', entityId: gone.user_id })
      })
    }
  })
]

async function sessionsOf(db: Knex, userId: string, { who }: Pick<Context, 'who'>): Promise<Session[]> {
  const rows = (await db('sessions')
    .where({ user_id: userId })
    .where('expires_at', '>', new Date())
    .where('last_seen_at', '>', new Date(Date.now() - idleMs))
    .orderBy('last_seen_at', 'desc')
    .limit(100)) as Row[]
  return rows.map((row) => ({
    id: String(row['id']),
    createdAt: (row['created_at'] as Date).toISOString(),
    lastSeenAt: (row['last_seen_at'] as Date).toISOString(),
    ip: row['ip'] as string | null,
    userAgent: row['user_agent'] as string | null,
    isCurrent: row['token_hash'] === who.key
  }))
}
