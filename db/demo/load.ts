import { randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { hashPassword } from '../passwords.ts'
import { carrierHost } from '../../demo/carrier.ts'
import { makeTalks } from '../../demo/talks.ts'
import type { TalkFiles } from '../../demo/talks.ts'
import { shopScheme, simpleScheme } from '../../ivr/templates.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { foldJournal } from '../../pbx/call/journal.ts'
import type { Journal } from '../../pbx/call/journal.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Caller, Route } from '../../pbx/call/types.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { normalise } from '../../tracking/phones.ts'
import * as company from './company.ts'
import { insertCosts } from './costs.ts'
import { insertDeals } from './deals.ts'
import { insertAll } from './insert-all.ts'
import { insertPools, insertVisits, makeVisits, pools } from './visits.ts'
import { makeHistory } from './history.ts'
import type { History, RecordingRow } from './history.ts'
import { createRandom } from './random.ts'

export interface LoadDemoOptions {
  readonly nowMs: number
  /** Where the demo carrier listens. */
  readonly sipPort: number
  readonly home: AsteriskHome
  readonly dataDir: string
  readonly log: Logger
  readonly progress?: (text: string, fraction?: number) => void
  readonly seed?: number
  /** How many past calls, more or less. */
  readonly calls?: number
  /** The audio of past calls; made by TTS when absent. */
  readonly audio?: TalkFiles
}

export interface DemoLoaded {
  /** The one password of all demo accounts. */
  readonly password: string
  readonly logins: readonly string[]
  readonly calls: number
}

/**
 * Loads the demo company into an empty database, in one transaction, and four weeks of its past calls.
 * @returns null when it was loaded before, was wiped, or somebody has begun to set the system up
 * @throws SetupError when the audio cannot be made
 */
export async function loadDemo(db: Knex, options: LoadDemoOptions): Promise<DemoLoaded | null> {
  const { nowMs, sipPort, home, dataDir, log, progress } = options
  if (!(await isEmpty(db))) return null
  progress?.('Loading the demo company')
  const password = `demo-${randomBytes(4).toString('hex')}`
  const [audio, passwordHash] = await Promise.all([
    options.audio ?? makeTalks(home, dataDir),
    hashPassword(password)
  ])
  const logins = company.users.map(({ login }) => login)
  const loaded = await db.transaction(async (trx) => {
    const settings = await trx('settings')
      .insert({ key: 'demo', value: { state: 'loaded', password, logins } })
      .onConflict('key')
      .ignore()
      .returning('key')
    // Another process of the same start was first.
    if (settings.length === 0) return null
    const made = await insertCompany(trx, { passwordHash, sipPort })
    const history = makeHistory({
      random: createRandom(options.seed ?? 20_261_121),
      nowMs,
      days: 28,
      calls: options.calls ?? 1500,
      ...made,
      strangerAt: (index) => callerOf(company.phoneOf(index + 1000)),
      talks: audio.talks,
      message: audio.message,
      audible: 12
    })
    const { poolIds, sources } = made
    const visits = makeVisits({
      random: createRandom((options.seed ?? 20_261_121) + 3),
      ...{ nowMs, tapes: history.tapes, poolIds, sources }
    })
    await insertHistory(trx, { ...history, tapes: visits.tapes })
    await insertVisits(trx, visits, poolIds)
    await insertCosts(trx, { random: createRandom((options.seed ?? 20_261_121) + 2), nowMs, days: 28 })
    await insertDeals(trx, { random: createRandom((options.seed ?? 20_261_121) + 1), nowMs })
    return { password, logins, calls: history.tapes.length }
  })
  if (loaded !== null) log.info({ calls: loaded.calls }, 'The demo company is loaded')
  return loaded
}

async function isEmpty(db: Knex): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { used: boolean }[] }>(`select
    exists (select from settings where key = 'demo') or exists (select from numbers) or exists (select from trunks)
    or exists (select from schemes) or exists (select from calls) as used`)
  return rows[0]?.used === false
}

