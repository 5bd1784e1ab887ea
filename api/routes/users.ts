import type { Knex } from 'knex'
import { z } from 'zod'
import { hashPassword } from '../../db/passwords.ts'
import { endSessions } from '../auth/sessions.ts'
import { role, type Role } from '../contract/common.ts'
import { user, userCreate, userPatch, type User } from '../contract/config.ts'
import { crud, schemesNaming } from '../crud.ts'
import type { ApiDeps, Pbx } from '../deps.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, likePart, type Row } from '../rows.ts'

/** Who works here. Everyone may see names; logins and telephone accounts are for those who lead. */
export const userRoutes = ({ db, pbx }: ApiDeps) =>
  crud(db, {
    things: 'users',
    thing: 'user',
    item: user,
    create: userCreate,
    patch: userPatch,
    sorts: {
      name: { column: 'name', type: 'text' },
      login: { column: 'login', type: 'text' },
      createdAt: { column: 'created_at', type: 'time' }
    },
    firstSort: 'name',
    filters: {
      role: role.optional(),
      isActive: z.enum(['true', 'false']).optional(),
      search: z.string().max(100).optional()
    },
    filter(query, filters) {
      if (typeof filters['role'] === 'string') query.where('role', filters['role'])
      if (filters['isActive'] !== undefined) query.where('is_active', filters['isActive'] === 'true')
      if (typeof filters['search'] === 'string') query.whereILike('name', likePart(filters['search']))
    },
    read: (_db, rows, { who }) =>
      Promise.resolve(
        rows.map((row) => {
          const item = userItem(pbx, row)
          return isLead(who.role) || who.userId === item.id ? item : withoutAccounts(item)
        })
      ),
    async columns({ password, presence: _presence, ...rest }) {
      const columns = columnsOf(rest)
      if (password !== undefined) columns['password_hash'] = await hashPassword(password)
      return columns
    },
    async saved(trx, id, body, { who }, before) {
      if (before === null) return
      await keepAnAdmin(trx)
      // Whoever knew the old password, or had the old rights, signs in again.
      const isCut = body.password !== undefined || body.isActive === false
      if (isCut) await endSessions(trx, id, id === who.userId ? who.key : undefined)
    },
    // The exchange owns presence: it knows whether a call is in the way, and tells the screens.
    committed: (id, { presence }) =>
      presence === undefined ? Promise.resolve() : pbx.setPresence(id, presence),
    async usedBy(trx, row) {
      const isLastAdmin = row['role'] === 'admin' && (await otherAdmins(trx, String(row['id']))) === 0
      if (isLastAdmin) throw new ApiError('last_admin')
      return schemesNaming(trx, String(row['id']))
    }
  })

const isLead = (who: Role): boolean => who === 'admin' || who === 'supervisor'

/** A user's row as the contract has it, with the presence that the exchange knows. */
export function userItem(pbx: Pbx, row: Row): User {
  const state = pbx.operators().find((operator) => operator.userId === row['id'])
  return itemOf(user, row, state ? { presence: state.presence } : {})
}

const withoutAccounts = (item: User): User => ({ ...item, login: '', sipUser: '', sipAddress: null })

async function otherAdmins(trx: Knex.Transaction, exceptId: string): Promise<number> {
  const rows = await trx('users')
    .where({ role: 'admin', is_active: true })
    .whereNot({ id: exceptId })
    .forUpdate()
    .select('id')
  return rows.length
}

async function keepAnAdmin(trx: Knex.Transaction): Promise<void> {
  // One at a time: two admins who demote each other at once would each still see the other.
  await trx.raw("select pg_advisory_xact_lock(hashtext('ringtrace.admins'))")
  const admin: unknown = await trx('users').where({ role: 'admin', is_active: true }).first('id')
  if (admin === undefined) throw new ApiError('last_admin')
}
