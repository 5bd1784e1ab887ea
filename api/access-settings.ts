import type { Role } from './contract/common.ts'
import { admin, leads, marketing, planners } from './access-roles.ts'

/** Who may what with settings: what uses them, many at once, whole files of them. A part of `access.ts`. */
export const settingsAccess = {
  'GET /api/users/:id/usage': admin,
  'GET /api/pause-reasons/:id/usage': admin,
  'GET /api/wrap-up-codes/:id/usage': admin,
  'GET /api/groups/:id/usage': admin,
  'GET /api/trunks/:id/usage': admin,
  'GET /api/sites/:id/usage': admin,
  'GET /api/number-pools/:id/usage': marketing,
  'GET /api/sources/:id/usage': marketing,
  'GET /api/numbers/:id/usage': admin,
  'GET /api/schemes/:id/usage': admin,
  'GET /api/prompts/:id/usage': admin,
  'GET /api/music-classes/:id/usage': admin,
  'GET /api/pipelines/:id/usage': leads,
  'GET /api/dial-lists/:id/usage': leads,
  'GET /api/webhooks/:id/usage': admin,
  'GET /api/webhooks/:id/replay': admin,
  'POST /api/webhooks/:id/replay': admin,
  'GET /api/webhook-samples': admin,
  // Whoever may delete such a thing; see routes/usage.ts.
  'POST /api/deleted/:id/restore': planners,

  // Whoever may change such things; see routes/bulk-changes.ts and routes/imports.ts.
  'GET /api/bulk-changes': planners,
  'POST /api/bulk-changes': planners,
  'POST /api/bulk-changes/preview': planners,
  'POST /api/bulk-changes/:id/undo': planners,
  'POST /api/imports': marketing,
  'POST /api/imports/preview': marketing,
  'GET /api/imports/template': marketing,
  'GET /api/imports/export': marketing,
  'POST /api/imports/invitations': admin
} as const satisfies Record<string, readonly Role[]>
