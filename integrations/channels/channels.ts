import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { pause } from '../../host/pause.ts'
import { listen, type Listening } from '../../db/listen.ts'
import type { Secrets as Seal } from '../../db/secrets.ts'
import {
  ChannelError,
  type ChannelKind,
  type Connection,
  type Cursor,
  type Secrets,
  type Step
} from './kind.ts'
import { sendDue, type ChannelRow } from './outbox.ts'
import type { ChannelPorts } from './ports.ts'

export interface Channels {
  readonly kinds: readonly ChannelKind[]
  /** Secrets as they are stored, for a channel; what is left out of `given` stays. */
  seal(channelId: string, before: string, given: Secrets): string
  /** Names of the secrets that are there and can be read. */
  keysOf(row: { id: string; secrets: string }): string[]
  /** Tries a channel out as it is saved. */
  test(channelId: string): Promise<Step[]>
  /** Conversations of which something was said. @returns what ends the hearing */
  onNews(listener: (conversationId: string) => void): () => void
  start(): void
  stop(): Promise<void>
}

const firstPauseMs = 2_000
const longestPauseMs = 300_000
/** A login that was refused is not tried at once: mail servers shut out who knocks too often. */
const badLoginPauseMs = 600_000
const lookEveryMs = 30_000

interface Listener {
  version: string
  stop: AbortController
  done: Promise<void>
}

/**
 * Keeps every active channel open, writes what comes through the port, and brings out what waits. All that it knows is in
 * the database: it may be killed anywhere.
 * @param pauseMs before a channel that failed is opened again, for tests
 */
