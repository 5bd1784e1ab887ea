import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { z } from 'zod'
import { listen } from '../../db/listen.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { emptyDirectory, type ContactEntry, type Directory } from '../routing/directory.ts'
import { trunkEndpointId } from '../provision/objects.ts'

export interface DirectoryKeeper {
  readonly current: Directory
  /** Reads everything anew. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** Changes that come together are read together. */
const settleMs = 40

/**
 * Keeps the routing data in memory and follows its tables through the database's own notices. While the database is
 * away the last picture stands, so calls go on; when it is back everything is read anew.
 */
export function keepDirectory(options: {
  db: Knex
  databaseUrl: string
  onChange(directory: Directory): void
  log: Logger
}): DirectoryKeeper {
  const { db, log } = options
  let current: Directory = emptyDirectory
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const stale = { config: false, allContacts: false, contacts: new Set<string>() }

  function schedule(): void {
    if (isClosed) return
    timer ??= setTimeout(() => {
      timer = undefined
      void refresh().catch((error: unknown) =>
        log.warn({ err: error }, 'The configuration could not be read; the last one stands')
      )
    }, settleMs)
  }

  async function refresh(): Promise<void> {
    const { config, allContacts } = stale
    const contactIds = [...stale.contacts]
    Object.assign(stale, { config: false, allContacts: false })
    stale.contacts.clear()
    try {
      let next = current
      if (config) next = { ...(await readConfiguration(db)), contacts: next.contacts }
      if (allContacts) next = { ...next, contacts: await readContacts(db, null) }
      else if (contactIds.length > 0)
        next = { ...next, contacts: await patchContacts(db, next.contacts, contactIds) }
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
      schedule()
    },
    onNotice: (_channel, payload) => {
      const [table, id = ''] = payload.split(':')
      if (table === 'contacts') stale.contacts.add(id)
      else if (table === 'contact_phones') stale.contacts.add(id)
      else stale.config = true
      schedule()
    }
  })

  return {
    get current() {
      return current
    },
    reload() {
      Object.assign(stale, { config: true, allContacts: true })
      return refresh()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await listening.stop()
    }
  }
}

const text = z.string().nullable()
const rows = {
  numbers: z.array(
    z.object({ id: z.string(), e164: z.string(), label: text, sourceId: text, siteId: text, schemeId: text })
  ),
  sources: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      inquiryChannel: z.string(),
      medium: text,
      campaign: text,
      keyword: text
    })
  ),
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  schemes: z.array(z.object({ id: z.string(), name: z.string(), version: z.number(), body: z.unknown() })),
  groups: z.array(z.object({ id: z.string(), name: z.string(), memberIds: z.array(z.string()) })),
  users: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      sipUser: z.string(),
      isFixed: z.boolean(),
      presence: z.enum(['available', 'away', 'offline'])
    })
  ),
  trunks: z.array(z.object({ id: z.string(), country: z.string() })),
  contacts: z.array(
    z.object({ e164: z.string(), id: z.string(), name: z.string(), company: text, ownerId: text })
  )
}

async function readConfiguration(db: Knex): Promise<Omit<Directory, 'contacts'>> {
  const read = async <T extends z.ZodType>(schema: T, sql: string): Promise<z.infer<T>> =>
    schema.parse((await db.raw<{ rows: unknown }>(sql)).rows)
  const [numbers, sources, sites, schemes, groups, users, trunks] = await Promise.all([
    read(
      rows.numbers,
      `select id, e164, label, source_id as "sourceId", site_id as "siteId", scheme_id as "schemeId" from numbers where is_active`
    ),
    read(
      rows.sources,
      `select id, name, inquiry_channel as "inquiryChannel", medium, campaign, keyword from sources`
    ),
    read(rows.sites, `select id, name from sites`),
    read(
      rows.schemes,
      `select s.id, s.name, v.version, v.body from schemes s join scheme_versions v on v.scheme_id = s.id and v.version = s.published_version`
    ),
    read(
      rows.groups,
      `select g.id, g.name, coalesce(array_agg(m.user_id order by m.position, m.user_id) filter (where m.user_id is not null), '{}') as "memberIds"
      from groups g left join group_members m on m.group_id = g.id group by g.id`
    ),
    read(
      rows.users,
      `select id, name, sip_user as "sipUser", device = 'sip' and sip_address is not null as "isFixed", presence from users where is_active`
    ),
    read(rows.trunks, `select id, country from trunks where is_active`)
  ])
  return {
    numbers: new Map(numbers.map((number) => [number.e164, number])),
    sources: new Map(sources.map((source) => [source.id, source])),
    sites: new Map(sites.map((site) => [site.id, site.name])),
    // Bodies were validated when they were published; a broken one is found by the machine and ends in a clear reason.
    schemes: new Map(schemes.map((scheme) => [scheme.id, { ...scheme, body: scheme.body as Scheme }])),
    groups: new Map(groups.map((group) => [group.id, group])),
    users: new Map(users.map((user) => [user.id, user])),
    trunks: new Map(trunks.map((trunk) => [trunkEndpointId(trunk.id), trunk]))
  }
}

async function readContacts(db: Knex, ids: readonly string[] | null): Promise<Map<string, ContactEntry>> {
  const result = await db.raw<{ rows: unknown }>(
    `select p.e164, c.id, c.name, c.company, c.owner_id as "ownerId"
     from contact_phones p join contacts c on c.id = p.contact_id ${ids ? 'where c.id = any(?::uuid[])' : ''}`,
    ids ? [[...ids]] : []
  )
  return new Map(rows.contacts.parse(result.rows).map(({ e164, ...contact }) => [e164, contact]))
}

async function patchContacts(
  db: Knex,
  before: Directory['contacts'],
  ids: readonly string[]
): Promise<Map<string, ContactEntry>> {
  const changed = new Set(ids)
  const kept = [...before].filter(([, contact]) => !changed.has(contact.id))
  return new Map([...kept, ...(await readContacts(db, ids))])
}
