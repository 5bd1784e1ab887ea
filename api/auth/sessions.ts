import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import type { Knex } from 'knex'
import type { Role } from '../contract/common.ts'
import type { Scope } from '../contract/settings-words.ts'
import type { ApiDeps } from '../deps.ts'
import { isDatabaseAway } from '../errors.ts'
import { isHttpsOutside } from '../outside.ts'
import { ApiError } from '../problems.ts'
import { forgetDevices } from './devices.ts'
import { randomToken, tokenHash } from './secrets.ts'

/** Unused for this long, a session ends; and at the latest after `longestMs`. */
export const idleMs = 12 * 3_600_000
export const longestMs = 7 * 24 * 3_600_000
/** What was under way with the old name of a session may still arrive with it. */
const renewedMs = 10_000
const touchEveryMs = 60_000

/** Who makes a request. */
export interface Who {
  userId: string
  role: Role
  via: 'session' | 'token'
  /** Hash of the session or token itself; what a sign-out ends. */
  key: string
  /** Of a token: what it is limited to within its role; null: nothing. Always null for people. */
  scopes: readonly string[] | null
  /** Of the session; null with a token, which no other site can make a browser send. */
  csrfToken: string | null
  /** When the password was last shown in this session; null: too long ago to tell, or no person. */
  verifiedAtMs: number | null
}

interface SessionRow {
  user_id: string
  role: Role
  csrf_token: string
  last_seen_at: Date
  verified_at: Date | null
}

/**
 * The name under which browsers keep the session. By https it begins so that browsers take it from this host alone, by
 * https alone: no neighbour under the same domain can put a session of theirs in its place.
 */
export function cookieNameOf(
  deps: Pick<ApiDeps, 'cookieName' | 'outside'> & { publicUrl?: string | undefined }
): string {
  return `${isHttpsOutside(deps) ? '__Host-' : ''}${deps.cookieName ?? 'ringtrace'}`
}

/** Session cookie and bearer token of a request, whichever it carries. */
export function credentialsOf(
  req: Pick<IncomingMessage, 'headers'>,
  cookieName: string
): { bearer: string | null; cookie: string | null } {
  const [scheme, token] = (req.headers.authorization ?? '').split(' ')
  return {
    bearer: scheme?.toLowerCase() === 'bearer' && token ? token : null,
    cookie: parseCookie(req.headers.cookie ?? '')[cookieName] ?? null
  }
}

/** @returns the token for the cookie and its CSRF token, both shown only now */
export async function openSession(
  db: Knex,
  userId: string,
  from: { ip: string | undefined; userAgent: string | undefined }
): Promise<{ token: string; csrfToken: string; maxAgeMs: number }> {
  const token = randomToken()
  const csrfToken = randomToken()
  await db('sessions')
    .where('expires_at', '<', new Date())
    .orWhere('last_seen_at', '<', new Date(Date.now() - idleMs))
    .delete()
  await db('sessions').insert({
    token_hash: tokenHash(token),
    user_id: userId,
    csrf_token: csrfToken,
    expires_at: new Date(Date.now() + longestMs),
    ip: from.ip ?? null,
    user_agent: from.userAgent?.slice(0, 300) ?? null
  })
  return { token, csrfToken, maxAgeMs: longestMs }
}

/**
 * Gives a session a new name, after its password was shown again: whoever knows the old one holds nothing. All else of it
 * stays, its end among it.
 * @returns the token for the cookie
 */
export async function renewSession(db: Knex, key: string): Promise<{ token: string; maxAgeMs: number }> {
  const token = randomToken()
  const endsAt = await db.transaction(async (trx) => {
    const old = await trx('sessions').where({ token_hash: key }).forUpdate().first<Renewed | undefined>()
    if (!old) throw new ApiError('not_signed_in')
    const { id: _id, ...kept } = old
    await trx('sessions').insert({
      ...kept,
      token_hash: tokenHash(token),
      verified_at: trx.fn.now(),
      last_seen_at: trx.fn.now()
    })
    await trx('sessions')
      .where({ token_hash: key })
      .update({ expires_at: new Date(Math.min(Date.now() + renewedMs, old.expires_at.getTime())) })
    return old.expires_at
  })
  return { token, maxAgeMs: Math.max(0, endsAt.getTime() - Date.now()) }
}
interface Renewed {
  id: string
  expires_at: Date
}

