import { isIPv4 } from 'node:net'
import { isPrivateAddress } from './nat-findings.ts'

/** An address that may be the public one, and how we know it. */
export interface Guess {
  address: string
  from: 'carrier' | 'pages'
  /** The trunk, or the host of the pages. */
  about: string
}

export interface GuessFacts {
  /** The one that is set already. */
  now: string | null
  /** As whom carriers see us; null where they have not said. */
  carriers: readonly { trunk: string; seen: string | null }[]
  pages: { host: string; address: string | null }
}

const via = /^(?:via|v)\s*:[^\r\n]*;\s*received=(\d{1,3}(?:\.\d{1,3}){3})/im

/** As whom a carrier saw us last: its answers say so in their Via (RFC 3261 18.2.1). */
export function seenAs(
  messages: readonly { direction: 'in' | 'out'; status: number | null; text: string }[]
): string | null {
  const answers = messages.filter(({ direction, status }) => direction === 'in' && status !== null)
  return answers.map(({ text }) => via.exec(text)?.[1] ?? null).findLast((seen) => seen !== null) ?? null
}

/** Public addresses that may be ours, the surest first: a carrier's word counts more than where these pages are open. */
export function addressGuesses({ now, carriers, pages }: GuessFacts): Guess[] {
  const all: Guess[] = [
    ...carriers.flatMap(({ trunk, seen }) =>
      seen === null ? [] : [{ address: seen, from: 'carrier' as const, about: trunk }]
    ),
    ...(pages.address === null ? [] : [{ address: pages.address, from: 'pages' as const, about: pages.host }])
  ]
  const isNew = (guess: Guess, index: number): boolean =>
    guess.address !== now &&
    isIPv4(guess.address) &&
    !isPrivateAddress(guess.address) &&
    all.findIndex(({ address }) => address === guess.address) === index
  return all.filter(isNew)
}
