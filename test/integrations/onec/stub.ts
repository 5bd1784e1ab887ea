import { randomUUID } from 'node:crypto'
import { startServer, type Came, type Said } from '../server.ts'

type Row = Record<string, unknown>

/** An infobase of 1C behind its OData, strictly. */
export interface Infobase {
  readonly url: string
  readonly documents: Row[]
  /** Requests that were answered by it, in order: `POST Document_ТелефонныйЗвонок`. */
  readonly asked: string[]
  isAway: boolean
  isPublished: boolean
  password: string
  /** The answer to the next POST is lost; the document is there. */
  losesAnswer: boolean
  /** The next POST finds it locked. */
  isLocked: boolean
  close(): Promise<void>
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const types = {
  text: (value: unknown) => typeof value === 'string' && value.length <= 1000,
  number: (value: unknown) => typeof value === 'number',
  flag: (value: unknown) => typeof value === 'boolean',
  stamp: (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(value),
  guid: (value: unknown) => typeof value === 'string' && guid.test(value),
  line: (value: unknown) => typeof value === 'string' && /^[1-9]\d*$/.test(value)
}
type Type = keyof typeof types

/** The document of calls, as somebody has extended it. */
const fields: Readonly<Record<string, Type>> = {
  ...{ Ref_Key: 'guid', Date: 'stamp', Входящий: 'flag', АбонентКакСвязаться: 'text' },
  ...{ АбонентПредставление: 'text', Ответственный_Key: 'guid', Тема: 'text', Комментарий: 'text' },
  ...{ ИдентификаторЗвонка: 'text', Канал: 'text', Источник: 'text' },
  ...{ Длительность: 'number', Запись: 'text', Оценка: 'number' }
}
const table: Readonly<Record<string, Type>> = { LineNumber: 'line', Телефон: 'text', Имя: 'text' }
const people = [
  { Ref_Key: '11111111-1111-1111-1111-111111111111', Description: 'Анна Петрова' },
  { Ref_Key: '22222222-2222-2222-2222-222222222222', Description: 'Борис Ли' }
]

export const annaThere = people[0]?.Ref_Key ?? ''
export const borisThere = people[1]?.Ref_Key ?? ''

export async function startInfobase(): Promise<Infobase> {
  const server = await startServer(answer)
  const base: Infobase = {
    url: `${server.url}/trade`,
    ...{ documents: [], asked: [], isAway: false, isPublished: true, password: 'тайна' },
    ...{ losesAnswer: false, isLocked: false, close: () => server.close() }
  }
  return base

  function answer(came: Came): Said {
    if (base.isAway) return { status: 503, body: 'Service Unavailable' }
    if (!base.isPublished) return { status: 404, body: '<html>Not Found</html>' }
    const { method, url, headers } = came
    const wanted = `Basic ${Buffer.from(`Обмен:${base.password}`).toString('base64')}`
    if (headers.authorization !== wanted) return { status: 401, body: 'Unauthorized' }
    const path = /^\/trade\/odata\/standard\.odata\/([^/]+)$/.exec(decodeURIComponent(url.pathname))?.[1]
    if (path === undefined) return { status: 404, body: '<html>Not Found</html>' }
    if (url.searchParams.get('$format') !== 'json;odata=nometadata') return wrong(400, 'Формат не понят')
    base.asked.push(`${method} ${path.replace(/\(.*/, '')}`)
    if (path === 'Catalog_Пользователи' && method === 'GET') return { status: 200, body: { value: people } }
    const key = /^Document_ТелефонныйЗвонок\(guid'(.+)'\)$/.exec(path)?.[1]
    if (key !== undefined && method === 'PATCH') return change(key, came.text)
    if (path !== 'Document_ТелефонныйЗвонок') return wrong(404, `Не найдена сущность ${path}`)
    if (method === 'GET') return select(url.searchParams)
    return method === 'POST' ? create(came.text) : wrong(405, 'Метод не поддерживается')
  }

  function select(query: URLSearchParams): Said {
    for (const name of query.keys())
      if (!['$filter', '$select', '$top', '$format'].includes(name)) return wrong(400, `Параметр ${name}`)
    const columns = query.get('$select')?.split(',') ?? []
    const strange = columns.find((name) => !(name in fields) && name !== 'Контакты')
    if (strange !== undefined) return wrong(400, `Поле не найдено: ${strange}`)
    const filter = query.get('$filter')
    let found = base.documents
    if (filter !== null) {
      const [, name = '', value] = /^([\p{L}_]+) eq '([^']*)'$/u.exec(filter) ?? []
      if (fields[name] !== 'text') return wrong(400, `Ошибка разбора отбора: ${filter}`)
      found = found.filter((row) => row[name] === value)
    }
    const rows = found.slice(0, Number(query.get('$top')))
    const shown = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])))
    return { status: 200, body: { value: shown } }
  }

  function create(text: string): Said {
    const given = JSON.parse(text) as Row
    const problem = problemIn(given, true)
    if (problem !== null) return wrong(400, problem)
    if (base.isLocked) {
      base.isLocked = false
      return wrong(500, 'Конфликт блокировок при выполнении транзакции')
    }
    const made = { Ref_Key: randomUUID(), ...given }
    base.documents.push(made)
    if (!base.losesAnswer) return { status: 201, body: made }
    base.losesAnswer = false
    return null
  }

  function change(key: string, text: string): Said {
    const row = base.documents.find(({ Ref_Key: ref }) => ref === key)
    if (!row) return wrong(404, 'Экземпляр сущности не найден')
    const given = JSON.parse(text) as Row
    const problem = problemIn(given, false)
    if (problem !== null) return wrong(400, problem)
    return { status: 200, body: Object.assign(row, given) }
  }
}

function problemIn(given: Row, isNew: boolean): string | null {
  if (Object.keys(given).length === 0) return 'Пустой документ'
  for (const [name, value] of Object.entries(given)) {
    if (name === 'Контакты' && isNew) {
      const rows = Array.isArray(value) ? (value as Row[]) : []
      if (rows.length === 0 || rows.some((row) => !('LineNumber' in row))) return 'Нет LineNumber'
      for (const row of rows) {
        const bad = Object.entries(row).find(([field, one]) => !fits(table[field], one))
        if (bad) return `Контакты: ${bad[0]}`
      }
    } else if (name === 'Ref_Key' || !fits(fields[name], value))
      return `Свойство не найдено или не того типа: ${name}`
  }
  return null
}

const fits = (type: Type | undefined, value: unknown): boolean => type !== undefined && types[type](value)

const wrong = (status: number, value: string): Said => ({
  status,
  body: { 'odata.error': { code: '-1', message: { lang: 'ru', value } } }
})
