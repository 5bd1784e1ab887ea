import type { Role } from './contract/common.ts'

const everyone = ['admin', 'supervisor', 'operator', 'marketer'] as const
const admin = ['admin'] as const
const leads = ['admin', 'supervisor'] as const
const marketing = ['admin', 'marketer'] as const
const desk = ['admin', 'supervisor', 'operator'] as const
const planners = ['admin', 'supervisor', 'marketer'] as const

/**
 * Who may call what. An endpoint without a row here does not compile and does not start: denied by default.
 * `internal`: open to this machine and private networks, or to any signed-in token.
 */
export const access = {
  'POST /api/auth/login': 'public',
  'POST /api/auth/logout': everyone,
  // By the token of their link; nobody is signed in yet.
  'POST /api/auth/links/look': 'public',
  'POST /api/auth/links/use': 'public',
  'GET /api/me': everyone,
  'GET /api/me/softphone': desk,
  'PUT /api/me/presence': desk,
  'GET /api/me/missed-calls': desk,
  'POST /api/me/wrap-up/end': desk,
  'POST /api/me/wrap-up/extend': desk,
  'PUT /api/me/locale': everyone,
  'PUT /api/me/password': everyone,
  'GET /api/me/sessions': everyone,
  'DELETE /api/me/sessions': everyone,
  // One's own; admins any.
  'DELETE /api/sessions/:id': everyone,
  'GET /api/me/second-factor': everyone,
  'POST /api/me/second-factor': everyone,
  'POST /api/me/second-factor/confirm': everyone,
  'POST /api/me/second-factor/off': everyone,

  'GET /api/tokens': admin,
  'POST /api/tokens': admin,
  'DELETE /api/tokens/:id': admin,

  'GET /api/users': everyone,
  'POST /api/users': admin,
  'GET /api/users/:id': leads,
  'PATCH /api/users/:id': admin,
  'DELETE /api/users/:id': admin,

  'POST /api/users/:id/presence': leads,
  'GET /api/users/:id/sessions': admin,
  'POST /api/users/:id/links': admin,
  'DELETE /api/users/:id/second-factor': admin,

  // Everybody at the desk sees and sets up their own telephones; see routes/devices.ts.
  'GET /api/devices': desk,
  'POST /api/devices': admin,
  'GET /api/devices/:id': desk,
  'PATCH /api/devices/:id': admin,
  'DELETE /api/devices/:id': admin,
  'POST /api/devices/:id/rotate-secret': desk,
  'GET /api/devices/:id/provisioning': desk,
  'GET /api/devices/:id/provisioning-page': desk,

  'GET /api/pause-reasons': everyone,
  'POST /api/pause-reasons': admin,
  'GET /api/pause-reasons/:id': everyone,
  'PATCH /api/pause-reasons/:id': admin,
  'DELETE /api/pause-reasons/:id': admin,

  'GET /api/wrap-up-codes': everyone,
  'POST /api/wrap-up-codes': admin,
  'GET /api/wrap-up-codes/:id': everyone,
  'PATCH /api/wrap-up-codes/:id': admin,
  'DELETE /api/wrap-up-codes/:id': admin,

  'GET /api/operator-settings': leads,
  'PATCH /api/operator-settings': admin,
  'GET /api/queues': desk,

  'GET /api/wall': desk,
  'PUT /api/wall-settings': leads,
  'GET /api/tv-links': leads,
  'POST /api/tv-links': leads,
  'DELETE /api/tv-links/:id': leads,
  // By the token of its link; nobody is signed in on a screen on the wall.
  'GET /api/tv': 'public',

  'GET /api/groups': everyone,
  'POST /api/groups': admin,
  'GET /api/groups/:id': everyone,
  // Supervisors move operators between groups.
  'PATCH /api/groups/:id': leads,
  'DELETE /api/groups/:id': admin,
  'GET /api/groups/:id/scores': leads,

  'GET /api/trunks': leads,
  'POST /api/trunks': admin,
  'GET /api/trunks/:id': leads,
  'PATCH /api/trunks/:id': admin,
  'DELETE /api/trunks/:id': admin,

  'GET /api/sites': everyone,
  'POST /api/sites': marketing,
  'GET /api/sites/:id': everyone,
  'PATCH /api/sites/:id': marketing,
  'DELETE /api/sites/:id': admin,

  'GET /api/number-pools': planners,
  'POST /api/number-pools': marketing,
  'GET /api/number-pools/:id': planners,
  'PATCH /api/number-pools/:id': marketing,
  'DELETE /api/number-pools/:id': marketing,
  'GET /api/number-pools/:id/advice': planners,
  'GET /api/number-pools/:id/occupancy': planners,
  'GET /api/pool-states': planners,
  'POST /api/sites/:id/explain': planners,
  'POST /api/sites/:id/debug-links': marketing,
  'POST /api/sites/:id/check-pages': marketing,
  // A frame of another origin brings no session; nobody can guess the id, and the page holds nothing of ours.
  'GET /api/check-pages/:id': 'public',
  'GET /api/tracking-settings': planners,
  'PUT /api/tracking-settings': admin,

  // From the pages of our users' sites: by site key and origin, counted by address; see track-door.ts.
  'GET /t.js': 'public',
  'GET /t-widget.js': 'public',
  'GET /t-debug.js': 'public',
  'POST /api/track/visits': 'public',
  'POST /api/track/heartbeat': 'public',
  'POST /api/track/events': 'public',
  'POST /api/track/forms': 'public',
  'POST /api/track/callbacks': 'public',
  'GET /api/track/callbacks/:id': 'public',
  'GET /api/track/widget': 'public',
  'POST /api/track/explain': 'public',

  'GET /api/sources': everyone,
  'POST /api/sources': marketing,
  'GET /api/sources/:id': everyone,
  'PATCH /api/sources/:id': marketing,
  'DELETE /api/sources/:id': marketing,

  'GET /api/costs': marketing,
  'POST /api/costs': marketing,
  'GET /api/costs/totals': marketing,
  'GET /api/costs/uncounted': marketing,
  'GET /api/costs/:id': marketing,
  'PATCH /api/costs/:id': marketing,
  'DELETE /api/costs/:id': marketing,
  'GET /api/cost-imports': marketing,
  'POST /api/cost-imports': marketing,
  'POST /api/cost-imports/preview': marketing,
  'GET /api/cost-imports/:id': marketing,
  'POST /api/cost-imports/:id/undo': marketing,
  'GET /api/currency-rates': marketing,
  'POST /api/currency-rates': marketing,
  'POST /api/currency-rates/import': marketing,
  'GET /api/currency-rates/:id': marketing,
  'PATCH /api/currency-rates/:id': marketing,
  'DELETE /api/currency-rates/:id': marketing,

  'GET /api/numbers': everyone,
  'POST /api/numbers': admin,
  'GET /api/numbers/:id': everyone,
  'PATCH /api/numbers/:id': admin,
  'DELETE /api/numbers/:id': admin,

  'GET /api/schemes': planners,
  'POST /api/schemes': admin,
  'GET /api/schemes/:id': planners,
  'PATCH /api/schemes/:id': admin,
  'DELETE /api/schemes/:id': admin,
  'POST /api/schemes/:id/publish': admin,
  'POST /api/schemes/:id/rollback': admin,
  'GET /api/schemes/:id/versions': planners,
  'GET /api/schemes/:id/diff': planners,
  'GET /api/schemes/:id/export': planners,
  'POST /api/schemes/import': admin,
  'GET /api/scheme-checks': planners,
  'POST /api/scheme-checks': admin,
  'GET /api/scheme-checks/:id': planners,
  'PATCH /api/scheme-checks/:id': admin,
  'DELETE /api/scheme-checks/:id': admin,

  'GET /api/prompts': planners,
  'POST /api/prompts': admin,
  'POST /api/prompts/preview': admin,
  'GET /api/prompts/:id': planners,
  'PATCH /api/prompts/:id': admin,
  'DELETE /api/prompts/:id': admin,
  'GET /api/prompts/:id/audio': planners,
  'PUT /api/prompts/:id/audio': admin,

  'GET /api/music-classes': planners,
  'POST /api/music-classes': admin,
  'GET /api/music-classes/:id': planners,
  'PATCH /api/music-classes/:id': admin,
  'DELETE /api/music-classes/:id': admin,
  'POST /api/music-classes/:id/tracks': admin,
  'GET /api/music-tracks/:id/audio': planners,
  'DELETE /api/music-tracks/:id': admin,

  'GET /api/tags': everyone,
  'GET /api/contacts': everyone,
  'POST /api/contacts': desk,
  'GET /api/contacts/:id': everyone,
  'PATCH /api/contacts/:id': desk,
  'DELETE /api/contacts/:id': leads,

  // Operators see and change their own and nobody's; marketers only read. See routes/crm-rows.ts.
  'GET /api/inquiries': everyone,
  'GET /api/inquiries/counts': everyone,
  'POST /api/inquiries': desk,
  'GET /api/inquiries/:id': everyone,
  'PATCH /api/inquiries/:id': desk,
  'POST /api/inquiries/:id/accept': desk,
  'POST /api/inquiries/:id/undo-accept': desk,
  'GET /api/pipelines': everyone,
  'POST /api/pipelines': leads,
  'GET /api/pipelines/:id': everyone,
  'PATCH /api/pipelines/:id': leads,
  'DELETE /api/pipelines/:id': leads,
  'GET /api/deals': everyone,
  'GET /api/deals/summary': everyone,
  'POST /api/deals': desk,
  'GET /api/deals/:id': everyone,
  'PATCH /api/deals/:id': desk,
  'DELETE /api/deals/:id': leads,

  'GET /api/calls': everyone,
  'GET /api/calls/:id': everyone,
  'PATCH /api/calls/:id': desk,
  'GET /api/calls/:id/tape': everyone,
  // Operators hear their own calls and voicemail; see routes/recording.ts.
  'GET /api/calls/:id/recording': desk,
  'GET /api/calls/:id/comments': everyone,
  'POST /api/calls/:id/comments': everyone,
  // One's own; admins any.
  'PATCH /api/call-comments/:id': everyone,
  'DELETE /api/call-comments/:id': everyone,
  'POST /api/calls/export': planners,
  'GET /api/visits/:id': everyone,
  // Own and shared ones; operators share none. See routes/saved-views.ts.
  'GET /api/saved-views': everyone,
  'POST /api/saved-views': everyone,
  'GET /api/saved-views/:id': everyone,
  'PATCH /api/saved-views/:id': everyone,
  'DELETE /api/saved-views/:id': everyone,
  // Operators end only a call that they are in.
  'POST /api/calls/:id/hangup': desk,
  // Of their own leg.
  'POST /api/calls/:id/quality': desk,
  'GET /api/calls/:id/quality': desk,
  // Only whoever has the call may move it: the machine refuses everybody else.
  'POST /api/calls/:id/hold': desk,
  'POST /api/calls/:id/transfer': desk,
  'POST /api/calls/:id/complete-transfer': desk,
  'POST /api/calls/:id/cancel-transfer': desk,
  'POST /api/calls/:id/swap': desk,
  'POST /api/calls/:id/join': desk,
  'POST /api/calls/:id/park': desk,
  'POST /api/calls/:id/take': desk,
  'POST /api/calls/:id/pause-recording': desk,
  'POST /api/calls/:id/prioritise': leads,
  'POST /api/calls/:id/watch': leads,
  'POST /api/calls/:id/listen': leads,
  'POST /api/calls/:id/whisper': leads,
  'POST /api/calls/:id/stop-watching': leads,
  'POST /api/calls/:id/take-over': leads,

  // Operators for themselves only; see routes/click-to-call.ts.
  'POST /api/calls': desk,
  'GET /api/dial-search': desk,
  'GET /api/dial-preview': desk,

  // Operators see their own work, and what nobody has in their groups; see routes/visible.ts.
  'GET /api/callbacks': desk,
  'POST /api/callbacks': desk,
  'GET /api/callbacks/:id': desk,
  'PATCH /api/callbacks/:id': desk,
  'DELETE /api/callbacks/:id': leads,
  'POST /api/callbacks/:id/call-now': desk,
  'GET /api/tasks': desk,
  'POST /api/tasks': desk,
  'GET /api/tasks/:id': desk,
  'PATCH /api/tasks/:id': desk,
  'DELETE /api/tasks/:id': leads,

  'GET /api/dial-lists': leads,
  'POST /api/dial-lists': leads,
  'GET /api/dial-lists/:id': leads,
  'PATCH /api/dial-lists/:id': leads,
  'DELETE /api/dial-lists/:id': leads,
  'POST /api/dial-lists/:id/start': leads,
  'POST /api/dial-lists/:id/pause': leads,
  'GET /api/dial-lists/:id/entries': leads,
  'POST /api/dial-lists/:id/entries': leads,
  'GET /api/do-not-call': desk,
  'POST /api/do-not-call': desk,
  'DELETE /api/do-not-call/:id': leads,

  'GET /api/dial-policy': leads,
  'PUT /api/dial-policy': admin,
  'POST /api/dial-policy/check': desk,
  'GET /api/callback-settings': leads,
  'PUT /api/callback-settings': admin,

  'GET /api/webhooks': admin,
  'POST /api/webhooks': admin,
  'GET /api/webhooks/:id': admin,
  'PATCH /api/webhooks/:id': admin,
  'DELETE /api/webhooks/:id': admin,
  'POST /api/webhooks/:id/rotate-secret': admin,
  'POST /api/webhooks/:id/test': admin,
  'GET /api/webhook-deliveries': admin,
  'GET /api/webhook-deliveries/:id': admin,
  'POST /api/webhook-deliveries/:id/replay': admin,

  'GET /api/reports/sources': planners,
  'GET /api/reports/missed': planners,
  'GET /api/reports/hours': planners,
  'GET /api/reports/operators': planners,
  'GET /api/reports/pools': planners,
  'GET /api/reports/landing-pages': planners,
  'GET /api/reports/regions': planners,
  'GET /api/reports/path': planners,
  'GET /api/report-mailings': planners,
  'POST /api/report-mailings': planners,
  'GET /api/report-mailings/:id': planners,
  'PATCH /api/report-mailings/:id': planners,
  'DELETE /api/report-mailings/:id': planners,
  'POST /api/report-mailings/:id/send-now': planners,
  'GET /api/mail-settings': admin,
  'PUT /api/mail-settings': admin,
  'POST /api/mail-settings/test': admin,

  // Everybody reads by which rule a call has its flags.
  'GET /api/report-rules': everyone,
  'PUT /api/report-rules': marketing,
  'POST /api/reports/rebuild': marketing,
  'POST /api/attribution/recompute': marketing,

  'GET /api/audit': admin,
  'GET /api/audit/export': admin,

  'GET /api/system': admin,
  'GET /api/system/log': admin,
  'GET /api/system/diagnostics': admin,
  'GET /api/backups': admin,
  'POST /api/backups': admin,
  'GET /api/backups/:id/file': admin,
  'DELETE /api/backups/:id': admin,
  'GET /api/backup-settings': admin,
  'PUT /api/backup-settings': admin,

  // Their own; admins all.
  'GET /api/jobs': everyone,
  'GET /api/jobs/:id': everyone,
  'POST /api/jobs/:id/cancel': everyone,
  'GET /api/jobs/:id/file': everyone,

  'GET /api/demo': 'public',
  'POST /api/demo/calls': desk,
  'DELETE /api/demo': admin,

  'GET /api/health': 'public',
  'GET /metrics': 'internal',
  'GET /api/openapi.json': 'public',
  'GET /api/docs': 'public'
} as const satisfies Record<string, 'public' | 'internal' | readonly Role[]>

export type RouteKey = keyof typeof access

/** Roles that see calls live; the others get no such event. */
export const panelRoles: readonly Role[] = desk
/** Roles that may watch calls, and see who does. */
export const leadRoles: readonly Role[] = leads
