import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { z } from 'zod'
import { inTurn } from '../../db/in-turn.ts'
import { listen } from '../../db/listen.ts'
import type { PoolNumber } from '../attribution/memory.ts'
import type { Pool } from '../pools.ts'
import { widgetSettings, type WidgetSettings } from '../widget.ts'

/** A site as the snippet's requests need it. */
export interface TrackedSite {
  readonly id: string
  readonly key: string
  readonly domain: string
  readonly allowedOrigins: readonly string[]
  readonly isIsolated: boolean
  readonly consent: 'notNeeded' | 'required'
  readonly attributionMs: number
  readonly lingerSeconds: number
  readonly quarantineSeconds: number
  readonly idleSeconds: number
  readonly redialMs: number
  readonly visitsPerAddress: number
  readonly groups: readonly NumberGroup[]
  readonly widget: WidgetSettings
  readonly formCapture: 'off' | 'marked' | 'all'
  readonly pools: readonly Pool[]
}

export interface NumberGroup {
  readonly name: string
  /** The numbers in the pages that a number of this group takes the place of. E.164. */
  readonly replaces: readonly string[]
}

export interface TrackingConfig {
  readonly sites: ReadonlyMap<string, TrackedSite>
  /** By number id. */
  readonly numbers: ReadonlyMap<string, PoolNumber>
  /** Sources of the list, by name in lower case. */
  readonly sources: ReadonlyMap<string, { id: string; name: string }>
}

export interface ConfigKeeper {
  readonly current: TrackingConfig
  reload(): Promise<void>
  close(): Promise<void>
}

const followed = new Set(['sites', 'number_pools', 'numbers', 'sources'])

/** Keeps sites, pools and their numbers in memory, and follows their tables. While the database is away the last picture stands. */
export function keepConfig(options: { db: Knex; databaseUrl: string; log: Logger }): ConfigKeeper {
  const { db, log } = options
  let current: TrackingConfig = { sites: new Map(), numbers: new Map(), sources: new Map() }
  const reading = inTurn(
    async () => {
      current = await readConfig(db)
    },
    (error) => log.warn({ err: error }, 'The settings of tracking could not be read; the last ones stand')
  )
  const listening = listen({
    databaseUrl: options.databaseUrl,
    channels: ['ringtrace_config'],
    log,
    onConnected: reading.soon,
    onNotice: (_channel, payload) => {
      if (followed.has(payload.split(':')[0] ?? '')) reading.soon()
    }
  })
  return {
    get current() {
      return current
    },
    reload: reading.now,
    async close() {
      reading.close()
      await listening.stop()
    }
  }
}

const texts = z.array(z.string())
const ruleShape = z.object({
  channels: texts.default([]),
  sources: texts.default([]),
  campaigns: texts.default([]),
  zones: texts.default([]),
  pages: texts.default([])
})
const siteRow = z.object({
  id: z.string(),
  key: z.string(),
  domain: z.string(),
  allowed_origins: texts,
  is_isolated: z.boolean(),
  consent: z.enum(['notNeeded', 'required']),
  attribution_days: z.number(),
  linger_seconds: z.number(),
  quarantine_seconds: z.number(),
  idle_seconds: z.number(),
  redial_seconds: z.number(),
  visits_per_address: z.number(),
  number_groups: z.array(z.object({ name: z.string(), replaces: texts })),
  widget: widgetSettings.catch(() => widgetSettings.parse({})),
  form_capture: z.enum(['off', 'marked', 'all'])
})
const poolRow = z.object({
  id: z.string(),
  name: z.string(),
  site_id: z.string(),
  group_name: z.string(),
  mode: z.enum(['dynamic', 'static']),
  rule: ruleShape,
  overflow_number_id: z.string().nullable(),
  overflow_e164: z.string().nullable(),
  created_at: z.date()
})

async function readConfig(db: Knex): Promise<TrackingConfig> {
  const [siteRows, poolRows, members, sources] = await Promise.all([
    db('sites').select(),
    db('number_pools as p')
      .leftJoin('numbers as n', (on) => {
        on.on('n.id', 'p.overflow_number_id').andOnVal('n.is_active', true)
      })
      .where('p.is_active', true)
      .select('p.*', 'n.e164 as overflow_e164'),
    db('numbers').whereNotNull('pool_id').select<{ id: string; pool_id: string }[]>('id', 'pool_id'),
    db('sources').select<{ id: string; name: string }[]>('id', 'name')
  ])
  const pools = z
    .array(poolRow)
    .parse(poolRows)
    .map((row): Pool => ({
      id: row.id,
      name: row.name,
      siteId: row.site_id,
      groupName: row.group_name,
      mode: row.mode,
      rule: row.rule,
      overflow:
        row.overflow_number_id !== null && row.overflow_e164 !== null
          ? { id: row.overflow_number_id, e164: row.overflow_e164 }
          : null,
      createdMs: row.created_at.getTime()
    }))
  const sites = z
    .array(siteRow)
    .parse(siteRows)
    .map((row): TrackedSite => ({
      id: row.id,
      key: row.key,
      domain: row.domain,
      allowedOrigins: row.allowed_origins,
      isIsolated: row.is_isolated,
      consent: row.consent,
      attributionMs: row.attribution_days * 86_400_000,
      lingerSeconds: row.linger_seconds,
      quarantineSeconds: row.quarantine_seconds,
      idleSeconds: row.idle_seconds,
      redialMs: row.redial_seconds * 1000,
      visitsPerAddress: row.visits_per_address,
      groups: row.number_groups,
      widget: row.widget,
      formCapture: row.form_capture,
      pools: pools.filter((pool) => pool.siteId === row.id)
    }))
  const numbers = new Map<string, PoolNumber>()
  for (const pool of pools) {
    const redialMs = sites.find((site) => site.id === pool.siteId)?.redialMs ?? 0
    const common = { poolId: pool.id, poolName: pool.name, redialMs }
    for (const member of members) {
      if (member.pool_id === pool.id) numbers.set(member.id, { ...common, role: 'member' })
    }
    // Last: a number that many see at once must never count as lent to one.
    if (pool.overflow) {
      numbers.set(pool.overflow.id, { ...common, role: pool.mode === 'static' ? 'static' : 'overflow' })
    }
  }
  return {
    sites: new Map(sites.map((site) => [site.key, site])),
    numbers,
    sources: new Map(sources.map((source) => [source.name.toLowerCase(), source]))
  }
}