/** Inserts what an admin would set up, and gives it as routing would see it. */
async function insertCompany(
  trx: Knex.Transaction,
  { passwordHash, sipPort }: { passwordHash: string; sipPort: number }
) {
  const users = company.users.map((user) => ({ ...user, id: randomUUID() }))
  await trx('users').insert(users.map((user) => ({ ...user, password_hash: passwordHash, is_demo: true })))
  const groups = Object.entries(company.groups).map(([key, group]) => ({ key, ...group, id: randomUUID() }))
  await trx('groups').insert(
    groups.map(({ id, name, tone }) => ({ id, name, ring_tone: tone, is_demo: true }))
  )
  // Whoever set the system up is rung by the first test call.
  const admins = await trx('users').where({ role: 'admin', is_demo: false }).select<{ id: string }[]>('id')
  const memberIds = (members: readonly string[]): string[] =>
    users.filter(({ login }) => members.includes(login)).map(({ id }) => id)
  await trx('group_members').insert(
    groups.flatMap(({ id, members }) =>
      [...admins.map((admin) => admin.id), ...memberIds(members)].map((user_id, position) => ({
        group_id: id,
        user_id,
        position
      }))
    )
  )
  const groupId = (key: string): string => groups.find((group) => group.key === key)?.id ?? ''

  const trunkId = randomUUID()
  await trx('trunks').insert({
    id: trunkId,
    name: 'Демо-оператор связи',
    kind: 'address',
    host: carrierHost,
    port: sipPort,
    is_demo: true
  })
  const sites = Object.entries(company.sites).map(([key, site]) => ({ key, ...site, id: randomUUID() }))
  await trx('sites').insert(sites.map(({ key: _key, ...site }) => ({ ...site, is_demo: true })))
  const sources = company.sources.map((source) => ({ ...source, id: randomUUID() }))
  await trx('sources').insert(
    sources.map(({ id, name, inquiryChannel, medium, campaign, keyword }) => ({
      ...{ id, name, medium, campaign, keyword },
      inquiry_channel: inquiryChannel,
      is_demo: true
    }))
  )

  const bodies: Record<keyof typeof company.schemeNames, Scheme> = {
    shop: shopScheme({ salesGroupId: groupId('sales'), serviceGroupId: groupId('service') }),
    kitchens: simpleScheme(groupId('sales')),
    delivery: simpleScheme(groupId('service'))
  }
  const schemes = Object.entries(company.schemeNames).map(([key, name]) => {
    const body = bodies[key as keyof typeof bodies]
    return { key, id: randomUUID(), name, version: 1, body }
  })
  await trx('schemes').insert(
    schemes.map(({ id, name, body }) => ({
      id,
      name,
      draft: JSON.stringify(body),
      published_version: 1,
      is_demo: true
    }))
  )
  await trx('scheme_versions').insert(
    schemes.map(({ id, version, body }) => ({ scheme_id: id, version, body: JSON.stringify(body) }))
  )

  const groupNames = Object.fromEntries(groups.map(({ id, name }) => [id, name]))
  const lines = company.numbers.map((number) => {
    const source = sources.find(({ key }) => key === number.source)
    const site = sites.find(({ key }) => key === number.site)
    const scheme = schemes.find(({ key }) => key === number.scheme)
    if (source === undefined || scheme === undefined)
      throw new Error(`${number.label} lacks its source or scheme`)
    const route: Omit<Route, 'contact'> = {
      numberId: randomUUID(),
      number: number.e164,
      numberLabel: number.label,
      source: {
        id: source.id,
        name: source.name,
        inquiryChannel: source.inquiryChannel,
        medium: source.medium,
        campaign: source.campaign,
        keyword: source.keyword
      },
      siteId: site?.id ?? null,
      siteName: site?.name ?? null,
      scheme: { id: scheme.id, name: scheme.name, version: scheme.version, body: scheme.body },
      groupNames
    }
    return { route, weight: number.weight }
  })
  // Lent to visitors: they stand for no source of their own, and the overflow numbers are called by nobody here.
  for (const [key, pool] of Object.entries(pools)) {
    const site = sites.find((one) => one.key === key)
    const scheme = schemes.find((one) => one.key === key)
    if (scheme === undefined) throw new Error(`The pool of ${key} lacks its scheme`)
    for (const e164 of [...pool.members, pool.overflow]) {
      const route = {
        ...{ numberId: randomUUID(), number: e164, numberLabel: pool.name, source: null, groupNames },
        ...{ siteId: site?.id ?? null, siteName: site?.name ?? null },
        scheme: { id: scheme.id, name: scheme.name, version: scheme.version, body: scheme.body }
      }
      lines.push({ route, weight: e164 === pool.overflow ? 0 : pool.weight })
    }
  }
  await trx('numbers').insert(
    lines.map(({ route }) => ({
      id: route.numberId,
      e164: route.number,
      label: route.numberLabel,
      trunk_id: trunkId,
      source_id: route.source?.id ?? null,
      site_id: route.siteId,
      scheme_id: route.scheme.id,
      is_demo: true
    }))
  )

  const poolIds = await insertPools(trx)

  const operators = users
    .filter(({ role }) => role === 'operator')
    .map(({ id, name }) => ({ userId: id, name }))
  const known = await insertContacts(trx, operators)
  return {
    trunkId,
    poolIds,
    sources: sources.map(({ key, id }) => ({ key, id })),
    lines,
    // Nobody's telephone rings in the past: one stands for all.
    operators: operators.map((operator) => ({ ...operator, devices: ['past'] })),
    groups: new Map(groups.map(({ id, members }) => [id, memberIds(members)])),
    known
  }
}

