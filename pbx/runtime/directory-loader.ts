import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { z } from 'zod'
import { inTurn } from '../../db/in-turn.ts'
import { listen } from '../../db/listen.ts'
import { emptyDirectory, type Directory } from '../routing/directory.ts'
import { createContactBook, type ContactRow } from './contact-book.ts'
import { readConfiguration } from './directory-rows.ts'

export interface DirectoryKeeper {
  readonly current: Directory
  /** Reads everything anew. */
  reload(): Promise<void>
  close(): Promise<void>
}

/**
 * Keeps the routing data in memory and follows its tables through the database's own notices. While the database is
 * away the last picture stands, so calls go on; when it is back everything is read anew.
 */
export function keepDirectory(options: {
  db: Knex
  databaseUrl: string
  /** Hears of every change but those of contacts, of which there is one with each unknown caller. */
  onChange(directory: Directory): void
  log: Logger
}): DirectoryKeeper {
  const { db, log } = options
  const contacts = createContactBook()
  let current: Directory = { ...emptyDirectory, contacts: contacts.byNumber }
  const stale = { config: false, allContacts: false, contacts: new Set<string>() }

  const reading = inTurn(refresh, (error) =>
    log.warn({ err: error }, 'The configuration could not be read; the last one stands')
  )

  async function refresh(): Promise<void> {
    const { config, allContacts } = stale
    const contactIds = [...stale.contacts]
    Object.assign(stale, { config: false, allContacts: false })
    stale.contacts.clear()
    try {
      const next = config ? { ...(await readConfiguration(db)), contacts: contacts.byNumber } : current
      if (allContacts) contacts.fill(await readContacts(db, null))
      else if (contactIds.length > 0) contacts.change(contactIds, await readContacts(db, contactIds))
      if (next === current) return
      current = next
      options.onChange(current)
    } catch (error) {
      // What was not read is read with the next notice, or after the reconnect.
      Object.assign(stale, { config: stale.config || config, allContacts: stale.allContacts || allContacts })
      for (const id of contactIds) stale.contacts.add(id)
      throw error
    }
  }

  const listening = listen({
    databaseUrl: options.databaseUrl,
    channels: ['ringtrace_config'],
    log,
    onConnected: () => {
      Object.assign(stale, { config: true, allContacts: true })
      reading.soon()
    },
    onNotice: (_channel, payload) => {
      const [table, id = ''] = payload.split(':')
      if (table === 'contacts') stale.contacts.add(id)
      else if (table === 'contact_phones') stale.contacts.add(id)
      else stale.config = true
      reading.soon()
    }
  })

  return {
    get current() {
      return current
    },
    reload() {
      Object.assign(stale, { config: true, allContacts: true })
      return reading.now()
    },
    async close() {
      reading.close()
      await listening.stop()
    }
  }
}

const contactRows = z.array(
  z.object({
    e164: z.string(),
    id: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    ownerId: z.string().nullable()
  })
)

async function readContacts(db: Knex, ids: readonly string[] | null): Promise<ContactRow[]> {
  const result = await db.raw<{ rows: unknown }>(
    `select p.e164, c.id, c.name, c.company, c.owner_id as "ownerId"
     from contact_phones p join contacts c on c.id = p.contact_id ${ids ? 'where c.id = any(?::uuid[])' : ''}`,
    ids ? [[...ids]] : []
  )
  return contactRows.parse(result.rows)
}
