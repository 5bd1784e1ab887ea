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

/** What a test of a trunk does, in order. */
export const testSteps = ['settings', 'address', 'options', 'register'] as const
export type TestStep = (typeof testSteps)[number]
export const stepStates = ['waiting', 'running', 'done', 'failed', 'skipped'] as const
export type StepState = (typeof stepStates)[number]

/** What goes wrong before anything is said; beside the findings of what was said. */
export const testProblems = [
  'inactive',
  'exchange_down',
  'not_in_asterisk',
  'dns_failed',
  'nothing_sent'
] as const
export type TestProblem = (typeof testProblems)[number]

/** `192.0.2.7:5060`, and IPv6 with its colons. */
export function addressOf(remote: string): { host: string; port: string } {
  const at = remote.lastIndexOf(':')
  return { host: remote.slice(0, at), port: remote.slice(at + 1) }
}
