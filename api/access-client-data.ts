import type { Role } from './contract/common.ts'
import { admin, leads, planners } from './access-roles.ts'

/** Who may bring clients in, take them out, hand them over and erase them. A part of `access.ts`. */
export const clientDataAccess = {
  'GET /api/client-imports': leads,
  'GET /api/client-imports/:id': leads,
  'POST /api/client-imports': leads,
  'POST /api/client-imports/:id/preview': leads,
  'POST /api/client-imports/:id/start': leads,
  'POST /api/client-imports/:id/undo': leads,
  'DELETE /api/client-imports/:id': leads,
  'GET /api/client-imports/:id/refused': leads,
  // Supervisors block nobody who is an admin; see routes/hand-over.ts.
  'GET /api/users/:id/hand-over': leads,
  'POST /api/users/:id/hand-over': leads,
  'GET /api/hand-overs': leads,
  'POST /api/hand-overs/:id/undo': leads,
  // As with calls: operators see lists and take no files of them.
  'POST /api/list-exports': planners,
  'GET /api/retention': admin,
  'PUT /api/retention': admin,
  'POST /api/retention/preview': admin,
  'GET /api/recording-space': admin,
  'PUT /api/recording-space': admin,
  'GET /api/recording-sealing': admin,
  'PUT /api/recording-sealing': admin,
  'POST /api/contacts/:id/export': leads,
  'POST /api/contacts/:id/erase': admin
} as const satisfies Record<string, readonly Role[]>
