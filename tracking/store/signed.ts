import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Knex } from 'knex'

/** What a token of ours is for: one kind never passes for the other. */
type Kind = 'work' | 'debug'

interface Content {
  siteId: string
  untilMs: number
  bits: number
}

/** A puzzle for a page that asks for much: cheap for one person, dear for thousands of orders. */
export interface Challenge {
  challenge: string
  /** SHA-256 of `challenge:answer` must begin with so many zero bits. */
  bits: number
}

/** Tokens that we sign and need not keep, and puzzles made of them. */
export interface Signed {
  debugToken(siteId: string, untilMs: number): string
  isDebug(siteId: string, token: string, nowMs: number): boolean
  challenge(siteId: string, bits: number, nowMs: number): Challenge
  /** Whether a puzzle of at least this difficulty was solved; each solution counts once. */
  isSolved(
    siteId: string,
    bits: number,
    solution: { challenge: string; answer: string },
    nowMs: number
  ): boolean
}

const challengeMs = 5 * 60_000
const mostUsed = 50_000

export function createSigned(secret: string): Signed {
  // Solved puzzles, until they would have expired anyway. Unsolved ones take no room.
  const used = new Map<string, number>()
  const macOf = (kind: Kind, body: string): Buffer =>
    createHmac('sha256', secret).update(`${kind}.${body}`).digest()

  function sign(kind: Kind, content: Content): string {
    const body = Buffer.from(
      JSON.stringify([content.siteId, content.untilMs, content.bits, randomBytes(9).toString('base64url')])
    ).toString('base64url')
    return `${body}.${macOf(kind, body).toString('base64url')}`
  }
  function read(kind: Kind, token: string): Content | null {
    const [body = '', mac = '', ...rest] = token.split('.')
    const given = Buffer.from(mac, 'base64url')
    const right = macOf(kind, body)
    if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null
    // It is ours, and so of this shape.
    const [siteId, untilMs, bits] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
      string,
      number,
      number
    ]
    return { siteId, untilMs, bits }
  }

  return {
    debugToken: (siteId, untilMs) => sign('debug', { siteId, untilMs, bits: 0 }),
    isDebug(siteId, token, nowMs) {
      const content = read('debug', token)
      return content !== null && content.siteId === siteId && content.untilMs > nowMs
    },
    challenge: (siteId, bits, nowMs) => ({
      challenge: sign('work', { siteId, untilMs: nowMs + challengeMs, bits }),
      bits
    }),
    isSolved(siteId, bits, { challenge, answer }, nowMs) {
      const content = read('work', challenge)
      if (content === null || content.siteId !== siteId || content.untilMs <= nowMs || content.bits < bits)
        return false
      if (used.has(challenge)) return false
      if (zeroBits(createHash('sha256').update(`${challenge}:${answer}`).digest()) < content.bits)
        return false
      for (const [old, untilMs] of used) {
        if (untilMs > nowMs && used.size < mostUsed) break
        used.delete(old)
      }
      used.set(challenge, content.untilMs)
      return true
    }
  }
}

function zeroBits(hash: Buffer): number {
  const first = hash.findIndex((byte) => byte !== 0)
  return first < 0 ? hash.length * 8 : first * 8 + Math.clz32(hash[first] ?? 0) - 24
}

/** The installation's own secret for such tokens; made when there is none. */
export async function signingSecret(db: Knex): Promise<string> {
  const key = 'tracking.secret'
  await db('settings')
    .insert({ key, value: JSON.stringify(randomBytes(32).toString('base64url')) })
    .onConflict('key')
    .ignore()
  const row = await db('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  if (typeof row?.value !== 'string')
    throw new Error(`The setting ${key} is damaged: delete it and start again`)
  return row.value
}
