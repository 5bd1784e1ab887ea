const pattern = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.((?:op|ext|cl|sup)\d+)$/

/** Splits the channel id of a leg; null for any other channel. */
export function parseLegChannel(channelId: string): { callId: string; leg: string } | null {
  const [, callId, leg] = pattern.exec(channelId) ?? []
  return callId && leg ? { callId, leg } : null
}
