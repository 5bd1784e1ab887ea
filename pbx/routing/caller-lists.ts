import type { Scheme } from '../../ivr/scheme.ts'
import type { CallEvent } from '../call/events.ts'
import type { CallerListName, Route } from '../call/types.ts'

/** What a company keeps of callers whom it treats otherwise than others. */
export interface CallerLists {
  lists: ReadonlyMap<string, CallerListName>
  /** By the whole number, E.164. */
  numbers: ReadonlyMap<string, readonly CallerEntry[]>
  /** By the beginning of a number, with its plus. */
  prefixes: ReadonlyMap<string, readonly CallerEntry[]>
  rules: CallerRules
}

export interface CallerEntry {
  listId: string
  /** Null: it stays. */
  expiresMs: number | null
}

/** What is done with spam, and what VIPs get. */
export interface CallerRules {
  spam: 'busy' | 'hangUp' | 'announcement' | 'voicemail'
  /** What spam hears of an announcement, or before its message; null for our own words. */
  spamSound: string | null
  /** VIPs wait in queues with at least this priority; 0 … 100. */
  vipPriority: number
}

export const usualCallerRules: CallerRules = { spam: 'busy', spamSound: null, vipPriority: 50 }

export const noCallerLists: CallerLists = {
  lists: new Map(),
  numbers: new Map(),
  prefixes: new Map(),
  rules: usualCallerRules
}

/** On which lists a caller is, and what that makes of them. */
export interface Standing {
  lists: readonly CallerListName[]
  mark: 'spam' | 'vip' | null
}

const shortestPrefix = 2

/**
 * Where a number stands now. Of spam and VIP the closer entry counts: a whole number before a beginning, a longer
 * beginning before a shorter one. Of two that are as close VIP counts: to turn a client away is the worse mistake.
 */
export function standingOf(known: CallerLists, number: string | null, atMs: number): Standing {
  const found = new Map<string, CallerListName>()
  let mark: Standing['mark'] = null
  if (number === null) return { lists: [], mark }
  const look = (entries: readonly CallerEntry[] | undefined): void => {
    const lists = (entries ?? [])
      .filter(({ expiresMs }) => expiresMs === null || expiresMs > atMs)
      .flatMap(({ listId }) => known.lists.get(listId) ?? [])
    for (const list of lists) found.set(list.id, list)
    const kinds = new Set(lists.map(({ kind }) => kind))
    mark ??= kinds.has('vip') ? 'vip' : kinds.has('spam') ? 'spam' : null
  }
  look(known.numbers.get(number))
  if (known.prefixes.size > 0)
    for (let length = number.length; length >= shortestPrefix; length -= 1)
      look(known.prefixes.get(number.slice(0, length)))
  // What a closer entry overrules does not hold: a VIP within the numbers of a spammer is no spammer.
  const lists = [...found.values()].filter(({ kind }) => kind === 'own' || kind === mark)
  return { lists, mark }
}

type Routed = Omit<Extract<CallEvent, { type: 'routed' }>, 'type' | 'atMs'>

/** Q.850: user busy, and call rejected. */
const causes = { busy: 17, hangUp: 21 } as const

/** The route of a call with what the lists say of its caller: spam is turned away, or hears words of its own. */
export function withStanding(route: Route, known: CallerLists, number: string | null, atMs: number): Routed {
  const { lists, mark } = standingOf(known, number, atMs)
  if (lists.length === 0) return { route }
  const { rules } = known
  const standing = { lists, mark, priority: mark === 'vip' ? rules.vipPriority : 0 }
  if (mark !== 'spam') return { route: { ...route, standing } }
  if (rules.spam === 'busy' || rules.spam === 'hangUp')
    return { route: { ...route, standing }, reason: 'blocked', cause: causes[rules.spam] }
  const body = spamScheme(rules, route.scheme.body.locale)
  return { route: { ...route, standing, scheme: { ...route.scheme, body } } }
}

/** What spam goes through instead of the number's scheme. Nobody is rung, and nobody gets a task of it. */
function spamScheme({ spam, spamSound }: CallerRules, locale: Scheme['locale']): Scheme {
  const end: Scheme['blocks'][string] = { type: 'hangup', settings: { reason: 'blocked' }, exits: {} }
  const sounds = (usual: string) => [{ sound: spamSound ?? `ringtrace/${usual}` }]
  const only: Scheme['blocks'][string] =
    spam === 'voicemail'
      ? {
          type: 'voicemail',
          settings: { greeting: sounds('leave-message'), maxSeconds: 60, createTask: false },
          exits: { next: 'end' }
        }
      : { type: 'greeting', settings: { sounds: sounds('closed') }, exits: { next: 'end' } }
  return { locale, start: 'spam', blocks: { spam: only, end } }
}
