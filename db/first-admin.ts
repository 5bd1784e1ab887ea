import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { hashPassword, passwordFits } from './passwords.ts'

/** Where the first password lies until somebody has signed in with it. */
export interface FirstPassword {
  /** Null: there is none. */
  read(): Promise<string | null>
  write(password: string): Promise<void>
}

/**
 * Makes the first account when nobody can administer.
 * @returns its password as long as nobody has signed in: a start that failed after it was made has told it to nobody
 */
export async function ensureAdmin(
  db: Knex,
  adminPassword: string | undefined,
  kept: FirstPassword
): Promise<string | null> {
  // Admins may have chosen another login; those of the demo go with it.
  const admin = await db('users')
    .where({ login: 'admin' })
    .orWhere({ role: 'admin', is_active: true, is_demo: false })
    .first<{ id: string } | undefined>('id')
  if (admin) return untold(db, await kept.read())
  const password = adminPassword ?? randomBytes(9).toString('base64url')
  await kept.write(password)
  await db('users').insert({
    login: 'admin',
    name: 'Admin',
    role: 'admin',
    password_hash: await hashPassword(password),
    presence: 'available'
  })
  return password
}

async function untold(db: Knex, password: string | null): Promise<string | null> {
  if (password === null) return null
  const admin = await db('users')
    .where({ login: 'admin', is_active: true })
    .first<{ id: string; password_hash: string | null } | undefined>('id', 'password_hash')
  if (!admin || (await db('audit').where({ user_id: admin.id, action: 'login' }).first('id'))) return null
  return (await passwordFits(password, admin.password_hash)) ? password : null
}
