import type { Knex } from 'knex'
import { z } from 'zod'
import { hashPassword } from '../../db/passwords.ts'
import { acceptPasswordHere } from '../auth/password-rules.ts'
import { endSessions } from '../auth/sessions.ts'
import { role, type Role } from '../contract/common.ts'
import { user, userCreate, userPatch, type User } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps, Pbx } from '../deps.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, itemOf, likePart, type Row } from '../rows.ts'
import { pauseReasonFor } from './pause-reasons.ts'
import { mainDevices, saveMainDevice } from './user-devices.ts'

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
      groupId: idOrNone.optional(),
      skill: z.string().max(60).optional(),
      search: z.string().max(100).optional()
    },
    filter(query, filters) {
      if (typeof filters['role'] === 'string') query.where('role', filters['role'])
      if (filters['isActive'] !== undefined) query.where('is_active', filters['isActive'] === 'true')
      const { groupId, skill, search } = filters
      if (typeof groupId === 'string') {
        const members = db('group_members').whereRaw('group_members.user_id = users.id')
        if (groupId === 'none') query.whereNotExists(members)
        else query.whereExists(members.where({ group_id: groupId }))
      }
      if (typeof skill === 'string') query.whereRaw('? = any (skills)', [skill])
      if (typeof search === 'string') query.whereILike('name', likePart(search))
    },
    async read(reader, rows, { who }) {
      const items = await userItems(reader, pbx, rows)
      return items.map((item) => (isLead(who.role) || who.userId === item.id ? item : withoutAccounts(item)))
    },
    async columns({ password, presence: _presence, device: _device, sipAddress: _address, ...rest }) {
      const columns = columnsOf(rest)
      if (password !== undefined) {
        await acceptPasswordHere(db, password, { login: rest.login, name: rest.name })
        columns['password_hash'] = await hashPassword(password)
      }
      return columns
    },
    async saved(trx, id, body, { who }, before) {
      await saveMainDevice(trx, id, body)
      if (before === null) return
      // A change names neither login nor name when it leaves them as they are.
      const { login = String(before['login']), name = String(before['name']) } = body
      if (body.password !== undefined) await acceptPasswordHere(trx, body.password, { login, name })
      await keepAnAdmin(trx)
      // Whoever knew the old password, or had the old rights, signs in again.
      const hasNewRole = body.role !== undefined && body.role !== before['role']
      const isCut = body.password !== undefined || body.isActive === false || hasNewRole
      if (isCut) await endSessions(trx, id, id === who.userId ? who.key : undefined)
    },
    // The exchange owns presence: it knows whether a call is in the way, and tells the screens.
    async committed(id, { presence }) {
      if (presence === undefined) return
      await pbx.setPresence(id, { presence, reason: await pauseReasonFor(db, { presence }) })
    },
    async usedBy(trx, row) {
      const isLastAdmin = row['role'] === 'admin' && (await otherAdmins(trx, String(row['id']))) === 0
      if (isLastAdmin) throw new ApiError('last_admin')
      return []
    }
  })

/** `none`: people in no group. */
const idOrNone = z.union([z.uuid(), z.literal('none')])

const isLead = (who: Role): boolean => who === 'admin' || who === 'supervisor'

/** A user's row as the contract has it, with their main telephone and the presence that the exchange knows. */
export async function userItem(db: Knex, pbx: Pbx, row: Row): Promise<User> {
  const [item] = await userItems(db, pbx, [row])
  if (!item) throw new ApiError('not_found')
  return item
}

async function userItems(db: Knex, pbx: Pbx, rows: Row[]): Promise<User[]> {
  const devices = await mainDevices(
    db,
    rows.map((row) => String(row['id']))
  )
  const states = new Map(pbx.operators().map((operator) => [operator.userId, operator]))
  return rows.map((row) => {
    const state = states.get(String(row['id']))
    return itemOf(user, row, {
      ...devices.get(String(row['id'])),
      ...(state && {
        presence: state.presence,
        presenceReason: state.reason,
        presenceUntil: state.until
      })
    })
  })
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

/** @throws ApiError last_admin, when nobody would be left who may do everything */
export async function keepAnAdmin(trx: Knex.Transaction): Promise<void> {
  // One at a time: two admins who demote each other at once would each still see the other.
  await trx.raw("select pg_advisory_xact_lock(hashtext('ringtrace.admins'))")
  const admin: unknown = await trx('users').where({ role: 'admin', is_active: true }).first('id')
  if (admin === undefined) throw new ApiError('last_admin')
}
