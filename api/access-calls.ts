import type { Role } from './contract/common.ts'
import { admin, desk, everyone, leads, planners } from './access-roles.ts'

/** Who may what with calls: those that were, those that are, and those that we start. A part of `access.ts`. */
export const callAccess = {
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

  // An operator adds whoever calls, and takes back what they have added; see routes/caller-entries.ts.
  'GET /api/caller-lists': desk,
  'POST /api/caller-lists': leads,
  'GET /api/caller-lists/:id': desk,
  'PATCH /api/caller-lists/:id': leads,
  'DELETE /api/caller-lists/:id': leads,
  'POST /api/caller-lists/:id/import': leads,
  'GET /api/caller-entries': leads,
  'POST /api/caller-entries': desk,
  'GET /api/caller-entries/:id': leads,
  'PATCH /api/caller-entries/:id': leads,
  'DELETE /api/caller-entries/:id': desk,
  'GET /api/caller-standing': desk,
  'GET /api/caller-suggestions': leads,
  'POST /api/caller-suggestions/hide': leads,
  'GET /api/caller-rules': leads,
  'PUT /api/caller-rules': admin,

  'GET /api/dial-policy': leads,
  'PUT /api/dial-policy': admin,
  'POST /api/dial-policy/check': desk,
  'GET /api/callback-settings': leads,
  'PUT /api/callback-settings': admin
} as const satisfies Record<string, readonly Role[]>
