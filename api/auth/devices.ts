import type { Knex } from 'knex'
import { randomToken, tokenHash } from './secrets.ts'

/** Browsers from which nobody has signed in for so long are strangers again. */
export const rememberedDays = 180
/** Of one person; the eldest goes. */
const mostDevices = 20

const tokenForm = /^[\w-]{43}$/

/** Whether this person has signed in from this browser before. */
export async function isKnownDevice(db: Knex, token: string | undefined, userId: string): Promise<boolean> {
  if (token === undefined || !tokenForm.test(token)) return false
  const row: unknown = await db('known_devices')
    .where({ token_hash: tokenHash(token), user_id: userId })
    .whereRaw('last_used_at > now() - make_interval(days => ?)', [rememberedDays])
    .first('user_id')
  return row !== undefined
}

/**
 * Remembers a browser after a sign-in from it. It opens nothing: it only has attempts of its own, so that a stranger who
 * guesses at the same login never keeps its owner out.
 * @param token that the browser has already, of whomever
 * @returns the token that it shall keep
 */
export async function rememberDevice(db: Knex, token: string | undefined, userId: string): Promise<string> {
  // One that we never gave, as another site might plant it, is not taken over.
  const isOurs =
    token !== undefined &&
    tokenForm.test(token) &&
    (await db('known_devices')
      .where({ token_hash: tokenHash(token) })
      .first('user_id')) !== undefined
  const kept = isOurs ? token : randomToken()
  await db('known_devices')
    .insert({ token_hash: tokenHash(kept), user_id: userId })
    .onConflict(['token_hash', 'user_id'])
    .merge({ last_used_at: db.fn.now() })
  await db('known_devices')
    .where({ user_id: userId })
    .whereNotIn(
      'token_hash',
      db('known_devices')
        .where({ user_id: userId })
        .orderBy('last_used_at', 'desc')
        .limit(mostDevices)
        .select('token_hash')
    )
    .delete()
  return kept
}

/** After a password was stolen, the thief's browser shall not be a known one. */
export async function forgetDevices(db: Knex, userId: string): Promise<void> {
  await db('known_devices').where({ user_id: userId }).delete()
}
