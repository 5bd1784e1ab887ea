import type { Role } from './contract/common.ts'

/** Who may, in the words of `access.ts`. */
export const everyone = ['admin', 'supervisor', 'operator', 'marketer'] as const
export const admin = ['admin'] as const
export const leads = ['admin', 'supervisor'] as const
export const marketing = ['admin', 'marketer'] as const
export const desk = ['admin', 'supervisor', 'operator'] as const
export const planners = ['admin', 'supervisor', 'marketer'] as const

/** Roles that see calls live; the others get no such event. */
export const panelRoles: readonly Role[] = desk
/** Roles that may watch calls, and see who does. */
export const leadRoles: readonly Role[] = leads
