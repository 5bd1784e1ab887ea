import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, safe in a URL and a header. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** How tokens are kept: they are random already, so one fast hash is enough. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Compares without telling by its time how much was right. */
export function isSame(given: string, expected: string): boolean {
  const a = createHash('sha256').update(given).digest()
  const b = createHash('sha256').update(expected).digest()
  return timingSafeEqual(a, b)
}
