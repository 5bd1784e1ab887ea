import pg from 'pg'
import type { Logger } from 'pino'

export interface Listening {
  /** No further notices come; the connection ends with whoever listens last. */
  stop(): Promise<void>
}

interface ListenOptions {
  databaseUrl: string
  channels: readonly string[]
  onNotice: (channel: string, payload: string) => void
  onConnected: () => void
  /** The connection is gone: notices are being missed from now on. */
  onLost?: () => void
  log: Logger
}

/** Between two attempts to connect. */
const retryMs = 1000
/** One for each database that this process listens to. */
const hubs = new Map<string, Hub>()

/**
 * Hears PostgreSQL notices on `channels`, over one connection for all that listen in this process: the server wakes each
 * connection that listens to anything at every notice. It comes back by itself. A notice sent while it was away is lost, so
 * `onConnected` runs whenever the channels are listened to (again): read afresh there.
 * @see https://www.postgresql.org/docs/current/sql-listen.html
 */
export function listen(options: ListenOptions): Listening {
  const { databaseUrl, log } = options
  const hub = hubs.get(databaseUrl) ?? openHub(databaseUrl, log, () => hubs.delete(databaseUrl))
  hubs.set(databaseUrl, hub)
  return { stop: hub.add(options) }
}

interface Hub {
  /** @returns what takes it out again */
  add(listener: ListenOptions): () => Promise<void>
}

/** @param onEmpty nobody listens any more: this one is of no further use */
function openHub(databaseUrl: string, log: Logger, onEmpty: () => void): Hub {
  /** Who listens, and whether the connection knows. */
  const listeners = new Map<ListenOptions, { isHeard: boolean }>()
  let client: pg.Client | undefined
  let isConnected = false
  let isEmpty = false
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()

  const channelsOf = (some: Iterable<ListenOptions>): string[] => [
    ...new Set([...some].flatMap(({ channels }) => channels))
  ]
  /** What one of them does wrong is not the others' fault. */
  function tell(what: () => void): void {
    try {
      what()
    } catch (err) {
      log.error({ err }, 'Whoever listens for database notices failed')
    }
  }

  function open(): void {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      application_name: 'ringtrace-listen'
    })
    let isLost = false
    const drop = (error?: unknown): void => {
      if (isLost) return
      isLost = true
      if (client === fresh) client = undefined
      isConnected = false
      if (isEmpty) return
      log.warn(
        { err: error, channels: channelsOf(listeners.keys()) },
        'connection for database notices lost, trying again'
      )
      for (const [listener, state] of listeners) {
        state.isHeard = false
        tell(() => listener.onLost?.())
      }
      fresh.end().catch((err: unknown) => log.debug({ err }, 'a lost connection did not close cleanly'))
      timer = setTimeout(open, retryMs)
    }
    fresh.on('error', drop)
    fresh.on('end', () => drop())
    fresh.on('notification', ({ channel, payload }) => {
      for (const listener of listeners.keys()) {
        if (listener.channels.includes(channel)) tell(() => listener.onNotice(channel, payload ?? ''))
      }
    })
    client = fresh
    fresh
      .connect()
      .then(() => {
        if (client !== fresh) return
        isConnected = true
        hearAll()
      })
      .catch(drop)
  }

  /** Has the connection listen for whoever is new, one after the other. */
  function hearAll(): void {
    working = working.then(async () => {
      const waiting = [...listeners].filter(([, { isHeard }]) => !isHeard)
      const own = client
      if (own === undefined || !isConnected || waiting.length === 0) return
      const channels = channelsOf(waiting.map(([listener]) => listener))
      try {
        await own.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join('; '))
      } catch (err) {
        // Its loss is told by the connection itself.
        log.debug({ err }, 'notices could not be asked for')
        return
      }
      if (client !== own) return
      for (const [listener, state] of waiting) {
        if (!listeners.has(listener)) continue
        state.isHeard = true
        tell(() => listener.onConnected())
      }
    })
  }

  async function remove(listener: ListenOptions): Promise<void> {
    if (!listeners.delete(listener)) return
    if (listeners.size > 0) return
    isEmpty = true
    onEmpty()
    clearTimeout(timer)
    await client?.end()
  }

  open()
  return {
    add(listener) {
      listeners.set(listener, { isHeard: false })
      hearAll()
      return () => remove(listener)
    }
  }
}
