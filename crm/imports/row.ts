import { normalise } from '../../tracking/phones.ts'
import { readEmail } from '../clients.ts'
import type { ClientThings, CustomFieldFact } from './fields.ts'

/** What is known of the company while a file is read. */
export interface Known {
  /** By login and by name, in small letters. */
  users: ReadonlyMap<string, string>
  custom: readonly CustomFieldFact[]
  /** Stages with their pipeline, in order. */
  stages: readonly {
    id: string
    name: string
    kind: 'open' | 'won' | 'lost'
    pipelineId: string
    pipeline: string
  }[]
  currency: string
}

export interface RowProblem {
  field: string
  code: 'required' | 'phone' | 'email' | 'invalid' | 'reference' | 'noOne' | 'twoContacts' | 'tooLong'
  value: string | null
}

export interface ReadContact {
  name: string | null
  phones: string[]
  emails: string[]
  company: string | null
  taxNumber: string | null
  website: string | null
  ownerId: string | null
  tags: string[]
  note: string | null
  custom: Record<string, string | number | boolean>
}

export interface ReadDeal {
  title: string
  amount: number | null
  currency: string
  stageId: string | null
  ownerId: string | null
  createdAt: Date | null
  closedAt: Date | null
  lostReason: string | null
  note: string | null
}

export interface ReadRow {
  contact: ReadContact
  /** Null where only contacts are brought. */
  deal: ReadDeal | null
  problems: RowProblem[]
}

const longest: Record<string, number> = {
  name: 200,
  company: 200,
  taxNumber: 40,
  website: 300,
  note: 5000,
  title: 300,
  lostReason: 200
}

/** Reads a row of a file; what is at fault is told, cell by cell. */
export function readRow(
  things: ClientThings,
  columns: readonly (string | null)[],
  cells: readonly string[],
  known: Known
): ReadRow {
  const problems: RowProblem[] = []
  const fault = (field: string, code: RowProblem['code'], value: string | null): null => {
    // Half of a letter at the end is none that jsonb takes.
    const shown = value?.slice(0, 200).replace(/\p{Surrogate}/gu, '') ?? null
    problems.push({ field, code, value: shown })
    return null
  }
  const all = (name: string): string[] =>
    columns.flatMap((column, index) => {
      const text = column === name ? (cells[index] ?? '').trim() : ''
      return text === '' ? [] : [text]
    })
  const one = (name: string): string | null => {
    const text = all(name)[0] ?? null
    const most = longest[name]
    return text !== null && most !== undefined && text.length > most ? fault(name, 'tooLong', text) : text
  }
  const user = (text: string | null): string | null =>
    text === null ? null : (known.users.get(text.toLowerCase()) ?? fault('owner', 'reference', text))

  const phones = all('phone')
    .flatMap(phonesIn)
    .map((text) => normalise(text, 'RU')?.e164 ?? fault('phone', 'phone', text))
  const emails = all('email')
    .flatMap((text) => text.split(/[,;\s]+/).filter((part) => part !== ''))
    .map((text) => readEmail(text) ?? fault('email', 'email', text))
  const parts = [one('lastName'), one('firstName'), one('middleName')].filter((part) => part !== null)
  const contact: ReadContact = {
    name: one('name') ?? (parts.length > 0 ? parts.join(' ').slice(0, 200) : null),
    phones: [...new Set(phones.filter((phone) => phone !== null))].slice(0, 20),
    emails: [...new Set(emails.filter((email) => email !== null))].slice(0, 20),
    company: one('company'),
    taxNumber: one('taxNumber'),
    website: one('website'),
    ownerId: user(one('owner')),
    tags: [
      ...new Set(
        all('tags').flatMap((text) =>
          text.split(/\s*[,;]\s*/).filter((tag) => tag !== '' && tag.length <= 40)
        )
      )
    ],
    note: things === 'contacts' ? one('note') : null,
    custom: {}
  }
  for (const field of known.custom) {
    const text = all(`custom:${field.id}`)[0]
    if (text === undefined) continue
    const value = customValue(field, text)
    if (value === null) fault(`custom:${field.id}`, field.kind === 'choice' ? 'reference' : 'invalid', text)
    else contact.custom[field.id] = value
  }
  if (things === 'contacts') {
    const isNobody = contact.name === null && contact.phones.length === 0 && contact.emails.length === 0
    if (isNobody && problems.length === 0) fault('name', 'noOne', null)
    return { contact, deal: null, problems }
  }
  const title = one('title')
  if (title === null && problems.length === 0) fault('title', 'required', null)
  const stage = stageOf(one('pipeline'), one('stage'), known)
  if ('fault' in stage) fault(stage.fault, 'reference', stage.value)
  const money = one('amount')
  const amount = money === null ? null : amountOf(money)
  if (money !== null && amount === null) fault('amount', 'invalid', money)
  const currency =
    one('currency')
      ?.toUpperCase()
      .replace(/^(РУБ\.?|₽|RUR)$/, 'RUB') ?? known.currency
  if (!/^[A-Z]{3}$/.test(currency)) fault('currency', 'invalid', currency)
  const time = (name: 'createdAt' | 'closedAt'): Date | null => {
    const text = one(name)
    return text === null ? null : (timeOf(text) ?? fault(name, 'invalid', text))
  }
  const deal: ReadDeal = {
    ...{ title: title ?? '', amount, currency, ownerId: contact.ownerId },
    stageId: 'fault' in stage ? null : stage.id,
    ...{ createdAt: time('createdAt'), closedAt: time('closedAt') },
    ...{ lostReason: one('lostReason'), note: one('note') }
  }
  return { contact, deal, problems }
}

