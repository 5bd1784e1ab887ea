import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64')
}

/**
 * The three headers of Standard Webhooks 1.0. Every secret signs, so that a receiver may change over while a secret
 * is being rotated out.
 * @param id the delivery's id: the same in every attempt, so that receivers can drop repetitions
 * @param atSeconds Unix time of this attempt
 * @throws Error when a secret is not `whsec_` + base64 of at least 24 bytes
 */
export function signedHeaders(
  id: string,
  atSeconds: number,
  body: string,
  secrets: readonly string[]
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  if (secrets.length === 0) throw new Error('the webhook has no secret to sign with')
  const signed = secrets.map((secret) =>
    createHmac('sha256', keyOf(secret)).update(`${id}.${atSeconds}.${body}`).digest('base64')
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': signed.map((signature) => `v1,${signature}`).join(' ')
  }
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : '', 'base64')
  if (key.length < 24)
    throw new Error('a secret of the webhook is not whsec_ and base64 of at least 24 bytes')
  return key
}
