import { lookup as systemLookup } from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { Agent } from 'undici'

/** The URL leads to an address that webhooks may not reach. */
export class ForbiddenAddress extends Error {
  override name = 'ForbiddenAddress'
  code = 'FORBIDDEN_ADDRESS'
}

type Family = 'ipv4' | 'ipv6'
type Range = readonly [address: string, bits: number, family: Family]

/** Never a webhook's receiver, whatever the setting: cloud metadata and other link-local services, multicast. */
const neverRanges: readonly Range[] = [
  ['169.254.0.0', 16, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  ['ff00::', 8, 'ipv6']
]

/** Not the public internet (IANA's special-purpose registries), and IPv6 forms that carry an IPv4 address inside. */
const privateRanges: readonly Range[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  // Everything in IPv6 except global unicast 2000::/3, and inside that the tunnels and documentation.
  ['::', 3, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6']
]

const never = blockLists(neverRanges)
const nonPublic = blockLists(privateRanges)

/** One list per family: a mixed one would match every IPv4 address with the IPv6 range that holds `::ffff:0:0/96`. */
function blockLists(ranges: readonly Range[]): Record<Family, BlockList> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [address, bits, family] of ranges) lists[family].addSubnet(address, bits, family)
  return lists
}

/** Whether a webhook may connect to this IP address. Anything that is not an address may not be reached. */
export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  const version = isIP(address)
  if (version === 0) return false
  const mapped = version === 6 ? mappedIpv4(address) : undefined
  if (mapped !== undefined) return isAllowedAddress(mapped, allowPrivate)
  const family: Family = version === 4 ? 'ipv4' : 'ipv6'
  return !never[family].check(address, family) && (allowPrivate || !nonPublic[family].check(address, family))
}

/** The IPv4 address inside `::ffff:a.b.c.d`, which the system connects to as IPv4. */
function mappedIpv4(address: string): string | undefined {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (dotted !== undefined) return dotted
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? []
  if (high === undefined || low === undefined) return undefined
  const bits = (parseInt(high, 16) << 16) | parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

/**
 * Refuses a URL that names a forbidden address outright; names are checked when they are resolved.
 * @throws ForbiddenAddress
 */
export function checkUrl(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ForbiddenAddress(`${url.protocol} is not a protocol for webhooks`)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isAllowedAddress(host, allowPrivate)) {
    throw new ForbiddenAddress(`webhooks may not be sent to ${host}`)
  }
}

export type Resolve = (
  hostname: string,
  options: { all: true; family: LookupOptions['family'] },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void

/**
 * Connections that go only to allowed addresses. The check stands inside the connection's own name resolution, so the
 * address that was checked is the address that is dialled: a name that changes in between (DNS rebinding) gains nothing.
 * @param resolve for tests; the system's resolver otherwise
 */
export function guardedAgent(
  allowPrivate: boolean,
  connectTimeoutMs: number,
  resolve: Resolve = systemResolve
): Agent {
  return new Agent({
    connections: 32,
    keepAliveTimeout: 10_000,
    connect: {
      timeout: connectTimeoutMs,
      lookup: (hostname, options, callback) => {
        resolve(hostname, { all: true, family: options.family }, (error, addresses) => {
          const allowed = error
            ? []
            : addresses.filter(({ address }) => isAllowedAddress(address, allowPrivate))
          const [first] = allowed
          if (error) callback(error, '', 0)
          else if (first === undefined) {
            callback(new ForbiddenAddress(`webhooks may not be sent to the address of ${hostname}`), '', 0)
          } else if (options.all === true) callback(null, allowed)
          else callback(null, first.address, first.family)
        })
      }
    }
  })
}

const systemResolve: Resolve = (hostname, options, callback) => {
  systemLookup(
    hostname,
    { all: true, ...(options.family === undefined ? {} : { family: options.family }) },
    callback
  )
}