/** Who holds this session cookie; null when nobody does (any more). */
export async function bySession(db: Knex, token: string): Promise<Who | null> {
  const key = tokenHash(token)
  const row = await db('sessions as s')
    .join('users as u', 'u.id', 's.user_id')
    .where({ 's.token_hash': key, 'u.is_active': true })
    .where('s.expires_at', '>', new Date())
    .where('s.last_seen_at', '>', new Date(Date.now() - idleMs))
    .first<SessionRow | undefined>('s.user_id', 'u.role', 's.csrf_token', 's.last_seen_at', 's.verified_at')
  if (!row) return null
  if (Date.now() - row.last_seen_at.getTime() > touchEveryMs) {
    await db('sessions').where({ token_hash: key }).update({ last_seen_at: new Date() })
  }
  const { user_id: userId, role, csrf_token: csrfToken } = row
  const verifiedAtMs = row.verified_at?.getTime() ?? null
  return { userId, role, via: 'session', key, scopes: null, csrfToken, verifiedAtMs }
}

/** Who holds this API token; null when nobody does, or it has expired. */
export async function byToken(db: Knex, token: string): Promise<Who | null> {
  const key = tokenHash(token)
  const row = await db('api_tokens as t')
    .join('users as u', 'u.id', 't.user_id')
    .where({ 't.token_hash': key, 'u.is_active': true })
    .whereRaw('(t.expires_at is null or t.expires_at > now())')
    .first<{ user_id: string; role: Role; last_used_at: Date | null; scopes: string[] | null } | undefined>(
      't.user_id',
      'u.role',
      't.last_used_at',
      't.scopes'
    )
  if (!row) return null
  if (Date.now() - (row.last_used_at?.getTime() ?? 0) > touchEveryMs) {
    await db('api_tokens').where({ token_hash: key }).update({ last_used_at: new Date() })
  }
  const { user_id: userId, role, scopes } = row
  return { userId, role, via: 'token', key, scopes, csrfToken: null, verifiedAtMs: null }
}

/** Signs a user out everywhere, but for `exceptKey`, and knows none of their browsers any more. */
export async function endSessions(db: Knex, userId: string, exceptKey?: string): Promise<void> {
  const query = db('sessions').where({ user_id: userId })
  await forgetDevices(db, userId)
  if (exceptKey !== undefined) query.whereNot({ token_hash: exceptKey })
  await query.delete()
}

/** Which of these sessions and tokens still stand, with the role they have now. */
export async function stillSignedIn(db: Knex, keys: readonly string[]): Promise<Map<string, Role>> {
  const live = (table: string) =>
    db(`${table} as t`)
      .join('users as u', 'u.id', 't.user_id')
      .whereIn('t.token_hash', [...keys])
      .where('u.is_active', true)
      .select<{ token_hash: string; role: Role }[]>('t.token_hash', 'u.role')
  const rows = [
    ...(await live('sessions')
      .where('t.expires_at', '>', new Date())
      .where('t.last_seen_at', '>', new Date(Date.now() - idleMs))),
    ...(await live('api_tokens').whereRaw('(t.expires_at is null or t.expires_at > now())'))
  ]
  return new Map(rows.map((row) => [row.token_hash, row.role]))
}

/**
 * Finds who is at the other end of a long-lived connection (live feed, softphone). While the database is away,
 * those seen within the last hours are still known: telephones must be able to come back without it.
 * @param scope what a token with scopes needs for this connection; without it, it is nobody here
 */
export function createDoorkeeper(db: Knex, cookieName: string, scope: Scope) {
  const seen = new Map<string, { who: Who; untilMs: number }>()
  return async (req: Pick<IncomingMessage, 'headers'>, extraToken?: string): Promise<Who | null> => {
    const { bearer, cookie } = credentialsOf(req, cookieName)
    const token = extraToken ?? bearer
    const credential = token ?? cookie
    if (credential === null) return null
    const key = tokenHash(credential)
    try {
      const found = token === null ? await bySession(db, credential) : await byToken(db, credential)
      const who = found?.scopes?.includes(scope) === false ? null : found
      if (who) seen.set(key, { who, untilMs: Date.now() + idleMs })
      else seen.delete(key)
      if (seen.size > 5_000) forgetOld(seen)
      return who
    } catch (error) {
      const known = seen.get(key)
      if (!isDatabaseAway(error) || !known || known.untilMs < Date.now()) throw error
      return known.who
    }
  }
}

function forgetOld(seen: Map<string, { untilMs: number }>): void {
  for (const [key, { untilMs }] of seen) if (untilMs < Date.now()) seen.delete(key)
}
