import type { Knex } from 'knex'
import { sealColumn, unseal } from '../../db/sealed.ts'
import { wantedObjects, type OperatorDevice, type PjsipObject } from '../provision/objects.ts'
import type { ObjectFailure } from '../provision/reconcile.ts'
import type { TrunkLink } from '../provision/trunk-objects.ts'

export interface Wanted {
  objects: PjsipObject[]
  trunks: TrunkLink[]
  /** Trunks that Asterisk cannot have as they are. */
  failures: ObjectFailure[]
  /** Phones that ring while no controller is there: the fallback group's, or everybody's. */
  fallback: string[]
}

/** What was sealed with a key that is not here: telephones stay away, trunks come without their password. */
function unopened(
  stored: readonly OperatorDevice[],
  opened: readonly OperatorDevice[],
  storedTrunks: readonly TrunkLink[],
  trunks: readonly TrunkLink[]
): ObjectFailure[] {
  const known = new Set(opened.map(({ sipUser }) => sipUser))
  const message = 'Its password was sealed with another SECRET_KEY: bring that key back, or give it a new one'
  return [
    ...stored
      .filter(({ sipUser }) => !known.has(sipUser))
      .map(({ name, sipUser }) => ({
        owner: `Telephone of "${name}"`,
        id: sipUser,
        type: 'auth' as const,
        message
      })),
    ...storedTrunks
      .filter(({ secret }, i) => secret !== null && trunks[i]?.secret === null)
      .map(({ name, endpoint }) => ({
        owner: `Trunk "${name}"`,
        id: endpoint,
        type: 'auth' as const,
        message
      }))
  ]
}

/** Reads who and what Asterisk must know: the telephones of active users and trunks with their secrets, and the fallback group. */
export async function readWanted(db: Knex, hasTls: () => Promise<boolean>): Promise<Wanted> {
  // Those that the database made a password for, and trunks that came otherwise than by the API.
  await sealColumn(db, 'devices.sip_secret')
  await sealColumn(db, 'trunks.secret')
  const stored = await db('devices as d')
    .join('users as u', 'u.id', 'd.user_id')
    .where({ 'u.is_active': true, 'd.is_active': true })
    .orderBy(['u.id', 'd.id'])
    .select<OperatorDevice[]>({
      name: 'u.name',
      sipUser: 'd.sip_user',
      sipSecret: 'd.sip_secret',
      device: 'd.kind',
      sipAddress: 'd.sip_address'
    })
  const operators = stored.flatMap((one) => {
    const sipSecret = unseal(one.sipSecret, 'devices.sip_secret')
    return sipSecret === null ? [] : [{ ...one, sipSecret }]
  })
  const storedTrunks = await db('trunks')
    .where({ is_active: true })
    .orderBy('id')
    .select<TrunkLink[]>('id', 'name', 'kind', 'host', 'port', 'transport', 'username', 'secret', 'codecs', {
      endpoint: 'sip_endpoint',
      mediaEncryption: 'media_encryption',
      authUsername: 'auth_username',
      fromUser: 'from_user',
      fromDomain: 'from_domain',
      contactUser: 'contact_user',
      outboundProxy: 'outbound_proxy',
      expirySeconds: 'expiry_seconds',
      isChecked: 'is_checked',
      matchAddresses: 'match_addresses',
      numberHeaders: 'number_headers'
    })
  const trunks = storedTrunks.map((trunk) => ({
    ...trunk,
    secret: trunk.secret === null ? null : unseal(trunk.secret, 'trunks.secret')
  }))
  // Without its transport such a trunk would be half there: known, and unable to carry anything.
  const needsTls = (trunk: TrunkLink): boolean => trunk.transport === 'tls'
  const isWithoutTls = trunks.some(needsTls) && !(await hasTls())
  const failures = trunks
    .filter((trunk) => isWithoutTls && needsTls(trunk))
    .map(({ name, endpoint }): ObjectFailure => ({
      ...{ owner: `Trunk "${name}"`, id: endpoint, type: 'endpoint' },
      message: 'It needs TLS, which is not set up on this system'
    }))
  const possible = isWithoutTls ? trunks.filter((trunk) => !needsTls(trunk)) : trunks
  return {
    objects: wantedObjects({ operators, trunks: possible }),
    trunks,
    failures: [...failures, ...unopened(stored, operators, storedTrunks, trunks)],
    fallback: await fallbackPhones(db)
  }
}

/** At most this many telephones ring at once in the fallback: Asterisk takes 4096 characters, each of them 42. */
const fallbackLimit = 60

async function fallbackPhones(db: Knex): Promise<string[]> {
  const setting = await db('settings')
    .where({ key: 'fallback.groupId' })
    .first<{ value: unknown } | undefined>('value')
  const query = db('users as u')
    .join('devices as d', 'd.user_id', 'u.id')
    .where({ 'u.is_active': true, 'd.is_active': true })
    .whereNot('u.presence', 'offline')
    .orderBy(['u.id', 'd.id'])
    .limit(fallbackLimit)
  if (typeof setting?.value === 'string') {
    void query.join('group_members as m', 'm.user_id', 'u.id').where('m.group_id', setting.value)
  } else {
    void query.where('u.role', 'operator')
  }
  const rows = await query.select<{ sip_user: string }[]>('d.sip_user')
  return rows.map((row) => row.sip_user)
}
