import type { Role } from './contract/common.ts'
import { admin, marketing } from './access-roles.ts'

/** Who may what with links to foreign systems. A part of `access.ts`. */
export const connectorAccess = {
  'GET /api/connectors': admin,
  'POST /api/connectors': admin,
  'GET /api/connectors/:id': admin,
  'PATCH /api/connectors/:id': admin,
  'DELETE /api/connectors/:id': admin,
  'POST /api/connectors/:id/test': admin,
  'POST /api/connectors/:id/rejoin': admin,
  'GET /api/connectors/:id/people': admin,
  'GET /api/connectors/:id/lists/:name': admin,
  'GET /api/connectors/:id/files/:name': admin,
  'GET /api/connectors/:id/jobs': admin,
  'GET /api/connectors/:id/exchanges': admin,
  'POST /api/connectors/:id/resend': admin,
  'GET /api/cost-connectors': marketing,
  'POST /api/cost-connectors/load': marketing,
  // By the link itself, which is sealed and ends.
  'GET /api/shared-recordings/:token': 'public',
  // Foreign systems: by the token in their address, then as the contract of each says.
  'POST /api/hooks/:kind/:token': 'public',
  'GET /api/hooks/:kind/:token': 'public',
  'POST /api/hooks/:kind/:token/*path': 'public',
  'GET /api/hooks/:kind/:token/*path': 'public'
} as const satisfies Record<string, 'public' | readonly Role[]>
