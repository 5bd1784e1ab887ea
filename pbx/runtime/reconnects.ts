import { setTimeout as delay } from 'node:timers/promises'
import type { Ari } from '../ari/client.ts'
import { importMissedCalls, type ImporterOptions } from './cel-importer.ts'
import type { CelEvent } from './cel.ts'
import { recover, type RecoveryPorts } from './recovery.ts'

export interface ReconnectsOptions
  extends Omit<ImporterOptions, 'events'>, Pick<RecoveryPorts, 'onListed' | 'isHere'> {
  ari: Ari
  /** Brings phones and configuration up to date with the Asterisk that answers now. */
  refresh(): Promise<void>
  readCel(): Promise<CelEvent[]>
}

export interface Reconnects {
  /** Whether calls were compared with Asterisk since its events flow. */
  readonly isRecovered: boolean
  start(): void
  stop(): Promise<void>
}

/** Asterisk writes its log a moment after it tells of a channel's end. */
const logFollowsMs = 500
const retryMs = 2000

/**
 * What is done each time Asterisk's events flow again: calls are compared and repaired, and those that only Asterisk
 * saw are brought into the journal, now and when the last of them ends. What fails is tried again.
 */
export function createReconnects(options: ReconnectsOptions): Reconnects {
  const { ari, exchange, log } = options
  const stopping = new AbortController()
  const outsiders = new Set<string>()
  let isRecovered = false
  let lostAtMs: number | null = null
  let importTimer: NodeJS.Timeout | undefined
  /** One at a time, whatever Asterisk does. */
  let tail: Promise<void> = Promise.resolve()

  function inTurn(what: string, work: () => Promise<void>): void {
    tail = tail.then(work).catch((error: unknown) => log.error({ err: error }, what))
  }

  async function onUp(): Promise<void> {
    const since = lostAtMs
    await options.refresh()
    while (ari.isUp && !stopping.signal.aborted) {
      const found = await recover({
        ...{ ari, exchange, log },
        ...(options.onListed && { onListed: options.onListed }),
        ...(options.isHere && { isHere: options.isHere }),
        readCel: () => options.readCel(),
        findEnded: (callIds) => findEnded(options, callIds),
        lostAtMs: since,
        now: () => Date.now()
      })
      if (found) {
        isRecovered = true
        lostAtMs = null
        for (const id of found) outsiders.add(id)
        break
      }
      // Only stopping makes it fail, and the loop asks for that itself.
      await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    importSoon(0)
  }

  function importSoon(afterMs: number): void {
    if (stopping.signal.aborted) return
    importTimer ??= setTimeout(() => {
      importTimer = undefined
      inTurn('Calls of Asterisk\u2019s own log could not be brought into the journal', importNow)
    }, afterMs)
  }

  async function importNow(): Promise<void> {
    const imported = await importMissedCalls({ ...options, events: await options.readCel() }).catch(
      (error: unknown) => {
        log.warn({ err: error }, 'The journal cannot be asked which calls it lacks; trying again')
        return null
      }
    )
    if (imported === null) importSoon(retryMs)
  }

  return {
    get isRecovered() {
      return isRecovered
    },
    start() {
      ari.on('up', () => inTurn('The comparison with Asterisk failed', onUp))
      ari.on('down', () => {
        isRecovered = false
        lostAtMs ??= Date.now()
      })
      ari.on('event', (event) => {
        if (event.type === 'ChannelDestroyed' && outsiders.delete(event.channel.id)) importSoon(logFollowsMs)
      })
    },
    async stop() {
      stopping.abort()
      clearTimeout(importTimer)
      await tail
    }
  }
}

async function findEnded(
  { db, tape, log }: ReconnectsOptions,
  callIds: readonly string[]
): Promise<ReadonlySet<string>> {
  if (callIds.length === 0) return new Set()
  try {
    await tape.flush()
    const rows = await db('calls')
      .whereIn('id', callIds)
      .whereNotNull('ended_at')
      .select<{ id: string }[]>('id')
    return new Set(rows.map((row) => row.id))
  } catch (error) {
    log.warn({ err: error }, 'The journal cannot be asked which calls have ended')
    return new Set()
  }
}
