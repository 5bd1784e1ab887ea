import type { Knex } from 'knex'
import { unseal } from '../../db/sealed.ts'
import { tokenHash } from './secrets.ts'
import { newRecoveryCodes, plainRecoveryCode, stepOfCode } from './totp.ts'

interface FactorRow {
  totp_secret: string | null
  totp_at: Date | null
  totp_step: number | null
}

/** Whether somebody must show a second factor to sign in. */
export async function hasSecondFactor(db: Knex, userId: string): Promise<boolean> {
  const row = await db('users').where({ id: userId }).first<FactorRow | undefined>('totp_at')
  return row?.totp_at !== null && row?.totp_at !== undefined
}

/**
 * Takes a code of the app, or one of the recovery codes; each of either only once.
 * @param isSetUp also while the factor is only being set up
 */
export async function takeCode(
  db: Knex,
  userId: string,
  code: string,
  isSetUp = false
): Promise<'app' | 'recovery' | null> {
  const row = await db('users')
    .where({ id: userId })
    .first<FactorRow | undefined>('totp_secret', 'totp_at', 'totp_step')
  if (!row?.totp_secret || (row.totp_at === null && !isSetUp)) return null
  const secret = unseal(row.totp_secret, 'users.totp_secret')
  const step = secret === null ? null : stepOfCode(secret, code, Date.now(), row.totp_step)
  if (step !== null) {
    // Of two who use the same code at once, one is late.
    const taken = await db('users')
      .where({ id: userId })
      .whereRaw('(totp_step is null or totp_step < ?)', [step])
      .update({ totp_step: step })
    return taken > 0 ? 'app' : null
  }
  const plain = plainRecoveryCode(code)
  if (plain.length !== 16) return null
  const used = await db('recovery_codes')
    .where({ user_id: userId, code_hash: tokenHash(plain), used_at: null })
    .update({ used_at: db.fn.now() })
  return used > 0 ? 'recovery' : null
}

/** Makes new recovery codes; the old ones end. @returns them, shown only now */
export async function renewRecoveryCodes(trx: Knex, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes()
  await trx('recovery_codes').where({ user_id: userId }).delete()
  await trx('recovery_codes').insert(
    codes.map((code) => ({ user_id: userId, code_hash: tokenHash(plainRecoveryCode(code)) }))
  )
  return codes
}

/** False when there was none. */
export async function removeSecondFactor(trx: Knex, userId: string): Promise<boolean> {
  await trx('recovery_codes').where({ user_id: userId }).delete()
  const gone = await trx('users')
    .where({ id: userId })
    .whereNotNull('totp_secret')
    .update({ totp_secret: null, totp_at: null, totp_step: null })
  return gone > 0
}
