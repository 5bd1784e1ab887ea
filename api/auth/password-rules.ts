import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Knex } from 'knex'
import { projectRoot } from '../../host/project-root.ts'
import { ApiError } from '../problems.ts'

/** Whose password it shall be: what an attacker would try first. */
export interface PasswordOwner {
  login?: string | undefined
  name?: string | undefined
  company?: string | undefined
}

/** Words shorter than this stand in passwords by chance. */
const shortestWord = 4
const mostSites = 200
/** What must be left of a password when everything that is known of its owner is taken out. */
const leastOwn = 6

/**
 * Refuses a password that an attacker would try early: one of the passwords that leaks show most, or little more than
 * the login, the name, the company or the product. How it is put together is nobody's business, and it never ends by time.
 * Its length is in the contract.
 * @throws ApiError invalid
 */
export function acceptPassword(password: string, owner: PasswordOwner, field = 'password'): void {
  if (isCommon(password) || isRepetition(password) || isOfOwner(password, owner))
    throw new ApiError('invalid', {
      errors: [{ path: field, message: 'is easy to guess: choose another one' }]
    })
}

/**
 * As `acceptPassword`, knowing what the company is called: its sites, their names and domains.
 * @throws ApiError invalid
 */
export async function acceptPasswordHere(
  db: Knex,
  password: string,
  owner: Pick<PasswordOwner, 'login' | 'name'>,
  field = 'password'
): Promise<void> {
  const sites = await db('sites')
    .limit(mostSites)
    .select<{ name: string; domain: string }[]>('name', 'domain')
  const company = sites.flatMap(({ name, domain }) => [name, domain.replace(/\.[^.]*$/, '')]).join(' ')
  acceptPassword(password, { ...owner, company }, field)
}

const isCommon = (password: string): boolean => {
  const plain = password.trim().toLowerCase()
  // Many add a year, a number or an exclamation mark to one of them.
  const bare = plain.replace(/[^\p{L}]+$/u, '')
  return isListed(plain) || (bare.length >= 6 && plain.length - bare.length <= 5 && isListed(bare))
}

/** One or two signs again and again, or a run such as 12345678 or abcdefgh. */
function isRepetition(password: string): boolean {
  const signs = [...password.toLowerCase()]
  if (new Set(signs).size <= 2) return true
  const steps = signs.slice(1).map((sign, i) => (sign.codePointAt(0) ?? 0) - (signs[i]?.codePointAt(0) ?? 0))
  return new Set(steps).size === 1
}

function isOfOwner(password: string, { login = '', name = '', company = '' }: PasswordOwner): boolean {
  const words = [login, name, company, 'ringtrace']
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word.length >= shortestWord)
    .toSorted((a, b) => b.length - a.length)
  const given = password.toLowerCase()
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), given)
  return rest !== given && rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < leastOwn
}

let list: Uint32Array | null = null

/** Sorted beginnings of SHA-256 of passwords: the file tells which they are to nobody, and is small. */
function isListed(password: string): boolean {
  list ??= readList()
  const wanted = createHash('sha256').update(password).digest().readUInt32BE()
  let [low, high] = [0, list.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = list[middle] ?? 0
    if (found === wanted) return true
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return false
}

function readList(): Uint32Array {
  const bytes = readFileSync(path.join(projectRoot(), 'api/auth/common-passwords.bin'))
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(i * 4))
}
