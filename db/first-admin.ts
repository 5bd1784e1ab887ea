import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { hashPassword } from './passwords.ts'

/** Makes the first account when there is none. @returns its password when it was made just now */
export async function ensureAdmin(db: Knex, adminPassword: string | undefined): Promise<string | null> {
  if (await db('users').where({ login: 'admin' }).first<{ id: string } | undefined>('id')) return null
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
