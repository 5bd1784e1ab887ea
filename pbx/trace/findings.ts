/** What a trace can tell; stable: screens and clients have words for each. */
export const findingCodes = [
  'registered',
  'alive',
  'call_answered',
  'no_answer',
  'wrong_password',
  'no_credentials',
  'forbidden',
  'not_found',
  'timed_out',
  'codec_mismatch',
  'encryption_mismatch',
  'tls_needed',
  'too_brief',
  'busy',
  'declined',
  'unavailable',
  'server_error',
  'refused',
  'redirected',
  'unknown_source',
  'caller_left',
  'no_ack',
  'bye_unanswered',
  'nat_private_address',
  'nat_seen_differently',
  'nat_private_media'
] as const
export type FindingCode = (typeof findingCodes)[number]

export interface Finding {
  code: FindingCode
  level: 'good' | 'warning' | 'problem'
  params: Record<string, string>
  /** Index of the message that shows it; null when it is one that did not come. */
  message: number | null
}

/** `192.0.2.7:5060`, and IPv6 with its colons. */
export function addressOf(remote: string): { host: string; port: string } {
  const at = remote.lastIndexOf(':')
  return { host: remote.slice(0, at), port: remote.slice(at + 1) }
}
