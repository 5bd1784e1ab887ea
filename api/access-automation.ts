import { admin, leads } from './access-roles.ts'
import type { Role } from './contract/common.ts'

/** Who may what with automation. A part of `access.ts`. */
export const automationAccess = {
  'GET /api/automation-rules': leads,
  'POST /api/automation-rules': admin,
  'GET /api/automation-rules/:id': leads,
  'PATCH /api/automation-rules/:id': admin,
  'DELETE /api/automation-rules/:id': admin,
  'POST /api/automation-rules/try': admin,
  'GET /api/automation-samples': admin,
  'GET /api/automation-runs': leads,
  'POST /api/automation-runs/:id/retry': leads,
  'GET /api/automation-settings': leads,
  'PUT /api/automation-settings': admin,
  'GET /api/sms-settings': admin,
  'PUT /api/sms-settings': admin,
  'POST /api/sms-settings/test': admin,
  // Clients, by the token of their link.
  'GET /u/:token': 'public',
  'POST /u/:token': 'public'
} as const satisfies Record<string, 'public' | readonly Role[]>
