import type { z } from 'zod'
import { inquiryChannels, ringTones, roles } from './contract/words.ts'
import { groupCreate, numberCreate, sourceCreate, userCreate } from './contract/config.ts'
import type { ImportThing } from './contract/settings-words.ts'

export type ImportValue = string | number | boolean | null | readonly string[]
/** Things that cells name by what people call them: a site by its domain, a person by their login. */
export type Reference = 'sources' | 'sites' | 'schemes' | 'trunks' | 'groups' | 'users'
type Locale = 'ru' | 'en'

export interface ImportField {
  name: string
  ru: string
  en: string
  kind: 'text' | 'phone' | 'number' | 'yesNo' | 'word' | 'words' | 'names'
  /** Words by which a cell may say one of a few: our own, Russian, English. */
  words?: readonly (readonly [code: string, ru: string, en: string])[]
  of?: Reference
  /** A new one cannot be without it. */
  isNeeded?: boolean
  /** Two cannot have the same. */
  isUnique?: boolean
  /** The order of its parts means nothing. */
  isSet?: boolean
  /** How the contract checks it. */
  schema?: z.ZodType
}

const roleWords = {
  admin: ['Администратор', 'Admin'],
  supervisor: ['Супервизор', 'Supervisor'],
  operator: ['Оператор', 'Operator'],
  marketer: ['Маркетолог', 'Marketer']
} as const
const isActive: ImportField = { name: 'isActive', ru: 'Включён', en: 'Active', kind: 'yesNo' }
const codes = (all: readonly string[]) => all.map((code) => [code, code, code] as const)

/** The columns of each table; the first is the key, by which rows are found again. */
export const importFields: Record<ImportThing, readonly ImportField[]> = {
  numbers: [
    {
      name: 'e164',
      ru: 'Номер',
      en: 'Number',
      kind: 'phone',
      isNeeded: true,
      schema: numberCreate.shape.e164
    },
    { name: 'label', ru: 'Подпись', en: 'Label', kind: 'text', schema: numberCreate.shape.label },
    { name: 'source', ru: 'Источник', en: 'Source', kind: 'text', of: 'sources' },
    { name: 'site', ru: 'Сайт', en: 'Site', kind: 'text', of: 'sites' },
    { name: 'scheme', ru: 'Сценарий', en: 'Scheme', kind: 'text', of: 'schemes' },
    { name: 'trunk', ru: 'Линия', en: 'Trunk', kind: 'text', of: 'trunks' },
    isActive
  ],
  sources: [
    {
      name: 'name',
      ru: 'Название',
      en: 'Name',
      kind: 'text',
      isNeeded: true,
      schema: sourceCreate.shape.name
    },
    {
      ...{ name: 'inquiryChannel', ru: 'Канал', en: 'Channel', kind: 'word', isNeeded: true },
      words: codes(inquiryChannels)
    },
    { name: 'medium', ru: 'Тип трафика', en: 'Medium', kind: 'text', schema: sourceCreate.shape.medium },
    { name: 'campaign', ru: 'Кампания', en: 'Campaign', kind: 'text', schema: sourceCreate.shape.campaign },
    {
      name: 'keyword',
      ru: 'Ключевое слово',
      en: 'Keyword',
      kind: 'text',
      schema: sourceCreate.shape.keyword
    },
    { name: 'note', ru: 'Заметка', en: 'Note', kind: 'text', schema: sourceCreate.shape.note }
  ],
  users: [
    { name: 'login', ru: 'Логин', en: 'Login', kind: 'text', isNeeded: true, schema: userCreate.shape.login },
    { name: 'name', ru: 'Имя', en: 'Name', kind: 'text', isNeeded: true, schema: userCreate.shape.name },
    {
      ...{ name: 'role', ru: 'Роль', en: 'Role', kind: 'word', isNeeded: true },
      words: roles.map((role) => [role, ...roleWords[role]] as const)
    },
    {
      ...{ name: 'extension', ru: 'Короткий номер', en: 'Short number', kind: 'text', isUnique: true },
      schema: userCreate.shape.extension
    },
    { name: 'groups', ru: 'Группы', en: 'Groups', kind: 'names', of: 'groups', isSet: true },
    {
      ...{ name: 'skills', ru: 'Навыки', en: 'Skills', kind: 'words', isSet: true },
      schema: userCreate.shape.skills
    },
    {
      ...{ name: 'locale', ru: 'Язык', en: 'Language', kind: 'word' },
      words: [
        ['ru', 'Русский', 'Russian'],
        ['en', 'Английский', 'English']
      ]
    },
    isActive
  ],
  groups: [
    {
      name: 'name',
      ru: 'Название',
      en: 'Name',
      kind: 'text',
      isNeeded: true,
      schema: groupCreate.shape.name
    },
    { name: 'members', ru: 'Участники (логины)', en: 'Members (logins)', kind: 'names', of: 'users' },
    {
      ...{ name: 'wrapUpSeconds', ru: 'Время после звонка, с', en: 'Time after a call, s', kind: 'number' },
      schema: groupCreate.shape.wrapUpSeconds
    },
    { name: 'ringTone', ru: 'Мелодия звонка', en: 'Ring tone', kind: 'word', words: codes(ringTones) }
  ],
  skills: [
    {
      ...{ name: 'skill', ru: 'Навык', en: 'Skill', kind: 'text', isNeeded: true },
      schema: userCreate.shape.skills.unwrap().element
    },
    {
      name: 'members',
      ru: 'У кого (логины)',
      en: 'Who has it (logins)',
      kind: 'names',
      of: 'users',
      isSet: true
    }
  ]
}

