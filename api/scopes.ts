import type { Scope } from './contract/settings-words.ts'
import { ApiError } from './problems.ts'

type Area = Exclude<Scope extends `${infer A}:${string}` ? A : never, 'recordings' | 'calls'>

/**
 * What a route asks of a token that has scopes: one of them; `any`: every token may; `full`: only a token without
 * scopes, because by this route it could give itself more.
 */
export type ScopeRule = Scope | 'any' | 'full'

/** Areas by the first word of a path; `full` as in `ScopeRule`. */
const areas: Readonly<Record<string, Area | 'full'>> = {
  calls: 'journal',
  'call-comments': 'journal',
  visits: 'journal',
  'saved-views': 'journal',
  // Exports: what comes out of the journal.
  jobs: 'journal',
  tags: 'journal',
  queues: 'live',
  wall: 'live',
  'wall-settings': 'system',
  'tv-links': 'full',
  contacts: 'crm',
  companies: 'crm',
  notes: 'crm',
  'contact-merges': 'crm',
  'contact-duplicates': 'crm',
  'contact-tags': 'crm',
  'contact-settings': 'system',
  'custom-fields': 'crm',
  inquiries: 'crm',
  'inquiry-rules': 'crm',
  'missed-calls': 'crm',
  'spam-marks': 'crm',
  pipelines: 'crm',
  deals: 'crm',
  conversations: 'crm',
  messages: 'crm',
  'message-files': 'crm',
  'message-templates': 'crm',
  'unread-messages': 'crm',
  'mail-senders': 'crm',
  'message-channels': 'webhooks',
  'deal-payments': 'crm',
  'loss-reasons': 'crm',
  tasks: 'crm',
  'task-times': 'crm',
  projects: 'crm',
  documents: 'crm',
  'document-templates': 'crm',
  'document-placeholders': 'crm',
  callbacks: 'crm',
  'do-not-call': 'crm',
  'caller-lists': 'crm',
  'caller-entries': 'crm',
  'caller-rules': 'crm',
  'caller-standing': 'crm',
  'caller-suggestions': 'crm',
  'dial-lists': 'crm',
  'dial-search': 'crm',
  'dial-preview': 'crm',
  'dial-policy': 'system',
  // Who may lift them could undo what stops a thief.
  'dial-stops': 'full',
  'sip-bans': 'full',
  'sip-guard': 'full',
  'callback-settings': 'system',
  reports: 'reports',
  'report-mailings': 'reports',
  'report-rules': 'reports',
  attribution: 'reports',
  costs: 'costs',
  'cost-imports': 'costs',
  'cost-connectors': 'costs',
  'currency-rates': 'costs',
  numbers: 'tracking',
  'number-pools': 'tracking',
  'pool-states': 'tracking',
  sources: 'tracking',
  sites: 'tracking',
  'tracking-settings': 'tracking',
  schemes: 'routing',
  'scheme-checks': 'routing',
  schedules: 'routing',
  holidays: 'routing',
  prompts: 'routing',
  dictations: 'routing',
  'music-classes': 'routing',
  'music-tracks': 'routing',
  trunks: 'routing',
  'trunk-order': 'routing',
  'trunk-states': 'routing',
  groups: 'people',
  users: 'people',
  'hand-overs': 'full',
  devices: 'people',
  'pause-reasons': 'people',
  'wrap-up-codes': 'people',
  'operator-settings': 'people',
  'overload-settings': 'routing',
  webhooks: 'webhooks',
  'webhook-deliveries': 'webhooks',
  'webhook-samples': 'webhooks',
  connectors: 'webhooks',
  audit: 'system',
  system: 'system',
  'mail-settings': 'system',
  demo: 'system',
  metrics: 'system',
  // With these a token could become somebody else, or more than it is.
  auth: 'full',
  tokens: 'full',
  sessions: 'full',
  backups: 'full',
  'backup-settings': 'full',
  setup: 'full',
  certificate: 'full',
  me: 'full',
  deleted: 'full',
  'bulk-changes': 'full',
  imports: 'full',
  'client-imports': 'full',
  'list-exports': 'full',
  retention: 'full',
  'recording-space': 'full',
  'recording-sealing': 'full',
  // Rules act in the name of the company: they write, call and spend.
  'automation-rules': 'full',
  'automation-samples': 'full',
  'automation-runs': 'full',
  'automation-settings': 'full',
  'sms-settings': 'full'
}