/** Every third client belongs to an operator. */
async function insertContacts(trx: Knex.Transaction, operators: readonly { userId: string }[]) {
  const contacts = company.contacts.map((contact, index) => ({
    ...contact,
    id: randomUUID(),
    ownerId: index % 3 === 0 ? (operators[(index / 3) % operators.length]?.userId ?? null) : null
  }))
  await trx('contacts').insert(
    contacts.map((contact) => ({
      id: contact.id,
      name: contact.name,
      company: contact.company,
      owner_id: contact.ownerId,
      is_demo: true
    }))
  )
  await trx('contact_phones').insert(contacts.map(({ id, phone }) => ({ e164: phone, contact_id: id })))
  return contacts.map(({ id, name, company: firm, ownerId, phone }) => ({
    caller: callerOf(phone),
    contact: { id, name, company: firm, ownerId }
  }))
}

function callerOf(phone: string): Caller {
  const known = normalise(phone)
  return { number: phone, name: null, country: known?.country ?? null, region: known?.region ?? null }
}

/** The journal of each tape, by the same projection that live calls go through. */
function projectCalls(tapes: History['tapes']): Journal[] {
  return tapes.flatMap((rows) => foldJournal(rows) ?? [])
}

async function insertHistory(trx: Knex.Transaction, history: History): Promise<void> {
  const journals = projectCalls(history.tapes)
  const counts = new Map<unknown, number>()
  const calls = journals.map(({ call }) => {
    const number = (counts.get(call['caller_number']) ?? 0) + 1
    counts.set(call['caller_number'], number)
    return {
      ...call,
      call_number: number,
      is_first_call: number === 1,
      is_demo: true,
      hold_seconds: 0,
      is_transferred: false
    }
  })
  await insertAll(trx, 'calls', calls)
  await insertAll(
    trx,
    'call_legs',
    journals.flatMap(({ legs }) => legs)
  )
  await insertAll(trx, 'call_events', history.tapes.flat().map(eventRow))
  await insertAll(trx, 'recordings', history.recordings.map(recordingRow))
}

function eventRow({ callId, seq, atMs, type, from, to, data, effects }: TapeRow) {
  const at = new Date(atMs).toISOString()
  return { call_id: callId, seq, at, type, from_phase: from, to_phase: to, data, effects }
}

function recordingRow({ id, call_id, leg, kind, audio, readyMs }: RecordingRow) {
  const at = new Date(readyMs).toISOString()
  const { file, contentType, channels, seconds, bytes } = audio
  return {
    ...{ id, call_id, leg, kind, state: 'ready', file, channels, seconds, bytes },
    content_type: contentType,
    created_at: at,
    ready_at: at
  }
}
