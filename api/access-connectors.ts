import type { Role } from './contract/common.ts'
import { admin } from './access-roles.ts'

/** Who may what with links to foreign systems. A part of `access.ts`. */
export const connectorAccess = {
  'GET /api/connectors': admin,
  'POST /api/connectors': admin,
  'GET /api/connectors/:id': admin,
  'PATCH /api/connectors/:id': admin,
  'DELETE /api/connectors/:id': admin,
  'POST /api/connectors/:id/test': admin,
  'GET /api/connectors/:id/people': admin,
  'GET /api/connectors/:id/jobs': admin,
  'GET /api/connectors/:id/exchanges': admin,
  'POST /api/connectors/:id/resend': admin,
  // Foreign systems: by the token in their address, then as the contract of each says.
  'POST /api/hooks/:kind/:token': 'public'
} as const satisfies Record<string, 'public' | readonly Role[]>
