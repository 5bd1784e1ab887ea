import type { DialTarget, LookupAnswer } from '../../ivr/block.ts'

/** What an outside system said, before its names are known to be ours. */
export interface RawAnswer {
  /** Numbers, short numbers, SIP names or logins, in order. */
  phones: readonly string[]
  code: string | null
  text: string | null
  contactName: string | null
  responsible: string | null
}

const empty: RawAnswer = { phones: [], code: null, text: null, contactName: null, responsible: null }
const longestName = 128
const longestText = 1000
const mostPhones = 20

/**
 * Reads the answer of an outside system; three forms that systems in use give are taken:
 * - CoMagic: `{"phones": [...], "text": "…"}` or `{"returned_code": 2}`
 * - Ringostat: a number or SIP name as plain text, under a key such as `number`, or as the result of a JSON-RPC
 * - MegaFon: `{"contact_name": "…", "responsible": "…"}`; `{}` is somebody unknown
 *
 * Pure.
 * @returns null when it is none of these
 */
export function parseAnswer(body: string): RawAnswer | null {
  const text = body.trim()
  if (text === '') return empty
  if (!/^[[{"]/.test(text)) return plain(text)
  try {
    return fromJson(JSON.parse(text), 0)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function plain(text: string): RawAnswer | null {
  const phone = phoneOf(text)
  return phone === null ? null : { ...empty, phones: [phone] }
}

const phoneKeys = ['phones', 'phone', 'number', 'numbers', 'sip', 'extension', 'login', 'redirect'] as const

function fromJson(value: unknown, depth: number): RawAnswer | null {
  if (depth > 2) return null
  if (typeof value === 'string' || typeof value === 'number') return plain(String(value))
  if (Array.isArray(value)) return { ...empty, phones: phonesOf(value) }
  if (typeof value !== 'object' || value === null) return null
  const said = value as Record<string, unknown>
  if ('jsonrpc' in said) return 'result' in said ? fromJson(said['result'], depth + 1) : null
  const named = phoneKeys.find((key) => said[key] !== undefined && said[key] !== null)
  const code = said['returned_code'] ?? said['code']
  return {
    phones: named === undefined ? [] : phonesOf(said[named]),
    code: typeof code === 'number' || typeof code === 'string' ? wordOf(String(code), 64) : null,
    text: wordOf(said['text'], longestText),
    contactName: wordOf(said['contact_name'], longestName),
    responsible: phoneOf(said['responsible'])
  }
}

function phonesOf(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value]
  return all.flatMap((one) => phoneOf(one) ?? []).slice(0, mostPhones)
}

/** `sip:anna@host` is `anna`, `+7 (495) 123-45-67` a number without its ornament. */
function phoneOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value).trim()
  if (/^[+\d][\d\s().-]{0,30}$/.test(text)) return text.replace(/[^+\d]/g, '')
  const name = text.replace(/^sips?:/i, '').replace(/[@;].*$/, '')
  return /^[A-Za-z0-9._-]{1,64}$/.test(name) ? name : null
}

function wordOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  const word = value
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, longest)
    .replace(/\p{Surrogate}/gu, '')
  return word === '' ? null : word
}

/** Who is meant by a short number, SIP name or login of ours; null for everybody else. */
export type FindOperator = (name: string) => string | null

/**
 * Names become our operators or numbers outside; what is neither is left out. Pure.
 * @returns null when it named only people whom nobody knows, and said nothing else
 */
export function resolve(
  raw: RawAnswer,
  findOperator: FindOperator,
  normalise: (number: string) => string | null
): LookupAnswer | null {
  const targets = raw.phones.flatMap((phone): DialTarget[] => {
    const userId = findOperator(phone)
    if (userId !== null) return [{ kind: 'user', userId }]
    const number = normalise(phone)
    return number === null ? [] : [{ kind: 'external', number }]
  })
  const { code, text, contactName } = raw
  const saysNothing = code === null && text === null && contactName === null && raw.responsible === null
  if (raw.phones.length > 0 && targets.length === 0 && saysNothing) return null
  return {
    targets,
    code,
    text,
    contactName,
    ownerId: raw.responsible === null ? null : findOperator(raw.responsible)
  }
}
