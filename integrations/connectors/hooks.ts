import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { hidden } from './hide.ts'
import { ForeignError, type Command, type Keys } from './kind.ts'
import { placeCall } from './place-call.ts'
import type { ConnectorPorts } from './ports.ts'
import type { Exchange } from './store.ts'
import type { Open } from './work.ts'

export interface Answered {
  isOk: boolean
  code: string | null
  message: string | null
}

interface Options {
  db: Knex
  log: Logger
  now: () => number
  ports: ConnectorPorts
  join: (connectorId: string, keys: Keys) => Promise<void>
  keep: (one: Exchange) => Promise<void>
  userOf: (foreign: string) => string | null
}

/**
 * Takes an event of the other side: is it genuine, what does it mean, was it taken before, then does it.
 * @returns `refused` for one that cannot be shown to be genuine
 */
export async function takeEvent(
  open: Open,
  keys: Keys,
  event: Record<string, unknown>,
  options: Options
): Promise<'taken' | 'refused'> {
  const { row, kind } = open
  const told = (error: string | null): Promise<void> =>
    options.keep({
      ...{ connectorId: row.id, about: null, direction: 'in', error },
      ...{ method: nameOf(event), request: hidden(event), status: null, response: null, tookMs: null }
    })
  const command = kind.mapping.command(event)
  // Keys prove themselves: they are tried before they are kept.
  if (command?.do === 'join') {
    try {
      await options.join(row.id, command.keys)
      await told(null)
      return 'taken'
    } catch (error) {
      if (!(error instanceof ForeignError)) throw error
      await told(error.message)
      return 'refused'
    }
  }
  if (!kind.isGenuine(event, keys, row.settings)) {
    await told('The event does not carry the token of this installation: it was not believed')
    return 'refused'
  }
  if (command === null || !row.is_active) {
    await told(null)
    return 'taken'
  }
  if (command.do === 'leave') {
    await options
      .db('connectors')
      .where({ id: row.id })
      .update({ state: 'needsLogin', trouble: 'uninstalled' })
    await told(null)
    return 'taken'
  }
  await told(await perform(open, command, options))
  return 'taken'
}

/** @returns what went wrong, in words */
async function perform(
  open: Open,
  command: Extract<Command, { do: 'call' | 'callback' }>,
  { db, now, ports, userOf, log }: Options
): Promise<string | null> {
  const { row, kind, client } = open
  const { key, phone, line } = command
  if (command.do === 'callback') {
    const added = await db('connector_events')
      .insert({ connector_id: row.id, key, at: new Date(now()) })
      .onConflict(['connector_id', 'key'])
      .ignore()
      .returning('key')
    if (added.length === 0) return null
    const { refused } = await ports.orderCallback({ phone, note: command.note, line })
    return refused
  }
  const { foreignCall, foreignUser } = command
  const placed = await placeCall(
    { key, userId: userOf(foreignUser), phone, line },
    {
      ...{ db, connectorId: row.id, nowMs: now(), ports },
      there: { foreignCall, memory: kind.mapping.madeThere(foreignCall) }
    }
  )
  if ('callId' in placed || !placed.isNew) return null
  await client(null)
    .couldNot(command, placed.refused)
    .catch((err: unknown) => log.warn({ err }, 'The other side was not told of a call that was not placed'))
  return placed.refused
}

const nameOf = (event: Record<string, unknown>): string =>
  typeof event['event'] === 'string' ? event['event'].slice(0, 100) : 'event'
