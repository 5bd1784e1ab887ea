/** What a refused request had tried. */
export type Cause = 'unknown_user' | 'wrong_password'

export interface Refusal {
  address: string
  cause: Cause
  /** What they called themselves: a stranger's text. */
  account: string
  atMs: number
}

/** An address that has tried enough. */
export interface Culprit {
  address: string
  /** Of most of its tries. */
  cause: Cause
  tries: number
  /** The first names it used. */
  accounts: string[]
}

interface Tried {
  times: number[]
  unknown: number
  accounts: Set<string>
}

const keptAccounts = 20
const longestAccount = 60
/** A flood from many addresses forgets the eldest. */
const keptAddresses = 20_000

/** Counts refused requests per address. Pure: time comes with them. */
export function createTries() {
  const tried = new Map<string, Tried>()
  return {
    /** @returns the address that has now tried `most` times within `withinMs`, and is counted from the start again */
    note(
      { address, cause, account, atMs }: Refusal,
      { most, withinMs }: { most: number; withinMs: number }
    ): Culprit | null {
      const known = tried.get(address) ?? { times: [], unknown: 0, accounts: new Set<string>() }
      const times = known.times.filter((each) => atMs - each < withinMs)
      // After a pause it begins anew.
      const entry =
        times.length === 0 ? { times, unknown: 0, accounts: new Set<string>() } : { ...known, times }
      times.push(atMs)
      if (cause === 'unknown_user') entry.unknown += 1
      if (entry.accounts.size < keptAccounts) entry.accounts.add(readable(account))
      tried.delete(address)
      if (times.length >= most) {
        return {
          ...{ address, tries: times.length, accounts: [...entry.accounts] },
          cause: entry.unknown * 2 >= times.length ? 'unknown_user' : 'wrong_password'
        }
      }
      tried.set(address, entry)
      if (tried.size > keptAddresses) {
        const eldest = tried.keys().next()
        if (!eldest.done) tried.delete(eldest.value)
      }
      return null
    }
  }
}

const readable = (account: string): string => account.replace(/[\p{C}]/gu, '').slice(0, longestAccount) || '?'

const growth = 4

/** How long a ban lasts: the first, and each next one longer. */
export function banMs(
  offence: number,
  { firstBanMinutes, longestBanHours }: { firstBanMinutes: number; longestBanHours: number }
): number {
  const longest = longestBanHours * 3_600_000
  return Math.min(longest, firstBanMinutes * 60_000 * growth ** Math.min(20, Math.max(0, offence - 1)))
}

/** The address in what Asterisk says, such as `IPV4/UDP/192.0.2.7/5060`; null where it is none. */
export function addressIn(remote: string): string | null {
  const found = /^IPV[46]\/[A-Z]+\/([0-9A-Fa-f.:]+)\/\d+$/.exec(remote)?.[1]
  if (found === undefined) return null
  return found.startsWith('::ffff:') && found.includes('.') ? found.slice(7) : found.toLowerCase()
}