export const keyOf = (things: ImportThing): ImportField => {
  const [key] = importFields[things]
  if (!key) throw new Error(`${things} have no fields`)
  return key
}

const yes = ['yes', 'да', 'true', '1', '+']
const no = ['no', 'нет', 'false', '0', '-']

/** What a cell says, or the code of what is wrong with it. */
export function readCell(field: ImportField, cell: string): { value: ImportValue } | { code: string } {
  const text = cell.trim()
  if (text === '') {
    if (field.isNeeded) return { code: 'required' }
    if (field.kind === 'words' || field.kind === 'names') return { value: [] }
    // A switch and a word of a list are never empty: as it is, or as usual.
    return field.kind === 'yesNo' || field.kind === 'word' ? { code: 'required' } : { value: null }
  }
  const value = valueOf(field, text)
  if (value === undefined) return { code: field.kind === 'phone' ? 'e164' : 'invalid' }
  return { value }
}

function valueOf(field: ImportField, text: string): ImportValue | undefined {
  const lower = text.toLowerCase()
  switch (field.kind) {
    case 'text':
      return field.name === 'login' ? lower : text
    case 'phone':
      return phoneOf(text)
    case 'number':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined
    case 'yesNo':
      return yes.includes(lower) ? true : no.includes(lower) ? false : undefined
    case 'word':
      return field.words?.find((all) => all.some((word) => word.toLowerCase() === lower))?.[0]
    case 'words':
    case 'names': {
      const found = [...new Set(partsOf(text, field.of === 'users'))]
      const named = field.of === 'users' ? found.map((login) => login.toLowerCase()) : found
      return field.isSet ? named.toSorted() : named
    }
  }
}

/** Table programs eat the plus, and people write brackets. */
function phoneOf(text: string): string | undefined {
  const plain = text.replace(/[\s()\u00a0-]/g, '')
  if (/^\+[1-9]\d{3,14}$/.test(plain)) return plain
  return /^[1-79]\d{9,14}$/.test(plain) ? `+${plain}` : undefined
}

/** Parts of a cell; what holds a separator stands in quotes. Logins have no commas, so that there a comma parts too. */
function partsOf(text: string, isByComma: boolean): string[] {
  const plain = isByComma ? /\s*"((?:[^"]|"")*)"|[^;,\n]+/g : /\s*"((?:[^"]|"")*)"|[^;\n]+/g
  return [...text.matchAll(plain)]
    .map(([whole, quoted]) => (quoted === undefined ? whole : quoted.replaceAll('""', '"')).trim())
    .filter((each) => each !== '')
}

const part = (text: string): string => (/[;\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A value as it stands in a file. */
export function cellOf(field: ImportField, value: ImportValue, locale: Locale): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return locale === 'ru' ? (value ? 'да' : 'нет') : value ? 'yes' : 'no'
  if (typeof value === 'object') return value.map(part).join('; ')
  const word = field.words?.find(([code]) => code === value)
  return word ? word[locale === 'ru' ? 1 : 2] : String(value)
}

/** Which field each heading means; null where it means none. The same field is taken once. */
export function columnsFor(things: ImportThing, headings: readonly string[]): (string | null)[] {
  const taken = new Set<string>()
  return headings.map((heading) => {
    const wanted = heading.trim().toLowerCase()
    const field = importFields[things].find(
      ({ name, ru, en }) => !taken.has(name) && [name, ru, en].some((word) => word.toLowerCase() === wanted)
    )
    if (!field) return null
    taken.add(field.name)
    return field.name
  })
}
