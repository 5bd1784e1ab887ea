/**
 * Recording ids derive from the call and the leg (the call's UUIDv7 with its tail replaced by the leg's number),
 * so that a repeated step, a replay and the import from Asterisk's own log all name the same file.
 */
export function recordingIdOf(callId: string, leg: string): string {
  const number = leg === 'voicemail' ? 0xfff : Number(leg.replace(/\D/g, '')) || 0
  return `${callId.slice(0, 14)}8${number.toString(16).padStart(3, '0')}${callId.slice(18)}`
}
