import fs from 'node:fs/promises'
import path from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { standingOf } from '../routing/caller-lists.ts'
import { findRoute, type Directory } from '../routing/directory.ts'
import type { CelEvent } from './cel.ts'
import { importCall } from './cel-import.ts'
import { parseLegChannel, type Exchange, type ExchangeOptions } from './exchange.ts'
import type { TapeWriter } from './tape-writer.ts'

export interface ImporterOptions {
  db: Knex
  exchange: Exchange
  tape: TapeWriter
  directory(): Directory
  normalise: ExchangeOptions['normalise']
  events: readonly CelEvent[]
  recordingsDir: string
  log: Logger
}

/**
 * Brings calls that only Asterisk saw into the journal: those of its log that have ended and that neither the
 * exchange nor the database knows. Safe to repeat.
 * @returns how many; null when the journal cannot be asked now, so that it must be tried again
 */
export async function importMissedCalls(options: ImporterOptions): Promise<number | null> {
  const { db, exchange, tape, log } = options
  const byCall = new Map<string, CelEvent[]>()
  for (const event of options.events) {
    const known = byCall.get(event.linkedId)
    if (known) known.push(event)
    else byCall.set(event.linkedId, [event])
  }
  const candidates = new Map<string, CelEvent[]>()
  for (const [linkedId, events] of byCall) {
    // Dialled by us, through a trunk or to a telephone: a call that we know.
    if (parseLegChannel(linkedId)) continue
    const id = exchange.callIdOf(linkedId)
    if (!exchange.calls.has(id)) candidates.set(id, events)
  }
  if (candidates.size === 0) return 0
  // What ended a moment ago may be on its way to the journal.
  await tape.flush()
  if (tape.status().spooledBatches > 0) return null
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    'select id from calls where id = any(?::uuid[])',
    [[...candidates.keys()]]
  )
  for (const { id } of rows) candidates.delete(id)

  let imported = 0
  for (const events of candidates.values()) {
    const call = importCall(events, portsOf(options))
    if (!call) continue
    const recordings = call.recording && (await claimAudio(options.recordingsDir, call.recording))
    const callId = call.rows[0]?.callId ?? ''
    tape.importTape(
      call.rows,
      recordings && call.recording
        ? [{ recordingId: call.recording.recordingId, callId, leg: call.recording.leg, kind: 'fallback' }]
        : []
    )
    imported += 1
  }
  if (imported > 0) {
    await tape.flush()
    log.info({ imported }, 'Calls that came while the controller was away are in the journal')
  }
  return imported
}

function portsOf({ exchange, directory, normalise }: ImporterOptions) {
  return {
    callIdOf: (uniqueId: string) => exchange.callIdOf(uniqueId),
    describe(callerNumber: string, dialedRaw: string, atMs: number) {
      const phone = normalise(callerNumber, 'RU')
      const caller = {
        number: phone?.e164 ?? null,
        name: phone ? null : callerNumber || null,
        country: phone?.country ?? null,
        region: phone?.region ?? null
      }
      const dialed = normalise(dialedRaw, 'RU')?.e164 ?? dialedRaw
      const { lists } = standingOf(directory().callers, caller.number, atMs)
      return { caller, dialed, route: findRoute(directory(), dialed, caller), lists }
    },
    operatorOf(endpoint: string) {
      const device = directory().devices.get(endpoint)
      return device ? { id: device.userId, name: device.userName } : null
    }
  }
}

/** Gives the fallback's audio the name of its recording; false when there is none. Safe to repeat half-way. */
async function claimAudio(
  dir: string,
  recording: { recordingId: string; uniqueId: string }
): Promise<boolean> {
  const sides = await Promise.all(
    ['in', 'out'].map(async (side) => {
      const ours = path.join(dir, `${recording.recordingId}-${side}.wav`)
      try {
        await fs.rename(path.join(dir, `fallback-${recording.uniqueId}-${side}.wav`), ours)
        return true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        return fs.stat(ours).then(
          () => true,
          () => false
        )
      }
    })
  )
  return sides.includes(true)
}
