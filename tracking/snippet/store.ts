const name = '_vpbx'
/** As long as sources are told apart by others too: half a year. */
const lifeSeconds = 183 * 86_400
const idsPattern = /^([0-9a-f-]{36})(?:\.([0-9a-f-]{36}))?$/

export interface Ids {
  visitor: string
  visit: string | null
}

function cookie(key: string): string | undefined {
  // A page in a sandbox may not even look.
  const all = quietly(() => document.cookie) ?? ''
  return new RegExp(`(?:^|; )${key}=([^;]*)`).exec(all)?.[1]
}

function setCookie(key: string, value: string, seconds: number, domain: string): void {
  const secure = location.protocol === 'https:' ? ';Secure' : ''
  quietly(() => {
    document.cookie = `${key}=${value};path=/;max-age=${seconds};SameSite=Lax${domain}${secure}`
  })
}

/** The widest domain that takes a cookie: one visitor on all subdomains. */
function widest(): string {
  const parts = location.hostname.split('.')
  for (let count = 2; count <= parts.length; count += 1) {
    const domain = `;domain=${parts.slice(-count).join('.')}`
    setCookie(`${name}_t`, '1', 10, domain)
    if (cookie(`${name}_t`)) {
      setCookie(`${name}_t`, '', 0, domain)
      return domain
    }
  }
  return ''
}

/** Storage may be forbidden altogether: then the page has its ids for itself. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    // A browser that forbids storage says so by throwing.
    return undefined
  }
}

export function readIds(): Ids | null {
  const text = cookie(name) ?? quietly(() => localStorage.getItem(name)) ?? ''
  const [, visitor, visit = null] = idsPattern.exec(text) ?? []
  return visitor ? { visitor, visit } : null
}

export function writeIds(ids: Ids): void {
  const text = ids.visit ? `${ids.visitor}.${ids.visit}` : ids.visitor
  setCookie(name, text, lifeSeconds, widest())
  if (!cookie(name)) quietly(() => localStorage.setItem(name, text))
}

export function forgetIds(): void {
  setCookie(name, '', 0, widest())
  setCookie(name, '', 0, '')
  quietly(() => localStorage.removeItem(name))
  quietly(() => sessionStorage.removeItem(name))
}

/** Numbers of the page before, for the moment until the server has answered. */
export function keepNumbers(numbers: unknown, untilMs: number): void {
  quietly(() => sessionStorage.setItem(name, JSON.stringify({ numbers, untilMs })))
}
export function keptNumbers<T>(): T | null {
  return (
    quietly(() => {
      const kept = JSON.parse(sessionStorage.getItem(name) ?? 'null') as {
        numbers: T
        untilMs: number
      } | null
      return kept && kept.untilMs > Date.now() ? kept.numbers : null
    }) ?? null
  )
}

/** Ids that other systems have given the visitor: what joins a call to their reports. */
export function foreignIds(): Record<string, string> {
  const found: Record<string, string> = {}
  // `_ga_ABC123` holds the session of that property.
  const sessions = (quietly(() => document.cookie) ?? '').match(/\b_ga_\w+(?==)/g) ?? []
  const known = ['_ga', '_ym_uid', '_fbp', '_fbc', 'roistat_visit', '_ct_session_id', '_ct_site_id']
  for (const key of [...known, ...sessions.slice(0, 5)]) {
    const value = cookie(key)
    if (value) found[key] = decodeURIComponent(value).slice(0, 200)
  }
  // CoMagic keeps its session to itself, and tells it once its script has come.
  const { Comagic } = window as { Comagic?: { getSessionId?: () => unknown } }
  const session = quietly(() => Comagic?.getSessionId?.())
  if (session) found['comagic_session'] = `${session as string}`.slice(0, 20)
  return found
}
