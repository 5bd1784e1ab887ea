/** Things that can be asked what uses them. */
export const usageThings = [
  'numbers',
  'number-pools',
  'sources',
  'sites',
  'groups',
  'users',
  'trunks',
  'schemes',
  'prompts',
  'music-classes',
  'pause-reasons',
  'wrap-up-codes',
  'webhooks',
  'dial-lists',
  'pipelines'
] as const
export type UsageThing = (typeof usageThings)[number]

/** What may use them. `other`: rows that people know by no name. */
export const usageKinds = [
  'scheme',
  'number',
  'pool',
  'site',
  'group',
  'user',
  'device',
  'token',
  'contact',
  'callback',
  'task',
  'dialList',
  'project',
  'inquiry',
  'deal',
  'cost',
  'form',
  'visitor',
  'delivery',
  'track',
  'check',
  'savedView',
  'mailing',
  'webhook',
  'setting',
  'call',
  'other'
] as const
export type UsageKind = (typeof usageKinds)[number]

/**
 * What becomes of them: `breaks` refuses the deletion, `empties` leaves a field of them empty, `goes` deletes them too,
 * `stays` leaves them as they are, with its name as a word.
 */
export const usageEffects = ['breaks', 'empties', 'goes', 'stays'] as const
export type UsageEffect = (typeof usageEffects)[number]

/** What an API token may be given: an area of the API, to read or to change. */
export const scopes = [
  'journal:read',
  'journal:write',
  'recordings:listen',
  'calls:dial',
  'calls:control',
  'live:read',
  'crm:read',
  'crm:write',
  'reports:read',
  'reports:write',
  'costs:read',
  'costs:write',
  'tracking:read',
  'tracking:write',
  'routing:read',
  'routing:write',
  'people:read',
  'people:write',
  'webhooks:read',
  'webhooks:write',
  'system:read',
  'system:write'
] as const
export type Scope = (typeof scopes)[number]

/** Things of which many are changed at once. */
export const bulkThings = ['numbers', 'users', 'sources', 'groups', 'contacts'] as const
export type BulkThing = (typeof bulkThings)[number]

/** Tables of settings that come and go as files. */
export const importThings = ['numbers', 'sources', 'users', 'groups', 'skills'] as const
export type ImportThing = (typeof importThings)[number]
