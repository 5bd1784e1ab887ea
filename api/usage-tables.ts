import type { UsageEffect, UsageKind, UsageThing } from './contract/settings-words.ts'

/** Where things live whose table is called otherwise. */
export const tableOf = (things: UsageThing): string => things.replaceAll('-', '_')

interface TableWords {
  kind: UsageKind
  /** What people know its rows by. */
  name?: string
  /** By the column that names the thing, where deleting does more harm, or less, than the foreign key tells. */
  effects?: Readonly<Record<string, UsageEffect>>
}

/** What rows of other tables are to people, by the table that holds the reference. Unnamed tables count as `other`. */
export const tableWords: Readonly<Record<string, TableWords>> = {
  numbers: { kind: 'number', name: 'e164' },
  // With its site a pool would go, and its numbers would be shown to nobody.
  number_pools: { kind: 'pool', name: 'name', effects: { site_id: 'breaks' } },
  users: { kind: 'user', name: 'name' },
  groups: { kind: 'group', name: 'name' },
  devices: { kind: 'device', name: 'name' },
  api_tokens: { kind: 'token', name: 'name' },
  contacts: { kind: 'contact', name: 'name' },
  callbacks: { kind: 'callback' },
  tasks: { kind: 'task', name: 'title' },
  projects: { kind: 'project', name: 'name' },
  dial_lists: { kind: 'dialList', name: 'name' },
  inquiries: { kind: 'inquiry' },
  deals: { kind: 'deal', name: 'title' },
  costs: { kind: 'cost' },
  form_submissions: { kind: 'form' },
  visitors: { kind: 'visitor' },
  webhook_deliveries: { kind: 'delivery' },
  music_tracks: { kind: 'track', name: 'name' },
  scheme_checks: { kind: 'check', name: 'name' },
  saved_views: { kind: 'savedView', name: 'name' }
}

/** Parts of the thing itself, and what is of no use without it. */
export const ownParts: ReadonlySet<string> = new Set([
  'access_links',
  'dial_list_entries',
  'group_members',
  'hand_overs',
  'notices',
  'number_slots',
  'pipeline_stages',
  'pool_coverage',
  'presence_log',
  'project_members',
  'recovery_codes',
  'reminder_settings',
  'scheme_versions',
  'sessions',
  'task_times',
  'trace_switches',
  'trunk_events'
])

/** Columns that only tell who did something: history, and no use. */
export const isAuthor = (column: string): boolean => /(^|_)by(_|$)/.test(column)

/** Members stand between groups and users: each sees the other. */
export const members: Partial<
  Record<UsageThing, { own: string; other: string; table: string; kind: UsageKind }>
> = {
  groups: { own: 'group_id', other: 'user_id', table: 'users', kind: 'user' },
  users: { own: 'user_id', other: 'group_id', table: 'groups', kind: 'group' }
}

interface JsonPlace {
  table: string
  column: string
  kind: UsageKind
  name: string
  /** Null where rows have no id that leads anywhere. */
  id: string | null
  effect: UsageEffect
}

/** Ids inside JSON, for which there are no foreign keys. Schemes are looked through block by block. */
export const jsonPlaces: readonly JsonPlace[] = [
  { table: 'settings', column: 'value', kind: 'setting', name: 'key', id: null, effect: 'breaks' },
  { table: 'sites', column: 'number_groups', kind: 'site', name: 'name', id: 'id', effect: 'breaks' },
  { table: 'sites', column: 'widget', kind: 'site', name: 'name', id: 'id', effect: 'breaks' },
  { table: 'number_pools', column: 'rule', kind: 'pool', name: 'name', id: 'id', effect: 'breaks' },
  { table: 'scheme_checks', column: 'scenario', kind: 'check', name: 'name', id: 'id', effect: 'stays' },
  { table: 'saved_views', column: 'query', kind: 'savedView', name: 'name', id: 'id', effect: 'stays' },
  { table: 'report_mailings', column: 'query', kind: 'mailing', name: 'name', id: 'id', effect: 'stays' },
  { table: 'webhooks', column: 'filter', kind: 'webhook', name: 'name', id: 'id', effect: 'stays' }
]

/** What comes back whole when it is restored: plain rows on which nothing hangs but what is listed here. */
export const restorable: Partial<Record<UsageThing, { thing: string; parts: readonly string[] }>> = {
  numbers: { thing: 'number', parts: [] },
  sources: { thing: 'source', parts: [] },
  sites: { thing: 'site', parts: [] },
  groups: { thing: 'group', parts: ['group_members'] },
  'pause-reasons': { thing: 'pause reason', parts: [] },
  'wrap-up-codes': { thing: 'wrap-up code', parts: [] },
  'dial-lists': { thing: 'dial list', parts: ['dial_list_entries'] },
  webhooks: { thing: 'webhook', parts: [] }
}