export function createChannels(options: {
  db: Knex
  databaseUrl: string
  secrets: Seal
  kinds: readonly ChannelKind[]
  ports: ChannelPorts
  log: Logger
  pauseMs?: number
}): Channels {
  const { db, databaseUrl, kinds, ports } = options
  const log = options.log.child({ part: 'channels' })
  const firstMs = options.pauseMs ?? firstPauseMs
  const listeners = new Map<string, Listener>()
  const news = new Set<(conversationId: string) => void>()
  const stopping = new AbortController()
  let listening: Listening | undefined
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let sending: Promise<void> | undefined
  let isWanted = { look: false, send: false }

  const purpose = (id: string): string => `message_channel:${id}`
  function secretsOf(row: { id: string; secrets: string }): Secrets | null {
    if (row.secrets === '') return {}
    const text = options.secrets.open(row.secrets, purpose(row.id))
    return text === null ? null : (JSON.parse(text) as Secrets)
  }
  const kindOf = (row: ChannelRow): ChannelKind | undefined => kinds.find(({ name }) => name === row.kind)
  const opened = (row: ChannelRow): { kind: ChannelKind; secrets: Secrets } => {
    const kind = kindOf(row)
    const secrets = secretsOf(row)
    if (!kind) throw new ChannelError('other', `There is no kind ${row.kind}`, { isFinal: true })
    if (!secrets)
      throw new ChannelError('keyLost', 'The stored password cannot be opened with this key', {
        isFinal: true
      })
    return { kind, secrets }
  }

  async function trouble(id: string, error: ChannelError | null): Promise<void> {
    await db('message_channels')
      .where({ id })
      .update(
        error
          ? { trouble: error.trouble, trouble_detail: error.message }
          : { trouble: null, trouble_detail: null, last_ok_at: db.fn.now() }
      )
  }

  /** One opening of a channel, until it fails or is stopped. */
  async function once(row: ChannelRow, stop: AbortSignal, onWell: () => void): Promise<void> {
    const { kind, secrets } = opened(row)
    const told = { atMs: 0 }
    let cursor: Cursor = row.cursor
    const connection: Connection = {
      ...{ id: row.id, settings: row.settings, secrets, stop },
      get cursor() {
        return cursor
      },
      async take(messages, next) {
        await db.transaction(async (trx) => {
          for (const message of messages) await ports.receive(trx, row, message)
          await trx('message_channels')
            .where({ id: row.id })
            .update({ cursor: JSON.stringify(next) })
        })
        cursor = next
      },
      blocked: (peer, isBlocked) => ports.blocked(db, row.id, peer, isBlocked),
      well() {
        onWell()
        if (Date.now() - told.atMs < 30_000) return
        told.atMs = Date.now()
        trouble(row.id, null).catch((err: unknown) =>
          log.debug({ err }, 'It could not be told that all is well')
        )
      }
    }
    await kind.listen(connection)
  }

  /** Opens a channel again and again, with growing pauses. */
  async function keep(id: string, stop: AbortSignal): Promise<void> {
    let pauseMs = firstMs
    while (!stop.aborted) {
      let afterMs = pauseMs
      try {
        const row = await db('message_channels').where({ id }).first<ChannelRow | undefined>()
        if (!row?.is_active) return
        await once(row, stop, () => (pauseMs = firstMs))
      } catch (error) {
        if (stop.aborted) return
        const told = error instanceof ChannelError ? error : null
        log.warn({ err: error, channelId: id, trouble: told?.trouble }, 'A channel of messages was lost')
        // Trouble with our own database is none of the channel's.
        if (told) await trouble(id, told).catch(() => undefined)
        afterMs = told?.afterMs ?? (told?.isFinal ? Math.max(pauseMs, badLoginPauseMs) : pauseMs)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
      await pause(afterMs, stop)
    }
  }

  /** Opens what is new, closes what is gone, opens anew what was changed. */
  async function look(): Promise<void> {
    const rows = await db('message_channels').where({ is_active: true }).select<ChannelRow[]>('*')
    const versions = new Map(rows.map((row) => [row.id, JSON.stringify([row.settings, row.secrets])]))
    for (const [id, one] of listeners) {
      if (versions.get(id) === one.version) continue
      one.stop.abort()
      await one.done
      listeners.delete(id)
    }
    for (const [id, version] of versions) {
      if (listeners.has(id) || stopping.signal.aborted) continue
      const stop = new AbortController()
      const done = keep(id, stop.signal).catch((err: unknown) => log.error({ err }, 'A channel ended'))
      listeners.set(id, { version, stop, done })
    }
  }

  function soon(what: { look?: boolean; send?: boolean }): void {
    isWanted = { look: isWanted.look || what.look === true, send: isWanted.send || what.send === true }
    if (stopping.signal.aborted) return
    if (isWanted.look && !looking) {
      isWanted.look = false
      looking = look()
        .catch((err: unknown) => log.warn({ err }, 'Channels could not be read, trying again'))
        .finally(() => {
          looking = undefined
          if (isWanted.look) soon({})
        })
    }
    if (isWanted.send && !sending) {
      isWanted.send = false
      sending = sendDue({ db, log, opened, isStopped: () => stopping.signal.aborted })
        .then((nextMs) => alarm(nextMs))
        .catch((err: unknown) => log.warn({ err }, 'Messages that wait could not be read, trying again'))
        .finally(() => {
          sending = undefined
          if (isWanted.send) soon({})
        })
    }
  }

  let alarmAtMs = Infinity
  function alarm(afterMs: number | null): void {
    const atMs = Date.now() + Math.min(Math.max(afterMs ?? lookEveryMs, 20), lookEveryMs)
    if (stopping.signal.aborted || (atMs >= alarmAtMs && alarmAtMs > Date.now())) return
    clearTimeout(timer)
    alarmAtMs = atMs
    timer = setTimeout(() => {
      alarmAtMs = Infinity
      soon({ look: true, send: true })
    }, atMs - Date.now())
  }

  return {
    kinds,
    seal(channelId, before, given) {
      const kept = secretsOf({ id: channelId, secrets: before }) ?? {}
      return options.secrets.seal(JSON.stringify({ ...kept, ...given }), purpose(channelId))
    },
    keysOf: (row) => Object.keys(secretsOf(row) ?? {}),
    async test(channelId) {
      const row = await db('message_channels').where({ id: channelId }).first<ChannelRow | undefined>()
      if (!row) return []
      try {
        const { kind, secrets } = opened(row)
        return await kind.test({ settings: row.settings, secrets })
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
        return [{ name: 'keys', isOk: false, trouble: error.trouble, detail: error.message }]
      }
    },
    onNews(listener) {
      news.add(listener)
      return () => void news.delete(listener)
    },
    start() {
      listening = listen({
        databaseUrl,
        channels: ['ringtrace_channels', 'ringtrace_messages'],
        log,
        onConnected: () => {
          soon({ look: true, send: true })
          alarm(null)
        },
        onNotice: (channel, payload) => {
          if (channel === 'ringtrace_channels') soon({ look: true })
          else {
            soon({ send: true })
            for (const each of news) each(payload)
          }
        }
      })
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await listening?.stop()
      await looking
      for (const { stop } of listeners.values()) stop.abort()
      await Promise.all([...listeners.values()].map(({ done }) => done))
      await sending
    }
  }
}