/** A cell may hold several numbers; brackets and blanks within one do not part it. */
const phonesIn = (text: string): string[] =>
  text
    .split(/[,;\n/]|\s{2,}/)
    .map((part) => part.replace(/(?:доб|ext|вн)\.?\s*\d+\s*$/i, '').trim())
    .filter((part) => part !== '')

function customValue(field: CustomFieldFact, text: string): string | number | boolean | null {
  switch (field.kind) {
    case 'number':
      return amountOf(text)
    case 'flag': {
      const word = text.toLowerCase()
      return ['да', 'yes', 'true', '1', '+'].includes(word)
        ? true
        : ['нет', 'no', 'false', '0', '-'].includes(word)
          ? false
          : null
    }
    case 'date':
      return timeOf(text)?.toISOString().slice(0, 10) ?? null
    case 'choice':
      return field.choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? null
    default:
      return text.slice(0, 1000)
  }
}

/** `1 234,50 ₽` and `1,234.50` → 1234.5; null where it is no sum. */
export function amountOf(text: string): number | null {
  const bare = text.replace(/[\s\u00a0\u202f']|₽|руб\.?|р\.$|rub|\$|€/gi, '')
  // Of both signs the last parts the fraction; a lone comma with three digits behind it parts thousands only beside another.
  const last = Math.max(bare.lastIndexOf(','), bare.lastIndexOf('.'))
  const isMixed = bare.includes(',') && bare.includes('.')
  const many = (bare.match(/[.,]/g)?.length ?? 0) > 1
  const whole =
    last < 0 || (many && !isMixed)
      ? bare.replace(/[.,]/g, '')
      : `${bare.slice(0, last).replace(/[.,]/g, '')}.${bare.slice(last + 1)}`
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(whole)) return null
  return Math.round(Number(whole) * 100) / 100
}

/** `31.12.2025 14:05`, `2025-12-31`, `2025-12-31T14:05:00Z`; null where it is no day. Without a zone it is UTC noon or that time. */
export function timeOf(text: string): Date | null {
  const found =
    /^(?<d>\d{1,2})[./](?<m>\d{1,2})[./](?<y>\d{4})(?:[ ,T]+(?<h>\d{1,2}):(?<i>\d\d)(?::\d\d)?)?$/.exec(
      text
    ) ??
    /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)(?:[ T](?<h>\d{1,2}):(?<i>\d\d)(?::\d\d(?:\.\d+)?)?Z?)?$/.exec(text)
  const parts = found?.groups
  if (!parts) return null
  const [y, m, d, h, i] = [parts['y'], parts['m'], parts['d'], parts['h'] ?? '12', parts['i'] ?? '0'].map(
    Number
  )
  const at = new Date(Date.UTC(y ?? 0, (m ?? 0) - 1, d, h, i))
  const isThere = at.getUTCMonth() === (m ?? 0) - 1 && at.getUTCDate() === d && at.getUTCHours() === h
  return isThere && at.getUTCFullYear() >= 1900 && at.getUTCFullYear() <= 2200 ? at : null
}

function stageOf(
  pipeline: string | null,
  stage: string | null,
  { stages }: Known
): { id: string | null } | { fault: 'pipeline' | 'stage'; value: string | null } {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
  const within = pipeline === null ? stages : stages.filter((each) => same(each.pipeline, pipeline))
  if (within.length === 0 && pipeline !== null) return { fault: 'pipeline', value: pipeline }
  if (stage === null) return { id: within.find(({ kind }) => kind === 'open')?.id ?? null }
  const found = within.find(({ name }) => same(name, stage))
  return found ? { id: found.id } : { fault: 'stage', value: stage }
}
