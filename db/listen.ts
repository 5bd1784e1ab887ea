import pg from 'pg'
import type { Logger } from 'pino'

export interface Listening {
  /** Ends the connection; no further notices come. */
  stop(): Promise<void>
}

/**
 * Hears PostgreSQL notices on `channels` over one connection of its own, which comes back by itself.
 * A notice sent while the connection was away is lost, so `onConnected` runs after every (re)connect: read afresh there.
 * @param retryMs pause before another attempt to connect
 */
export function listen(options: {
  databaseUrl: string
  channels: readonly string[]
  onNotice: (channel: string, payload: string) => void
  onConnected: () => void
  /** The connection is gone: notices are being missed from now on. */
  onLost?: () => void
  log: Logger
  retryMs?: number
}): Listening {
  const { databaseUrl, channels, onNotice, onConnected, log, retryMs = 1000 } = options
  let stopped = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  const again = (): void => {
    if (!stopped) timer = setTimeout(open, retryMs)
  }

  function open(): void {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      application_name: 'ringtrace-listen'
    })
    let lost = false
    const drop = (error?: unknown): void => {
      if (lost) return
      lost = true
      if (client === fresh) client = undefined
      if (stopped) return
      options.onLost?.()
      log.warn({ err: error, channels }, 'connection for database notices lost, trying again')
      fresh.end().catch((err: unknown) => log.debug({ err }, 'a lost connection did not close cleanly'))
      again()
    }
    fresh.on('error', drop)
    fresh.on('end', () => drop())
    fresh.on('notification', ({ channel, payload }) => onNotice(channel, payload ?? ''))
    client = fresh
    fresh
      .connect()
      .then(() => fresh.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join('; ')))
      .then(() => {
        if (!stopped) onConnected()
      })
      .catch(drop)
  }

  open()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await client?.end()
    }
  }
}
