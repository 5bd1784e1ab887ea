import type { Knex } from 'knex'
import type { Request } from 'express'
import { hashPassword } from '../../db/passwords.ts'
import { audit, auditAs } from '../audit.ts'
import { acceptPasswordHere } from '../auth/password-rules.ts'
import { randomToken, tokenHash } from '../auth/secrets.ts'
import { endSessions } from '../auth/sessions.ts'
import { SharedThrottle } from '../auth/shared-throttle.ts'
import { accessLink, accessLinkCreate, linkLook, linkSeen, linkUse } from '../contract/sign-in.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { letterWithLink } from '../link-letter.ts'
import { isOwnRequest } from '../origin.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

const hours = { invitation: 7 * 24, reset: 24 } as const

interface LinkRow {
  id: string
  user_id: string
  kind: 'invitation' | 'reset'
  expires_at: Date
  login: string
  name: string
}

/** Links by which people set their own password: an invitation, or a new one for who has forgotten it. */
export function accessLinkRoutes({ db, mail, publicUrl }: ApiDeps): Endpoint[] {
  const throttle = new SharedThrottle(db, 'links')

  /** Behind `#`: no log and no other site gets to see it. */
  const urlOf = (req: Request, token: string): string =>
    `${(publicUrl ?? `${req.protocol}://${req.get('Host') ?? ''}`).replace(/\/$/, '')}/welcome#${token}`

  async function find(reader: Knex, token: string, req: Request): Promise<LinkRow> {
    if (!isOwnRequest(req)) throw new ApiError('wrong_origin')
    const address = req.ip ?? ''
    await throttle.begin('link', address)
    const row = await reader('access_links as l')
      .join('users as u', 'u.id', 'l.user_id')
      .where({ 'l.token_hash': tokenHash(token), 'l.used_at': null, 'u.is_active': true })
      .where('l.expires_at', '>', new Date())
      .first<LinkRow | undefined>('l.id', 'l.user_id', 'l.kind', 'l.expires_at', 'u.login', 'u.name')
    if (!row) throw new ApiError('link_ended')
    await throttle.succeeded('link', address)
    return row
  }

  return [
    endpoint({
      route: 'POST /api/users/:id/links',
      summary: 'Make a link by which somebody sets a password; earlier ones end, and it is shown only now',
      body: accessLinkCreate,
      answer: accessLink,
      status: 201,
      isUnrepeatable: true,
      async handle(context) {
        const { id, body, req, who } = context
        const user = await findRow(db, 'users', id)
        if (user['is_active'] !== true) throw new ApiError('user_inactive')
        const kind: 'invitation' | 'reset' = user['password_hash'] === null ? 'invitation' : 'reset'
        const token = randomToken()
        const expiresAt = new Date(Date.now() + hours[kind] * 3_600_000)
        await db.transaction(async (trx) => {
          await trx('access_links').where({ user_id: id, used_at: null }).delete()
          await trx('access_links').insert({
            user_id: id,
            kind,
            token_hash: tokenHash(token),
            expires_at: expiresAt,
            created_by: who.userId
          })
          await audit(trx, context, {
            action: 'link.create',
            entity: 'user',
            entityId: id,
            data: { name: user['name'], kind, isMailed: body.email !== undefined }
          })
        })
        const url = urlOf(req, token)
        const letter = { name: String(user['name']), login: String(user['login']), url, kind, expiresAt }
        const locale = user['locale'] === 'en' ? 'en' : 'ru'
        const sent =
          body.email === undefined || !mail?.send
            ? null
            : await mail.send({ to: [body.email], locale, ...letterWithLink(letter, locale) })
        return {
          kind,
          url,
          expiresAt: expiresAt.toISOString(),
          mail: sent && { ok: sent.ok, message: sent.ok ? null : sent.message }
        }
      }
    }),
    endpoint({
      route: 'POST /api/auth/links/look',
      summary: 'Whose link it is, before it is used',
      body: linkLook,
      answer: linkSeen,
      async handle({ req, body }) {
        const { kind, login, name, expires_at } = await find(db, body.token, req)
        return { kind, login, name, expiresAt: expires_at.toISOString() }
      }
    }),
    endpoint({
      route: 'POST /api/auth/links/use',
      summary: 'Set the password by a link; it ends, and so do all sessions',
      body: linkUse,
      async handle({ req, body }) {
        const { login, name } = await find(db, body.token, req)
        await acceptPasswordHere(db, body.password, { login, name })
        const hash = await hashPassword(body.password)
        await db.transaction(async (trx) => {
          const [link] = await trx('access_links')
            .where({ token_hash: tokenHash(body.token), used_at: null })
            .update({ used_at: trx.fn.now() })
            .returning<Row[]>(['user_id', 'kind'])
          if (!link) throw new ApiError('link_ended')
          const userId = String(link['user_id'])
          await trx('users').where({ id: userId }).update({ password_hash: hash })
          await endSessions(trx, userId)
          await auditAs(trx, userId, req.ip, {
            action: 'link.use',
            entity: 'user',
            entityId: userId,
            data: { kind: link['kind'] }
          })
        })
      }
    })
  ]
}
