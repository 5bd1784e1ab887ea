import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, thirty seconds. */
const digits = 6
const stepSeconds = 30
/** A code of the step before or after is taken too: clocks differ, and people type slowly. */
const driftSteps = 1

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 without padding, as apps take it. */
export function base32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** 160 random bits, as the RFC advises. */
export const newTotpSecret = (): string => base32(randomBytes(20))

/** The code of a step (RFC 4226). */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (mac[19] ?? 0) & 0x0f
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits
  return String(number).padStart(digits, '0')
}

/**
 * The step that a code belongs to; null when it is wrong, or of a step that was used already.
 * @param lastStep no code of this step or an earlier one is taken again
 */
export function stepOfCode(
  secret: string,
  code: string,
  nowMs: number,
  lastStep: number | null
): number | null {
  const typed = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(typed)) return null
  const now = Math.floor(nowMs / 1000 / stepSeconds)
  let found: number | null = null
  for (let step = now - driftSteps; step <= now + driftSteps; step++) {
    const isSame = timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(typed))
    if (isSame && (lastStep === null || step > lastStep)) found ??= step
  }
  return found
}

/** What an app reads from the picture. */
export function totpUri(secret: string, login: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(login)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`
}

/** Eighty random bits each, easy to read aloud. */
export const newRecoveryCodes = (count = 10): string[] =>
  Array.from({ length: count }, () => {
    const text = base32(randomBytes(10)).toLowerCase()
    return (text.match(/.{4}/g) ?? []).join('-')
  })

/** As it is hashed: however it was typed. */
export const plainRecoveryCode = (code: string): string => code.toLowerCase().replaceAll(/[^a-z2-7]/g, '')
