import type { Logger } from 'pino'
import type { Ami, AmiContact, RegistrationDetail } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import { tlsTransport, type TrunkLink } from '../provision/trunk-objects.ts'
import type { ObjectFailure } from '../provision/reconcile.ts'
import type { TrunkState } from '../routing/trunk-states.ts'
import type { Check } from './pbx.ts'
import type { TrunkHistory } from './trunk-history.ts'
import type { LoggedRefusal } from './trunk-log.ts'

/** Something that happened to a trunk. `about` is what was refused, null for a mere change of state. */
export interface TrunkEvent {
  at: string
  state: TrunkState
  about: 'registration' | 'call' | 'limit' | null
  /** SIP answer; null where there was none. */
  code: number | null
  text: string | null
}

/** How a trunk stands now. */
export interface TrunkFacts {
  trunkId: string
  state: TrunkState
  since: string | null
  lastError: TrunkEvent | null
  nextAttemptAt: string | null
  answer: { isThere: boolean; milliseconds: number | null } | null
  callsIn: number
  callsOut: number
  /** The newest first. */
  history: readonly TrunkEvent[]
}

interface Watched {
  state: TrunkState
  sinceMs: number | null
  nextMs: number | null
}

export interface TrunkWatchOptions {
  ari: Pick<Ari, 'isUp' | 'getObject'>
  ami: Pick<Ami, 'on' | 'contacts' | 'registrations'>
  log: { read(): Promise<LoggedRefusal[]> }
  load(): ReadonlyMap<string, { in: number; out: number }>
  history: Pick<TrunkHistory, 'of' | 'add'>
  logger: Logger
  now?: () => number
}

/** Screens that ask more often see what was seen last. */
const freshMs = 3000
/** The log is written a moment after the state has changed. */
const logFollowsMs = 250

