import type { Knex } from 'knex'
import type { Who } from '../auth/sessions.ts'
import { onlySeenContacts } from '../contact-rows.ts'
import { dialFoundList, dialPreview, dialPreviewQuery, dialSearch, type DialFound } from '../contract/desk.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { likePart } from '../rows.ts'

/** So many lines are read at a glance. */
const longest = 8
/** Found ones among which the best are chosen: a letter or two are in very many names. */
const looked = 300
/** Calls of their own in which an operator's last numbers are looked for. */
const lastCalls = 400

/** What the dial pad finds while somebody types, and what would become of a call. */
export const dialSearchRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/dial-search',
    summary:
      'Numbers to call by part of a name, company or number: clients, and the last numbers of whoever asks; only those without a search',
    query: dialSearch,
    answer: dialFoundList,
    async handle({ query: { search }, who }) {
      const [contacts, last] = await Promise.all([
        search.length < 2 ? [] : contactsFound(db, search, who),
        lastNumbers(db, who.userId)
      ])
      const lastAt = new Map(last.map((each) => [each.phone, each.lastAt]))
      const listed = contacts.map((each) => ({ ...each, lastAt: lastAt.get(each.phone) ?? null }))
      const phones = new Set(listed.map(({ phone }) => phone))
      // Whom they talked with of late is whom they mean most often.
      const items = [
        ...listed.filter((each) => each.lastAt !== null),
        ...last.filter((each) => !phones.has(each.phone) && fits(each, search)),
        ...listed.filter((each) => each.lastAt === null)
      ]
      return { items: items.slice(0, longest) }
    }
  }),
  endpoint({
    route: 'GET /api/dial-preview',
    summary:
      'What a call to a number would be: whom it reaches, which number of ours they see, why it is refused. Dials nothing',
    query: dialPreviewQuery,
    answer: dialPreview,
    handle: ({ query: { to }, who }) => dialling.preview(to, who.userId)
  })
]

/** As the index of migration 0019 has it: see migration 0011 for why letters are changed. */
const inLatin = (sql: string): string =>
  `translate(lower(${sql}), 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqwwxyxeua')`
const names = `(c.name || ' ' || coalesce(c.company, ''))`

interface FoundRow {
  phone: string
  contact_id: string | null
  name: string | null
  company: string | null
  last_at: Date | null
}

/** Clients by part of their name, company or number; those whose name begins so come first. */
async function contactsFound(db: Knex, search: string, who: Who): Promise<DialFound[]> {
  const parts = numberParts(search)
  const { rows } = await (parts.length > 0 ? byNumber(db, parts) : byName(db, search))
  const ids = rows.map(({ contact_id }) => contact_id)
  const query = db('contacts').whereIn('id', ids)
  onlySeenContacts(query, who)
  const seen = new Set((await query.select<{ id: string }[]>('id')).map(({ id }) => id))
  return rows
    .filter(({ contact_id }) => contact_id !== null && seen.has(contact_id))
    .map((row) => foundOf('contact', row))
}

const byNumber = (db: Knex, parts: string[]) =>
  db.raw<{ rows: FoundRow[] }>(
    `select p.e164 as phone, c.id as contact_id, c.name, c.company from (
       select e164, contact_id from contact_phones where ${parts.map(() => 'e164 like ?').join(' or ')} limit ${looked}
     ) p join contacts c on c.id = p.contact_id
     order by p.e164 limit ${longest}`,
    parts
  )

function byName(db: Knex, search: string) {
  const anywhere = likePart(search)
  const first = anywhere.slice(1)
  const word = `% ${first}`
  // Two letters are in no index but at the beginning of a word.
  const patterns = /[\da-zа-яё]{3}/i.test(search) ? [anywhere] : [first, word]
  const either = (sql: string): string => `(${patterns.map(() => sql).join(' or ')})`
  return db.raw<{ rows: FoundRow[] }>(
    `select p.e164 as phone, c.id as contact_id, c.name, c.company from (
       select c.id, c.name, c.company, lower(c.name) like lower(?) as is_first,
         lower(${names}) like lower(?) as is_word
       from contacts c where ${either(`${inLatin(names)} like ${inLatin('?')}`)} and ${either(`${names} ilike ?`)}
       limit ${looked}
     ) c join contact_phones p on p.contact_id = c.id
     order by c.is_first desc, c.is_word desc, c.name, p.e164 limit ${longest}`,
    [first, word, ...patterns, ...patterns]
  )
}

/** Numbers outside that somebody has talked with or tried last, the newest first. */
async function lastNumbers(db: Knex, userId: string): Promise<DialFound[]> {
  const { rows } = await db.raw<{ rows: FoundRow[] }>(
    `select l.phone, k.id as contact_id, coalesce(k.name, l.name) as name, k.company, l.last_at from (
       select distinct on (caller_number) caller_number as phone, coalesce(contact_name, caller_name) as name,
         started_at as last_at
       from (
         select caller_number, contact_name, caller_name, started_at from calls
         where operator_id = ? order by started_at desc, id desc limit ${lastCalls}
       ) c where caller_number is not null
       order by caller_number, started_at desc
     ) l left join contact_phones p on p.e164 = l.phone left join contacts k on k.id = p.contact_id
     order by l.last_at desc`,
    [userId]
  )
  return rows.map((row) => foundOf('recent', row))
}

/** Whether a line is one that is looked for; all are while nothing is typed. */
function fits({ phone, name, company }: DialFound, search: string): boolean {
  const parts = numberParts(search).map((part) => part.replaceAll('%', ''))
  if (parts.length > 0) return parts.some((part) => phone.includes(part))
  return `${name ?? ''} ${company ?? ''}`.toLowerCase().includes(search.toLowerCase())
}

const foundOf = (kind: DialFound['kind'], row: FoundRow): DialFound => ({
  kind,
  phone: row.phone,
  contactId: row.contact_id,
  name: row.name,
  company: row.company,
  lastAt: row.last_at?.toISOString() ?? null
})

/**
 * Patterns of a number that is being typed; none when it is words. A leading 8 is how Russian readers begin what is
 * stored with +7.
 */
export function numberParts(search: string): string[] {
  if (!/^[\d\s()+.-]+$/.test(search)) return []
  const digits = search.replace(/\D/g, '')
  if (digits === '') return []
  const isNational = digits.startsWith('8') && digits.length > 1
  // Eleven digits are a whole number: it can be nothing else.
  if (isNational && digits.length === 11) return [`+7${digits.slice(1)}`]
  return [`%${digits}%`, ...(isNational ? [`+7${digits.slice(1)}%`] : [])]
}
