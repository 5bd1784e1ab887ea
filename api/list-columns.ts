import type { Knex } from 'knex'
import type { Cell, CellKind, Column } from '../reports/sheets/sheet.ts'
import { callWord, type FileLocale } from './call-words.ts'
import type { Contact } from './contract/config.ts'
import type { Company, CustomValues } from './contract/contacts.ts'
import type { Deal, Inquiry } from './contract/crm.ts'
import type { ExportedList } from './contract/list-exports.ts'

/** What a file shows in place of ids. */
export interface ListNames {
  users: ReadonlyMap<string, string>
  pipelines: ReadonlyMap<string, string>
  /** Fields of the company's own, in its order. */
  custom: readonly { id: string; name: string; kind: string }[]
}

interface Field<T> {
  title: readonly [ru: string, en: string]
  kind?: CellKind
  width?: number
  cell(item: T, names: ListNames, locale: FileLocale): Cell
}

const time = (value: string | null): Date | null => (value === null ? null : new Date(value))
const joined = (values: readonly string[]): string => values.join(', ')
const userOf = (id: string | null, { users }: ListNames): string | null =>
  id === null ? null : (users.get(id) ?? null)

const words = {
  kind: {
    ...{ call: ['Звонок', 'Call'], form: ['Форма', 'Form'], callback: ['Обратный звонок', 'Callback'] },
    ...{ mail: ['Письмо', 'Mail'], message: ['Сообщение', 'Message'], manual: ['Вручную', 'By hand'] }
  },
  state: {
    ...{ new: ['Новое', 'New'], inWork: ['В работе', 'In work'], accepted: ['Сделка', 'Deal'] },
    ...{ closed: ['Закрыто', 'Closed'], spam: ['Спам', 'Spam'] }
  },
  stage: { open: ['Открыта', 'Open'], won: ['Выиграна', 'Won'], lost: ['Проиграна', 'Lost'] },
  flag: { true: ['Да', 'Yes'], false: ['Нет', 'No'] }
} as const satisfies Record<string, Record<string, readonly [string, string]>>
type Words = Readonly<Record<string, readonly [string, string]>>
const worded = (list: Words, word: string, locale: FileLocale): string =>
  list[word]?.[locale === 'ru' ? 0 : 1] ?? word

const path: Field<Deal | Inquiry>[] = [
  {
    title: ['Канал', 'Channel'],
    cell: ({ inquiryChannel: channel }, _names, locale) =>
      channel === null ? null : callWord('inquiryChannel', channel, locale)
  },
  { title: ['Источник', 'Source'], cell: ({ source }) => source },
  { title: ['Тип', 'Medium'], cell: ({ medium }) => medium },
  { title: ['Кампания', 'Campaign'], cell: ({ campaign }) => campaign },
  { title: ['Ключевое слово', 'Keyword'], cell: ({ keyword }) => keyword }
]

const contacts: Field<Contact>[] = [
  { title: ['Имя', 'Name'], width: 30, cell: ({ name }) => name },
  { title: ['Телефоны', 'Phones'], width: 24, cell: ({ phones }) => joined(phones) },
  { title: ['Почта', 'Mails'], width: 28, cell: ({ emails }) => joined(emails) },
  { title: ['Компания', 'Company'], width: 24, cell: ({ company }) => company },
  { title: ['Ответственный', 'Responsible'], cell: ({ ownerId }, names) => userOf(ownerId, names) },
  { title: ['Метки', 'Tags'], cell: ({ tags }) => joined(tags) },
  { title: ['Последний звонок', 'Last call'], kind: 'time', cell: ({ lastCallAt }) => time(lastCallAt) },
  { title: ['Создан', 'Made'], kind: 'time', cell: ({ createdAt }) => time(createdAt) },
  { title: ['Заметка', 'Note'], width: 40, cell: ({ note }) => note }
]

const companies: Field<Company>[] = [
  { title: ['Название', 'Name'], width: 30, cell: ({ name }) => name },
  { title: ['ИНН', 'Tax number'], cell: ({ taxNumber }) => taxNumber },
  { title: ['Сайт', 'Website'], width: 24, cell: ({ website }) => website },
  { title: ['Телефоны', 'Phones'], width: 24, cell: ({ phones }) => joined(phones) },
  { title: ['Почта', 'Mails'], width: 28, cell: ({ emails }) => joined(emails) },
  { title: ['Ответственный', 'Responsible'], cell: ({ ownerId }, names) => userOf(ownerId, names) },
  { title: ['Метки', 'Tags'], cell: ({ tags }) => joined(tags) },
  { title: ['Клиентов', 'Contacts'], kind: 'integer', cell: ({ contacts: count }) => count },
  { title: ['Создана', 'Made'], kind: 'time', cell: ({ createdAt }) => time(createdAt) },
  { title: ['Заметка', 'Note'], width: 40, cell: ({ note }) => note }
]

