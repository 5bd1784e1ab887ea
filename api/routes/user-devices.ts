import type { Knex } from 'knex'
import type { User } from '../contract/config.ts'

type MainDevice = Pick<User, 'device' | 'sipAddress' | 'sipUser'>
interface DeviceRow {
  id: string
  user_id: string
  kind: 'browser' | 'sip'
  sip_user: string
  sip_address: string | null
  is_active: boolean
}

/** By user: the browser while it is switched on, else the first SIP phone. */
export async function mainDevices(
  db: Knex,
  userIds: readonly string[]
): Promise<ReadonlyMap<string, MainDevice>> {
  const rows = await read(db, userIds)
  return new Map(
    userIds.map((userId) => {
      const own = rows.filter((row) => row.user_id === userId)
      const browser = own.find((row) => row.kind === 'browser' && row.is_active)
      const main = browser ?? own.find((row) => row.kind === 'sip') ?? own[0]
      return [
        userId,
        {
          device: main?.kind ?? 'browser',
          sipAddress: main?.sip_address ?? null,
          sipUser: main?.sip_user ?? ''
        }
      ]
    })
  )
}

/**
 * The shorthand for people with one telephone: a change to `sip` switches the browser device off and the first SIP
 * phone on, making one where there is none; a change to `browser` the other way round. What does not change switches
 * nothing, so that a form which sends it back leaves further telephones alone.
 */
export async function saveMainDevice(
  trx: Knex.Transaction,
  userId: string,
  { device, sipAddress }: { device?: 'browser' | 'sip' | undefined; sipAddress?: string | null | undefined }
): Promise<void> {
  if (device === undefined && sipAddress === undefined) return
  const rows = await read(trx, [userId])
  const now = rows.some((row) => row.kind === 'browser' && row.is_active) ? 'browser' : 'sip'
  const [phone] = rows.filter((row) => row.kind === 'sip')
  const wanted = device ?? now
  const change = (where: Record<string, unknown>, fields: Record<string, unknown>) =>
    trx('devices')
      .where({ user_id: userId, ...where })
      .update({ ...fields, updated_at: trx.fn.now() })

  if (wanted !== now) {
    await change({ kind: 'browser' }, { is_active: wanted === 'browser' })
    if (wanted === 'browser') await change({ kind: 'sip' }, { is_active: false })
  }
  if (wanted !== 'sip') return
  const address = sipAddress === undefined ? {} : { sip_address: sipAddress }
  if (!phone) {
    await trx('devices').insert({ user_id: userId, name: 'SIP phone', kind: 'sip', ...address })
  } else if (wanted !== now || sipAddress !== undefined) {
    await change({ id: phone.id }, { ...address, ...(wanted !== now && { is_active: true }) })
  }
}

function read(db: Knex, userIds: readonly string[]): Promise<DeviceRow[]> {
  return db('devices')
    .whereIn('user_id', [...userIds])
    .orderBy(['created_at', 'id'])
    .select<DeviceRow[]>('id', 'user_id', 'kind', 'sip_user', 'sip_address', 'is_active')
}
