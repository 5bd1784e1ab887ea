import { admin, desk, leads } from './access-roles.ts'
import type { Role } from './contract/common.ts'

/** Who may what with conversations. Operators see those of their own clients, and nobody's. A part of `access.ts`. */
export const messageAccess = {
  'GET /api/conversations': desk,
  'POST /api/conversations': desk,
  'GET /api/conversations/:id': desk,
  'GET /api/conversations/:id/messages': desk,
  'POST /api/conversations/:id/messages': desk,
  'POST /api/conversations/:id/read': desk,
  'GET /api/unread-messages': desk,
  'GET /api/messages/:id/html': desk,
  'POST /api/messages/:id/retry': desk,
  'POST /api/message-files': desk,
  'GET /api/message-files/:id': desk,
  'GET /api/mail-senders': desk,
  'GET /api/message-templates': desk,
  'POST /api/message-templates': leads,
  'GET /api/message-templates/:id': desk,
  'PATCH /api/message-templates/:id': leads,
  'DELETE /api/message-templates/:id': leads,
  'GET /api/message-templates/:id/filled': desk,
  'GET /api/message-channels': admin,
  'POST /api/message-channels': admin,
  'GET /api/message-channels/:id': admin,
  'PATCH /api/message-channels/:id': admin,
  'DELETE /api/message-channels/:id': admin,
  'POST /api/message-channels/:id/test': admin
} as const satisfies Record<string, readonly Role[]>