const deals: Field<Deal>[] = [
  { title: ['Сделка', 'Deal'], width: 34, cell: ({ title }) => title },
  {
    title: ['Воронка', 'Pipeline'],
    cell: ({ pipelineId }, { pipelines }) => pipelines.get(pipelineId) ?? null
  },
  { title: ['Этап', 'Stage'], cell: ({ stage }) => stage.name },
  { title: ['Итог', 'State'], cell: ({ stage }, _names, locale) => worded(words.stage, stage.kind, locale) },
  { title: ['Сумма', 'Amount'], kind: 'money', cell: ({ amount }) => amount },
  { title: ['Валюта', 'Currency'], width: 9, cell: ({ currency }) => currency },
  { title: ['Оплачено', 'Paid'], kind: 'money', cell: ({ paid }) => paid },
  { title: ['Себестоимость', 'Cost'], kind: 'money', cell: ({ cost }) => cost },
  { title: ['Клиент', 'Contact'], width: 28, cell: ({ contact }) => contact?.name ?? null },
  { title: ['Телефон', 'Phone'], width: 18, cell: ({ phone }) => phone },
  { title: ['Ответственный', 'Responsible'], cell: ({ responsible }) => responsible?.name ?? null },
  ...path,
  { title: ['Ожидается', 'Expected'], kind: 'day', cell: ({ expectedAt }) => expectedAt },
  { title: ['Причина отказа', 'Loss reason'], width: 24, cell: ({ lostReason }) => lostReason },
  { title: ['Создана', 'Made'], kind: 'time', cell: ({ createdAt }) => time(createdAt) },
  { title: ['Закрыта', 'Closed'], kind: 'time', cell: ({ closedAt }) => time(closedAt) },
  { title: ['Заметка', 'Note'], width: 40, cell: ({ note }) => note }
]

const inquiries: Field<Inquiry>[] = [
  { title: ['Обращение', 'Inquiry'], width: 34, cell: ({ title }) => title },
  { title: ['Вид', 'Kind'], cell: ({ kind }, _names, locale) => worded(words.kind, kind, locale) },
  { title: ['Состояние', 'State'], cell: ({ state }, _names, locale) => worded(words.state, state, locale) },
  { title: ['Клиент', 'Contact'], width: 28, cell: ({ contact, name }) => contact?.name ?? name },
  { title: ['Телефон', 'Phone'], width: 18, cell: ({ phone }) => phone },
  { title: ['Почта', 'Mail'], width: 24, cell: ({ email }) => email },
  { title: ['Ответственный', 'Responsible'], cell: ({ responsible }) => responsible?.name ?? null },
  {
    title: ['Пропущен', 'Missed'],
    cell: ({ isMissed }, _names, locale) => worded(words.flag, String(isMissed), locale)
  },
  {
    title: ['Первый ответ', 'First response'],
    kind: 'time',
    cell: ({ firstResponseAt }) => time(firstResponseAt)
  },
  ...path,
  { title: ['Сделка', 'Deal'], width: 28, cell: ({ deal }) => deal?.title ?? null },
  { title: ['Событий', 'Events'], kind: 'integer', cell: ({ events }) => events },
  { title: ['Создано', 'Made'], kind: 'time', cell: ({ createdAt }) => time(createdAt) },
  { title: ['Закрыто', 'Closed'], kind: 'time', cell: ({ closedAt }) => time(closedAt) },
  { title: ['Заметка', 'Note'], width: 40, cell: ({ note }) => note }
]

// Which list an item is of is known to whoever asks: `list-export.ts` alone.
const fields = { contacts, companies, deals, inquiries } as unknown as Record<ExportedList, Field<unknown>[]>

const customKinds: Readonly<Record<string, CellKind>> = { number: 'number', date: 'day' }

/** The columns of a file, the company's own fields last. */
export function listColumns(list: ExportedList, { custom }: ListNames, locale: FileLocale): Column[] {
  const own = fields[list].map(({ title, kind = 'text', width }) => ({
    title: title[locale === 'ru' ? 0 : 1],
    kind,
    ...(width !== undefined && { width })
  }))
  return [...own, ...custom.map(({ name, kind }) => ({ title: name, kind: customKinds[kind] ?? 'text' }))]
}

/** One item of a list as cells. */
export function listRow(list: ExportedList, item: object, names: ListNames, locale: FileLocale): Cell[] {
  const values = 'custom' in item ? (item.custom as CustomValues) : {}
  return [
    ...fields[list].map(({ cell }) => cell(item, names, locale)),
    ...names.custom.map(({ id }) => {
      const value = values[id] ?? null
      return typeof value === 'boolean' ? worded(words.flag, String(value), locale) : value
    })
  ]
}

/** The names that a file of this list needs. */
export async function listNames(db: Knex, list: ExportedList): Promise<ListNames> {
  const read = async (table: string): Promise<Map<string, string>> => {
    const rows = await db(table).select<{ id: string; name: string }[]>('id', 'name')
    return new Map(rows.map(({ id, name }) => [id, name]))
  }
  const custom = await db('custom_fields')
    .where({ things: list })
    .orderBy('position')
    .orderBy('name')
    .select<ListNames['custom']>('id', 'name', 'kind')
  return { users: await read('users'), pipelines: await read('pipelines'), custom }
}

/** The sheet's name, as the screen calls the list. */
export const listTitle = (list: ExportedList, locale: FileLocale): string =>
  worded(
    {
      ...{ contacts: ['Клиенты', 'Clients'], companies: ['Компании', 'Companies'] },
      ...{ deals: ['Сделки', 'Deals'], inquiries: ['Обращения', 'Inquiries'] }
    },
    list,
    locale
  )
