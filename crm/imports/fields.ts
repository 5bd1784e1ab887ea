/** What can be brought in from a file. */
export type ClientThings = 'contacts' | 'deals'

export interface ClientField {
  name: string
  ru: string
  en: string
  /** Other words under which programs write it. */
  also?: readonly string[]
  /** Several columns may hold it. */
  isMany?: boolean
}

const person: readonly ClientField[] = [
  {
    name: 'name',
    ru: 'Имя',
    en: 'Name',
    also: [
      'фио',
      'клиент',
      'контакт',
      'полное имя',
      'full name',
      'contact',
      'client',
      'наименование',
      'имя клиента',
      'контактное лицо'
    ]
  },
  { name: 'lastName', ru: 'Фамилия', en: 'Last name', also: ['surname'] },
  { name: 'firstName', ru: 'Имя (отдельно)', en: 'First name', also: ['given name'] },
  { name: 'middleName', ru: 'Отчество', en: 'Middle name', also: ['second name'] },
  {
    name: 'phone',
    ru: 'Телефон',
    en: 'Phone',
    isMany: true,
    also: [
      'номер',
      'номер телефона',
      'телефоны',
      'мобильный',
      'мобильный телефон',
      'рабочий телефон',
      'тел',
      'сотовый',
      'phone number',
      'mobile',
      'work phone',
      'телефон контакта',
      'tel'
    ]
  },
  {
    name: 'email',
    ru: 'Почта',
    en: 'Mail',
    isMany: true,
    also: [
      'email',
      'e-mail',
      'эл. почта',
      'электронная почта',
      'рабочий email',
      'почта контакта',
      'mail',
      'емейл',
      'имейл',
      'email контакта'
    ]
  },
  {
    name: 'company',
    ru: 'Компания',
    en: 'Company',
    also: [
      'организация',
      'фирма',
      'название компании',
      'organization',
      'organisation',
      'company name',
      'юрлицо'
    ]
  },
  {
    name: 'taxNumber',
    ru: 'ИНН компании',
    en: 'Tax number of the company',
    also: ['инн', 'tax number', 'inn', 'vat']
  },
  {
    name: 'website',
    ru: 'Сайт компании',
    en: 'Website of the company',
    also: ['сайт', 'web', 'website', 'www']
  }
]
const owner: ClientField = {
  name: 'owner',
  ru: 'Ответственный',
  en: 'Responsible',
  also: ['менеджер', 'owner', 'manager', 'ответственный менеджер', 'responsible user', 'assigned to']
}
const note: ClientField = {
  name: 'note',
  ru: 'Заметка',
  en: 'Note',
  also: [
    'примечание',
    'комментарий',
    'комментарии',
    'заметки',
    'описание',
    'notes',
    'comment',
    'comments',
    'description'
  ]
}
const tags: ClientField = {
  name: 'tags',
  ru: 'Метки',
  en: 'Tags',
  also: ['теги', 'тег', 'метка', 'tag', 'категория']
}

/** The columns that a file may have; custom fields stand beside them as `custom:<id>`. */
export const clientFields: Record<ClientThings, readonly ClientField[]> = {
  contacts: [...person, owner, tags, note],
  deals: [
    {
      name: 'title',
      ru: 'Название сделки',
      en: 'Deal',
      also: ['название', 'сделка', 'тема', 'title', 'deal name', 'lead name', 'deal title']
    },
    {
      name: 'amount',
      ru: 'Сумма',
      en: 'Amount',
      also: ['бюджет', 'сумма сделки', 'стоимость', 'budget', 'price', 'value', 'sum', 'бюджет сделки']
    },
    { name: 'currency', ru: 'Валюта', en: 'Currency' },
    { name: 'pipeline', ru: 'Воронка', en: 'Pipeline', also: ['направление'] },
    {
      name: 'stage',
      ru: 'Этап',
      en: 'Stage',
      also: ['стадия', 'статус', 'этап сделки', 'стадия сделки', 'status']
    },
    {
      name: 'createdAt',
      ru: 'Создана',
      en: 'Created',
      also: ['дата создания', 'дата создания сделки', 'created at', 'date created', 'дата']
    },
    {
      name: 'closedAt',
      ru: 'Закрыта',
      en: 'Closed',
      also: ['дата закрытия', 'closed at', 'date closed', 'дата завершения']
    },
    {
      name: 'lostReason',
      ru: 'Причина отказа',
      en: 'Reason of loss',
      also: ['причина', 'loss reason', 'lost reason']
    },
    owner,
    note,
    ...person
  ]
}

export interface CustomFieldFact {
  id: string
  name: string
  kind: string
  choices: readonly string[]
}

/** A heading without case, signs and the numbers that tell repeated columns apart. */
const plain = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}.\s-]/gu, ' ')
    .replace(/\s+\d{1,2}\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim()

/** Which field each heading means, null where it means none; a field of which there can be one is taken once. */
export function guessColumns(
  things: ClientThings,
  headings: readonly string[],
  custom: readonly CustomFieldFact[]
): (string | null)[] {
  const taken = new Set<string>()
  const hasLastName = headings.some((heading) => ['фамилия', 'last name', 'surname'].includes(plain(heading)))
  return headings.map((heading) => {
    const wanted = plain(heading)
    if (wanted === '') return null
    const named = custom.find(({ name }) => plain(name) === wanted)
    const field =
      // Beside a family name the first name is only a part of it.
      hasLastName && (wanted === 'имя' || wanted === 'name' || wanted === 'first name')
        ? clientFields[things].find(({ name }) => name === 'firstName')
        : clientFields[things].find(({ ru, en, also }) =>
            [ru, en, ...(also ?? [])].some((word) => plain(word) === wanted)
          )
    const name = field?.name ?? (named && things === 'contacts' ? `custom:${named.id}` : null)
    if (name === null || (taken.has(name) && field?.isMany !== true)) return null
    taken.add(name)
    return name
  })
}
