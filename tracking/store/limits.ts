/** How much one address may ask. Memory only: a restart begins anew, which costs nothing but a little room. */
export interface Limits {
  /** Counts a request; false when the address floods us. */
  admit(address: string, nowMs: number): boolean
  /** Counts a new visit; false when the address has had its share of numbers for this hour. */
  mayOpen(siteId: string, address: string, most: number, nowMs: number): boolean
  /**
   * Counts a callback that a page orders: each costs a call. Few per phone, address and site; which phones may be
   * called at all is the dialling policy's business.
   */
  mayOrder(siteId: string, address: string, phone: string, nowMs: number): boolean
}

/** Far above what people behind one office router do, far below what hurts. */
const perSecond = 300
const burst = 1500
const hourMs = 3_600_000
/** Callbacks within an hour. */
const orders = { phone: 3, address: 5, site: 120 }
const mostEntries = 20_000

export function createLimits(): Limits {
  const buckets = new Map<string, { left: number; atMs: number }>()
  const opened = new Map<string, { count: number; sinceMs: number }>()
  const ordered = new Map<string, { count: number; sinceMs: number }>()
  const entryOf = (map: typeof opened, key: string, nowMs: number): { count: number; sinceMs: number } => {
    const known = map.get(key)
    return known && nowMs - known.sinceMs < hourMs ? known : { count: 0, sinceMs: nowMs }
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
    mayOrder(siteId, address, phone, nowMs) {
      const keys: [key: string, most: number][] = [
        [`phone ${phone}`, orders.phone],
        [`address ${networkOf(address)}`, orders.address],
        [`site ${siteId}`, orders.site]
      ]
      if (keys.some(([key, most]) => entryOf(ordered, key, nowMs).count >= most)) return false
      for (const [key] of keys) {
        const entry = entryOf(ordered, key, nowMs)
        keep(ordered, key, { ...entry, count: entry.count + 1 })
      }
      return true
    }
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
