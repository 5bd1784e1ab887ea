/** Kinds of deeds that people look for, by patterns of their action (as SQL's `like` reads them). */
export const auditKinds = {
  changes: [
    '%.create',
    '%.change',
    '%.delete',
    '%.rotate',
    '%.publish',
    '%.rollback',
    '%.replace',
    '%.import',
    '%.undo',
    '%.add',
    '%.remove'
  ],
  calls: ['call.%', 'callback.%', 'demo.call'],
  recordings: ['recording.%'],
  exports: ['%.export', '%.download', 'system.diagnostics', 'backup.%'],
  access: ['login%', 'password.%', 'token.%', 'session.%', 'link.%', 'second\\_factor.%', 'user.%']
} as const satisfies Record<string, readonly string[]>

export type AuditKind = keyof typeof auditKinds
export const auditKindNames = Object.keys(auditKinds) as [AuditKind, ...AuditKind[]]
