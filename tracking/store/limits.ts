/** How much one address may ask. Memory only: a restart begins anew, which costs nothing but a little room. */
export interface Limits {
  /** Counts a request; false when the address floods us. */
  admit(address: string, nowMs: number): boolean
  /** Counts a new visit; false when the address has had its share of numbers for this hour. */
  mayOpen(siteId: string, address: string, most: number, nowMs: number): boolean
  /**
   * Counts a callback that a page orders: each costs a call. Few per phone, per range of phones, address and site; which
   * phones may be called at all is the dialling policy's business.
   */
  mayOrder(siteId: string, address: string, phone: string, nowMs: number, about?: OrderFrom): boolean
  /**
   * Counts an order that was refused, for whatever reason. True once in a while: so many within ten minutes that somebody
   * must know.
   */
  isFlood(siteId: string, nowMs: number): boolean
  /**
   * Counts a try to order (unless `isCounted` is false), whatever comes of it, and says how hard a puzzle must be solved first: 0 for people, who
   * try once or twice; more and more for an address, or on a site, from which much is asked.
   */
  workFor(siteId: string, address: string, nowMs: number, isCounted?: boolean): number
  /** Counts a form; false when the address, or the site, has sent more than people do. */
  maySend(siteId: string, address: string, nowMs: number): boolean
}

/** Who orders a callback. */
export interface OrderFrom {
  /** The phone of a client: no robot knows it, so the shares of its range and of the site do not count. */
  isClient?: boolean
  /** A visitor who has been on the site for a while. */
  hasVisit?: boolean
}

/** Far above what people behind one office router do, far below what hurts. */
const perSecond = 300
const burst = 1500
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Callbacks within an hour, and of one phone within a day. */
const orders = {
  phone: 3,
  phoneOfDay: 6,
  range: 10,
  rangeOfDay: 20,
  address: 20,
  addressOfDay: 40,
  site: 120
}
/** Of a site's share for those who come without a visit, as robots do; the rest stays for people. */
const bare = 40
/** Refused orders of a site within ten minutes that look like an attack, and how long no other alarm follows. */
const flood = { most: 30, windowMs: 600_000, silenceMs: 3_600_000 }
/** Forms within an hour. */
const forms = { address: 60, site: 5000 }
/** Tries within an hour that need no work. */
const free = { address: 3, site: 40 }
/** A blink of a telephone's time; each bit doubles it, up to some seconds. */
const leastBits = 12
const mostBits = 18
const mostEntries = 20_000

export function createLimits(): Limits {
  const buckets = new Map<string, { left: number; atMs: number }>()
  const opened = new Map<string, { count: number; sinceMs: number }>()
  const ordered = new Map<string, { count: number; sinceMs: number }>()
  const tried = new Map<string, { count: number; sinceMs: number }>()
  const sent = new Map<string, { count: number; sinceMs: number }>()
  const refused = new Map<string, { count: number; sinceMs: number }>()
  const alarmed = new Map<string, number>()
  const entryOf = (
    map: typeof opened,
    key: string,
    nowMs: number,
    windowMs = hourMs
  ): { count: number; sinceMs: number } => {
    const known = map.get(key)
    return known && nowMs - known.sinceMs < windowMs ? known : { count: 0, sinceMs: nowMs }
  }
  /** Counts under every key, unless one of them has had its share. */
  function count(
    map: typeof opened,
    keys: [key: string, most: number, windowMs?: number][],
    nowMs: number
  ): boolean {
    const isOver = keys.some(([key, most, windowMs]) => entryOf(map, key, nowMs, windowMs).count >= most)
    if (isOver) return false
    for (const [key, , windowMs] of keys) {
      const entry = entryOf(map, key, nowMs, windowMs)
      keep(map, key, { ...entry, count: entry.count + 1 })
    }
    return true
  }
  return {
    admit(whole, nowMs) {
      const address = networkOf(whole)
      const known = buckets.get(address)
      const left = known ? Math.min(burst, known.left + ((nowMs - known.atMs) / 1000) * perSecond) : burst
      keep(buckets, address, { left: Math.max(0, left - 1), atMs: nowMs })
      return left >= 1
    },
    mayOpen(siteId, address, most, nowMs) {
      const key = `${siteId} ${networkOf(address)}`
      const entry = entryOf(opened, key, nowMs)
      if (entry.count >= most) return false
      keep(opened, key, { ...entry, count: entry.count + 1 })
      return true
    },
    mayOrder(siteId, address, phone, nowMs, { isClient = false, hasVisit = true } = {}) {
      const range = phone.length >= 8 && !isClient ? phone.slice(0, -3) : null
      const keys: [key: string, most: number, windowMs?: number][] = [
        [`phone ${phone}`, orders.phone],
        [`day ${phone}`, orders.phoneOfDay, dayMs],
        [`address ${networkOf(address)}`, orders.address],
        [`address of day ${networkOf(address)}`, orders.addressOfDay, dayMs]
      ]
      // Numbers that cost the caller and pay the thief lie side by side.
      if (range !== null)
        keys.push([`range ${range}`, orders.range], [`range of day ${range}`, orders.rangeOfDay, dayMs])
      if (!isClient) keys.push([`site ${siteId}`, orders.site])
      if (!isClient && !hasVisit) keys.push([`bare ${siteId}`, bare])
      return count(ordered, keys, nowMs)
    },
    isFlood(siteId, nowMs) {
      const entry = entryOf(refused, siteId, nowMs, flood.windowMs)
      keep(refused, siteId, { ...entry, count: entry.count + 1 })
      if (entry.count + 1 < flood.most) return false
      const last = alarmed.get(siteId)
      if (last !== undefined && nowMs - last < flood.silenceMs) return false
      keep(alarmed, siteId, nowMs)
      return true
    },
    workFor(siteId, address, nowMs, isCounted = true) {
      const bits = [
        [`address ${siteId} ${networkOf(address)}`, free.address, 2] as const,
        [`site ${siteId}`, free.site, free.site / 4] as const
      ].map(([key, without, step]) => {
        const entry = entryOf(tried, key, nowMs)
        if (isCounted) keep(tried, key, { ...entry, count: entry.count + 1 })
        return entry.count < without
          ? 0
          : Math.min(mostBits, leastBits + Math.floor((entry.count - without) / step))
      })
      return Math.max(...bits)
    },
    maySend: (siteId, address, nowMs) =>
      count(
        sent,
        [
          [`address ${siteId} ${networkOf(address)}`, forms.address],
          [`site ${siteId}`, forms.site]
        ],
        nowMs
      )
  }
}

/** The longest untouched goes when the table is full. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= mostEntries) return
  const eldest = map.keys().next()
  if (!eldest.done) map.delete(eldest.value)
}

/** Of IPv6 whoever has one address has the 2⁶⁴ around it. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail?.split(':') ?? [])]
    .slice(0, 4)
    .join(':')
}
