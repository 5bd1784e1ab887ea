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
  'GET /api/me': everyone,
  'GET /api/me/softphone': desk,
  'PUT /api/me/presence': desk,
  'PUT /api/me/locale': everyone,
  'PUT /api/me/password': everyone,

  'GET /api/tokens': admin,
  'POST /api/tokens': admin,
  'DELETE /api/tokens/:id': admin,

  'GET /api/users': everyone,
  'POST /api/users': admin,
  'GET /api/users/:id': leads,
  'PATCH /api/users/:id': admin,
  'DELETE /api/users/:id': admin,

  'GET /api/groups': everyone,
  'POST /api/groups': admin,
  'GET /api/groups/:id': everyone,
  'PATCH /api/groups/:id': admin,
  'DELETE /api/groups/:id': admin,

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

  'GET /api/sources': everyone,
  'POST /api/sources': marketing,
  'GET /api/sources/:id': everyone,
  'PATCH /api/sources/:id': marketing,
  'DELETE /api/sources/:id': marketing,

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
  'GET /api/schemes/:id/versions': planners,

  'GET /api/contacts': everyone,
  'POST /api/contacts': desk,
  'GET /api/contacts/:id': everyone,
  'PATCH /api/contacts/:id': desk,
  'DELETE /api/contacts/:id': leads,

  'GET /api/calls': everyone,
  'GET /api/calls/:id': everyone,
  'PATCH /api/calls/:id': desk,
  'GET /api/calls/:id/tape': everyone,
  // Operators hear their own calls and voicemail; see routes/recording.ts.
  'GET /api/calls/:id/recording': desk,
  // Operators end only a call that they are in.
  'POST /api/calls/:id/hangup': desk,

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

  'GET /api/audit': admin,

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
