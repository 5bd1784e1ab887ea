import type { DispatchSettings } from './desk-settings.ts'

/** Somebody among whom inquiries are distributed. */
export interface Colleague {
  userId: string
  presence: 'available' | 'busy' | 'wrapUp' | 'away' | 'offline'
  /** Since when they are what they are, ms since the epoch. */
  sinceMs: number
  /** Inquiries that they have, new or in work. */
  load: number
  /** Average mark of the last 30 days; null when nobody rated them. */
  rating: number | null
  /** When an inquiry was last given to them; 0 for never. */
  lastGivenMs: number
  /** Whether they can work now at all: active, and in a role that works inquiries. */
  isActive: boolean
}

export type Skipped = 'inactive' | 'away' | 'offline'
/** One colleague as a choice sees them. `score` and its parts are 0 … 1 among those who are at work. */
export interface Standing {
  userId: string
  skipped: Skipped | null
  isFree: boolean
  free: number
  load: number
  rating: number
  score: number
}
export interface Choice {
  /** Null: nobody is free, and the inquiry stays on the desk. */
  userId: string | null
  why: 'sticky' | 'rating' | 'load' | 'carousel' | 'weighted' | 'nobody'
  standings: Standing[]
}

/**
 * Who gets the next inquiry. Those away or off are skipped; while nobody at work is free it waits. `sticky`: whoever the
 * client is with already, though they talk just now; for others as `weighted`. `weighted`: w1 × free + w2 × (1 − load) +
 * w3 × rating. Equals always go by who has been idle longest.
 * @param before who had this client last
 */
export function chooseColleague(
  colleagues: readonly Colleague[],
  { mode, weights }: Pick<DispatchSettings, 'mode' | 'weights'>,
  before: string | null
): Choice {
  const atWork = colleagues.filter((one) => skippedOf(one) === null)
  const mostLoad = Math.max(1, ...atWork.map(({ load }) => load))
  const bestRating = Math.max(0, ...atWork.map(({ rating }) => rating ?? 0))
  const usual = average(atWork.flatMap(({ rating }) => rating ?? []))
  const sum = weights.free + weights.load + weights.rating
  const standings = colleagues.map((one): Standing => {
    const skipped = skippedOf(one)
    if (skipped !== null)
      return { userId: one.userId, skipped, isFree: false, free: 0, load: 0, rating: 0, score: 0 }
    const free = one.presence === 'available' ? 1 : 0
    const load = one.load / mostLoad
    // Whoever nobody has rated yet stands where the others do on average.
    const rating = bestRating > 0 ? (one.rating ?? usual) / bestRating : 1
    const weighed = weights.free * free + weights.load * (1 - load) + weights.rating * rating
    return {
      ...{ userId: one.userId, skipped, isFree: free === 1, free, load, rating },
      score: sum > 0 ? weighed / sum : 0
    }
  })
  const own = standings.find(({ userId, skipped }) => userId === before && skipped === null)
  if (mode === 'sticky' && own) return { userId: own.userId, why: 'sticky', standings }
  if (!standings.some(({ isFree }) => isFree)) return { userId: null, why: 'nobody', standings }
  const scoreOf = new Map(standings.map(({ userId, score }) => [userId, score]))
  const free = atWork.filter(({ presence }) => presence === 'available')
  const how = mode === 'sticky' ? 'weighted' : mode
  const value: Record<typeof how, (one: Colleague) => number> = {
    weighted: (one) => -(scoreOf.get(one.userId) ?? 0),
    rating: (one) => -(one.rating ?? usual),
    load: (one) => one.load,
    carousel: (one) => one.lastGivenMs
  }
  // Who talks may get it by a score that is better all the same; the other modes know only who is free.
  const among = how === 'weighted' ? atWork : free
  const [first] = among.toSorted(
    (a, b) => value[how](a) - value[how](b) || idleSince(a) - idleSince(b) || (a.userId < b.userId ? -1 : 1)
  )
  return { userId: first?.userId ?? null, why: how, standings }
}

const idleSince = (one: Colleague): number => (one.presence === 'available' ? one.sinceMs : Infinity)

function skippedOf({ isActive, presence }: Colleague): Skipped | null {
  if (!isActive) return 'inactive'
  return presence === 'away' || presence === 'offline' ? presence : null
}

const average = (list: readonly number[]): number =>
  list.length === 0 ? 0 : list.reduce((sum, one) => sum + one, 0) / list.length
