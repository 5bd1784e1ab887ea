import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { hashPassword } from './passwords.ts'

/** Makes the first account when nobody can administer. @returns its password when it was made just now */
export async function ensureAdmin(db: Knex, adminPassword: string | undefined): Promise<string | null> {
  // Admins may have chosen another login; those of the demo go with it.
  const admin = await db('users')
    .where({ login: 'admin' })
    .orWhere({ role: 'admin', is_active: true, is_demo: false })
    .first<{ id: string } | undefined>('id')
  if (admin) return null
  const password = adminPassword ?? randomBytes(9).toString('base64url')
  await db('users').insert({
    login: 'admin',
    name: 'Admin',
    role: 'admin',
    password_hash: await hashPassword(password),
    presence: 'available'
  })
  return password
}
