import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Knex } from 'knex'
import type { Ami } from '../ami/client.ts'

/** Why no ban meets an address. */
export type Sparing = 'self' | 'allowed' | 'trunk' | 'admin' | 'telephone'

/** Whom no ban ever meets, as it stood when it was read. */
export interface Spared {
  why(address: string): Sparing | null
}

/**
 * Reads it. A name that cannot be looked up now keeps the addresses that it had the last time (`known`).
 * @param allowed addresses and networks that an admin has named
 */
export async function readSpared(options: {
  db: Knex
  ami: Pick<Ami, 'contacts'>
  allowed: readonly string[]
  known: Map<string, string[]>
}): Promise<Spared> {
  const { db, ami, allowed, known } = options
  const [trunks, telephones, sessions, contacts] = await Promise.all([
    db('trunks')
      .where({ is_active: true })
      .select<{ host: string; outbound_proxy: string | null; match_addresses: string[] }[]>(
        'host',
        'outbound_proxy',
        'match_addresses'
      ),
    db('devices')
      .where({ is_active: true })
      .whereNotNull('sip_address')
      .select<{ sip_address: string }[]>('sip_address'),
    db('sessions as s')
      .join('users as u', 'u.id', 's.user_id')
      .where({ 'u.role': 'admin', 'u.is_active': true })
      .where('s.expires_at', '>', db.fn.now())
      .whereNotNull('s.ip')
      .distinct<{ ip: string }[]>('s.ip'),
    ami.contacts()
  ])
  const lists: Record<Sparing, BlockList> = {
    self: new BlockList(),
    allowed: new BlockList(),
    trunk: new BlockList(),
    admin: new BlockList(),
    telephone: new BlockList()
  }
  add(lists.self, '127.0.0.1')
  add(lists.self, '::1')
  for (const each of Object.values(networkInterfaces()).flat()) if (each) add(lists.self, each.address)
  for (const each of allowed) add(lists.allowed, each)
  for (const { ip } of sessions) add(lists.admin, plain(ip))
  const ofTrunks = trunks.flatMap(({ host, outbound_proxy: proxy, match_addresses: match }) => [
    ...[host, ...match],
    ...(proxy === null ? [] : [hostOf(proxy)])
  ])
  const ofTelephones = [
    ...telephones.map((row) => hostOf(row.sip_address)),
    ...[...(contacts?.values() ?? [])].map(({ uri }) => hostOf(uri))
  ]
  const resolve = async (list: BlockList, names: readonly string[]): Promise<void> => {
    const found = await Promise.all([...new Set(names)].map((name) => addressesOf(name, known)))
    for (const each of found.flat()) add(list, each)
  }
  await Promise.all([resolve(lists.trunk, ofTrunks), resolve(lists.telephone, ofTelephones)])
  const order: readonly Sparing[] = ['self', 'allowed', 'trunk', 'admin', 'telephone']
  return {
    why(address) {
      const version = isIP(address)
      if (version === 0) return 'self'
      return order.find((sparing) => lists[sparing].check(address, version === 4 ? 'ipv4' : 'ipv6')) ?? null
    }
  }
}

/** A name's addresses; an address or a network is its own. */
async function addressesOf(name: string, known: Map<string, string[]>): Promise<string[]> {
  if (name === '' || isIP(name.split('/')[0] ?? '') !== 0) return [name]
  try {
    const found = (await lookup(name, { all: true })).map(({ address }) => address)
    known.set(name, found)
    return found
  } catch {
    // The name server is away, or a browser's name that nobody knows (`….invalid`).
    return known.get(name) ?? []
  }
}

function add(list: BlockList, text: string): void {
  const [address = '', bits] = text.split('/')
  const version = isIP(address)
  if (version === 0) return
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
}

/** Of `sip:user@host:port;…`, `host:port` or `host`. */
function hostOf(uri: string): string {
  const rest = uri.replace(/^sips?:/i, '').replace(/^[^@]*@/, '')
  return (
    /^\[([^\]]+)\]|^([^:;?>]+)/
      .exec(rest)
      ?.slice(1)
      .find((each) => each !== undefined) ?? ''
  )
}

const plain = (ip: string): string => (ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip)