/** Routes that ask for something else than their path and method tell; patterns of whole routes. */
const exceptions: readonly (readonly [RegExp, ScopeRule])[] = [
  [/^GET \/api\/me$/, 'any'],
  [/^GET \/api\/me\/missed-calls$/, 'journal:read'],
  [/^GET \/api\/me\/softphone$/, 'calls:dial'],
  [/^PUT \/api\/me\/presence$|^POST \/api\/me\/wrap-up\//, 'calls:control'],
  [/^GET \/api\/calls\/:id\/recording$/, 'recordings:listen'],
  [/^POST \/api\/calls\/export$/, 'journal:read'],
  [/^POST \/api\/calls$|^POST \/api\/callbacks(\/:id\/call-now)?$/, 'calls:dial'],
  [/^GET \/api\/dial-preview$|^POST \/api\/dial-policy\/check$/, 'calls:dial'],
  [/^POST \/api\/dial-lists\/:id\/(start|pause)$|^POST \/api\/demo\/calls$/, 'calls:dial'],
  [/^POST \/api\/calls\/:id\/comments$/, 'journal:write'],
  // Whoever listens in hears as much as whoever plays a recording, and more: it is a thing of its own.
  [/^POST \/api\/calls\/:id\//, 'calls:control'],
  [/^POST \/api\/sites\/:id\/(explain|check-pages|debug-links)$/, 'tracking:read'],
  [/^POST \/api\/prompts\/preview$/, 'routing:read'],
  // A role, a password, a link to set one, or somebody else's sessions: more than any scope gives.
  [/^(POST|PATCH|DELETE) \/api\/users(\/:id)?$/, 'full'],
  [/^\w+ \/api\/users\/:id\/(sessions|links|second-factor|hand-over)$/, 'full'],
  [/^(POST|PATCH|DELETE) \/api\/devices|^\w+ \/api\/devices\/:id\/provisioning/, 'full'],
  [/^POST \/api\/trunks\/:id\/trace/, 'system:write']
]

/** What a route asks of a token with scopes. A path that nobody has thought of asks for a token without. */
export function scopeOf(route: string): ScopeRule {
  const found = exceptions.find(([pattern]) => pattern.test(route))
  if (found) return found[1]
  const method = route.split(' ')[0] ?? ''
  const word = wordOf(route)
  const area = Object.hasOwn(areas, word) ? areas[word] : undefined
  if (area === undefined || area === 'full') return 'full'
  if (area === 'live') return method === 'GET' ? 'live:read' : 'full'
  return `${area}:${method === 'GET' ? 'read' : 'write'}`
}

/** Whether somebody has thought of what this route asks. */
export const isScoped = (route: string): boolean =>
  exceptions.some(([pattern]) => pattern.test(route)) || Object.hasOwn(areas, wordOf(route))

/** The first word of a path: `/api/calls/:id` is about `calls`. */
const wordOf = (route: string): string => /\/(?:api\/)?([\w-]+)/.exec(route)?.[1] ?? ''

/** @param given of the token; null: without scopes, and so everything that its role may. @throws ApiError scope_missing */
export function refuseWithoutScope(given: readonly string[] | null, rule: ScopeRule): void {
  if (given === null || rule === 'any' || given.includes(rule)) return
  throw new ApiError('scope_missing', {
    detail:
      rule === 'full' ? 'Only a token with full access may do this.' : `The token lacks the scope ${rule}.`,
    missingScope: rule
  })
}
