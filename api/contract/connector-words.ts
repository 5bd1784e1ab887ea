/** Kinds of foreign systems. No zod here, so that the browser may take it. */
export const connectorKinds = ['bitrix24'] as const
export type ConnectorKind = (typeof connectorKinds)[number]