/** How the trunks stand, as Asterisk says, and what has happened to them. */
export function createTrunkWatch(options: TrunkWatchOptions) {
  const { ari, ami, load, history, logger, now = Date.now } = options
  let links: readonly TrunkLink[] = []
  let registrations: ReadonlyMap<string, RegistrationDetail> = new Map()
  let contacts: ReadonlyMap<string, AmiContact> = new Map()
  /** What was told of contacts since they were asked for last. */
  let told = new Map<string, AmiContact>()
  const watched = new Map<string, Watched>()
  let lookedMs = 0
  let looking: Promise<void> | undefined

  function stateOf(link: TrunkLink): TrunkState {
    if (!ari.isUp) return 'unknown'
    const isSilent = link.isChecked === true && contacts.get(link.endpoint)?.state === 'unreachable'
    if (link.kind === 'address') return isSilent ? 'unreachable' : 'configured'
    const state = registrations.get(link.endpoint)?.state ?? 'unknown'
    return state === 'registered' && isSilent ? 'unreachable' : state
  }

  function entryOf(id: string): Watched {
    const entry = watched.get(id) ?? { state: 'unknown', sinceMs: null, nextMs: null }
    watched.set(id, entry)
    return entry
  }

  function note(id: string, event: Omit<TrunkEvent, 'at' | 'state'>, atMs: number): void {
    history.add(id, { ...event, at: new Date(atMs).toISOString(), state: entryOf(id).state })
  }

  /** Compares what is known with what was; a change is remembered. */
  function compare(): void {
    for (const link of links) {
      const entry = entryOf(link.id)
      const state = stateOf(link)
      if (state === entry.state) continue
      const isFirstLook = entry.sinceMs === null
      const last = isFirstLook ? history.of(link.id).find(({ about }) => about === null) : undefined
      // It stands as the last controller saw it: nothing has happened.
      const isAsBefore = last?.state === state
      Object.assign(entry, { state, sinceMs: isAsBefore ? Date.parse(last.at) : now() })
      if (!isAsBefore) note(link.id, { about: null, code: null, text: null }, now())
    }
  }

  function take(details: ReadonlyMap<string, RegistrationDetail>): void {
    registrations = details
    for (const link of links) {
      const { state, nextSeconds = null } = details.get(link.endpoint) ?? {}
      const entry = entryOf(link.id)
      // Where Asterisk does not say it, its log has said it with the refusal.
      if (nextSeconds !== null) entry.nextMs = now() + nextSeconds * 1000
      else if (state === 'registered') entry.nextMs = null
    }
    compare()
  }

  /** What the log says of registrations that failed goes to the trunks whose registrations they are. */
  async function readLog(): Promise<void> {
    for (const { atMs, clientUri, code, nextMs } of await options.log.read()) {
      const link = links.find((one) => clientUriOf(one) === clientUri)
      if (!link) continue
      note(link.id, { about: 'registration', code, text: null }, atMs)
      if (nextMs !== null) entryOf(link.id).nextMs = nextMs
    }
  }
  const readLogSoon = (): void => {
    setTimeout(() => {
      void readLog().catch((error: unknown) =>
        logger.warn({ err: error }, 'Asterisk’s log could not be read')
      )
    }, logFollowsMs).unref()
  }

  async function look(): Promise<void> {
    const since = new Map<string, AmiContact>()
    told = since
    // Each is taken as it comes: an event may follow an answer at once, and is then the newer of both.
    await Promise.all([
      ami.registrations().then((details) => details && take(details)),
      ami.contacts().then((found) => {
        // The list may leave out addresses that were set up and not registered: what was told of those stays.
        if (found) contacts = new Map([...contacts, ...found, ...since])
      })
    ])
    await readLog()
    compare()
    lookedMs = now()
  }

  ami.on('registrations', (details) => {
    take(details)
    readLogSoon()
  })
  ami.on('contact', (contact) => {
    if (!contact.aor.startsWith('trunk-')) return
    told.set(contact.aor, contact)
    contacts = new Map([...contacts, [contact.aor, contact]])
    compare()
  })

  function factsOf(link: TrunkLink, loads: ReturnType<typeof load>): TrunkFacts {
    const entry = entryOf(link.id)
    const contact = link.isChecked === true ? contacts.get(link.endpoint) : undefined
    // One that was never asked counts as there, and has no time.
    const isAsked = contact && (contact.state !== 'reachable' || contact.roundtripMs !== undefined)
    const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
    return {
      trunkId: link.id,
      state: entry.state,
      since: at(entry.sinceMs),
      lastError: history.of(link.id).find(({ about }) => about !== null) ?? null,
      nextAttemptAt: at(entry.nextMs !== null && entry.nextMs > now() ? entry.nextMs : null),
      answer: isAsked
        ? { isThere: contact.state === 'reachable', milliseconds: contact.roundtripMs ?? null }
        : null,
      callsIn: loads.get(link.id)?.in ?? 0,
      callsOut: loads.get(link.id)?.out ?? 0,
      history: history.of(link.id)
    }
  }

  return {
    states: (): ReadonlyMap<string, TrunkState> => new Map(links.map((link) => [link.id, stateOf(link)])),
    /** All trunks in use; Asterisk is asked when the last look is not fresh. */
    async facts(): Promise<TrunkFacts[]> {
      if (now() - lookedMs > freshMs && ari.isUp) {
        looking ??= look()
          .catch((error: unknown) => logger.warn({ err: error }, 'The trunks could not be looked at'))
          .finally(() => (looking = undefined))
        await looking
      }
      compare()
      const loads = load()
      return links.map((link) => factsOf(link, loads))
    },
    /** The trunks that Asterisk is to know from now on. */
    load(wanted: readonly TrunkLink[]): void {
      links = wanted
      const ids = new Set(links.map(({ id }) => id))
      for (const id of watched.keys()) if (!ids.has(id)) watched.delete(id)
      compare()
    },
    refresh: look,
    /** A carrier has refused a call of ours, or its limit has turned one of the carrier's away. */
    refused(trunkId: string, about: 'call' | 'limit', code: number | null): void {
      if (links.some(({ id }) => id === trunkId)) note(trunkId, { about, code, text: null }, now())
    },
    /** Whether SIP over TLS can be used; false too while Asterisk cannot be asked. */
    hasTls: async (): Promise<boolean> => (await ari.getObject('transport', tlsTransport)).ok,
    check(failures: readonly ObjectFailure[]): Check {
      if (failures.length > 0) {
        return {
          status: 'degraded',
          detail: `Asterisk refuses ${failures.map((failure) => failure.owner).join(', ')}`
        }
      }
      const bad = links.filter((link) => !['configured', 'registered'].includes(stateOf(link)))
      if (bad.length === 0)
        return { status: 'ok', ...(links.length === 0 ? { detail: 'No trunk is set up yet' } : {}) }
      return { status: 'degraded', detail: bad.map((link) => `${link.name}: ${stateOf(link)}`).join(', ') }
    }
  }
}

export type TrunkWatch = ReturnType<typeof createTrunkWatch>

const clientUriOf = ({ username, fromDomain, host }: TrunkLink): string =>
  `sip:${username ?? ''}@${fromDomain ?? host}`
