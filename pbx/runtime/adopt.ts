import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Scheme } from '../../ivr/scheme.ts'
import { foldJournal } from '../call/journal.ts'
import type { Call, RunningScheme } from '../call/types.ts'
import type { Exchange } from './exchange.ts'
import { openLiveCall } from './mailbox.ts'
import { readTape } from './tape-writer.ts'

/** Snapshots of calls that were open when the last controller stopped, brought back to life. */
export async function adoptOpenCalls(options: {
  db: Knex
  node: string
  exchange: Exchange
  log: Logger
}): Promise<void> {
  const { db, node, exchange, log } = options
  const { rows } = await db.raw<{ rows: { state: Call }[] }>(
    'select state from call_snapshots where node = ? order by call_id',
    [node]
  )
  for (const { state } of rows) {
    const call = await withSchemes(db, state)
    const tapeRows = await readTape(db, call.id)
    const seq = Math.max(call.seq, tapeRows.at(-1)?.seq ?? 0)
    exchange.adopt(openLiveCall({ ...call, seq }, foldJournal(tapeRows), tapeRows))
  }
  if (rows.length > 0) log.info({ calls: rows.length }, 'Calls of the last controller are adopted')
}

/** Snapshots name published schemes by version; their bodies come from the database. */
async function withSchemes(db: Knex, call: Call): Promise<Call> {
  const filled = async <T extends RunningScheme | null>(scheme: T): Promise<T> => {
    if (scheme === null || (scheme.body as Scheme | null) !== null) return scheme
    const found = await db('scheme_versions')
      .where({ scheme_id: scheme.id, version: scheme.version })
      .first<{ body: Scheme } | undefined>('body')
    return { ...scheme, body: found?.body ?? { locale: 'ru', start: '', blocks: {} } }
  }
  return {
    ...call,
    route: call.route && { ...call.route, scheme: await filled(call.route.scheme) },
    scheme: await filled(call.scheme),
    detours: await Promise.all(
      call.detours.map(async (detour) => ({ ...detour, scheme: await filled(detour.scheme) }))
    )
  }
}
