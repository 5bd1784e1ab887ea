import { readCurrency } from './values.ts'
import type { CostDialect, CostField } from './words.ts'

/** Headings as exports of Yandex Direct, Google Ads and VK Ads name them, and as people do. Lower case, without units. */
const names: Readonly<Record<CostField, readonly string[]>> = {
  day: ['дата', 'день', 'date', 'day', 'дата показа', 'период', 'дни'],
  source: ['источник', 'source', 'utm_source', 'рекламная система', 'utm source'],
  medium: ['канал', 'тип трафика', 'medium', 'utm_medium', 'utm medium', 'тип канала'],
  campaign: [
    ...['кампания', 'кампании', 'название кампании', 'рекламная кампания', 'campaign', 'campaign name'],
    ...['utm_campaign', 'utm campaign', 'название рекламной кампании', 'имя кампании']
  ],
  keyword: [
    ...['ключевая фраза', 'ключевое слово', 'ключ', 'условие показа', 'фраза', 'keyword', 'search keyword'],
    ...['utm_term', 'utm term', 'ключевое слово в поисковой сети', 'keyword text']
  ],
  amount: [
    ...['расход', 'расходы', 'расход с ндс', 'расход без ндс', 'потрачено', 'потрачено всего', 'стоимость'],
    ...['затраты', 'сумма', 'cost', 'costs', 'spend', 'spent', 'amount', 'amount spent', 'total cost']
  ],
  currency: ['валюта', 'код валюты', 'currency', 'currency code'],
  clicks: ['клики', 'переходы', 'clicks', 'кол-во кликов', 'количество кликов'],
  impressions: ['показы', 'impressions', 'impr.', 'количество показов'],
  note: ['комментарий', 'примечание', 'note', 'comment']
}
const fieldByName = new Map(
  Object.entries(names).flatMap(([field, list]) => list.map((name) => [name, field as CostField] as const))
)

/** Headings that one of them has and the others have not. */
const signs: readonly (readonly [CostDialect, readonly string[]])[] = [
  [
    'direct',
    ['№ кампании', 'номер кампании', 'взвешенные показы', 'условие показа', '№ группы', 'глубина', 'отказы']
  ],
  [
    'google',
    ['impr.', 'avg. cpc', 'currency code', 'код валюты', 'ср. цена за клик', 'search keyword', 'interactions']
  ],
  ['vk', ['потрачено всего', 'ecpc', 'ecpm', 'рекламный план', 'id рекламного плана', 'группа объявлений']]
]
/** What links of their advertisements carry most often. */
const usual: Readonly<Record<CostDialect, { source: string; medium: string }>> = {
  direct: { source: 'yandex', medium: 'cpc' },
  google: { source: 'google', medium: 'cpc' },
  vk: { source: 'vk', medium: 'cpc' }
}

export interface Headings {
  readonly columns: readonly (CostField | null)[]
  /** Of the column with the cost, when its heading says so: `Расход (руб.)`. */
  readonly currency: string | null
  readonly dialect: CostDialect | null
  readonly source: string
  readonly medium: string
}

/** What the cells of a row mean if it is the row of headings. Each field stands for one column, the first. */
export function readHeadings(cells: readonly string[]): Headings {
  const plain = cells.map(nameOf)
  const taken = new Set<CostField>()
  const columns = plain.map(({ name }) => {
    const field = fieldByName.get(name)
    if (field === undefined || taken.has(field)) return null
    taken.add(field)
    return field
  })
  const known = new Set(plain.map(({ name }) => name))
  const rated = signs
    .map(([dialect, list]) => ({ dialect, count: list.filter((sign) => known.has(sign)).length }))
    .sort((a, b) => b.count - a.count)
  const dialect = rated[0] && rated[0].count > 0 ? rated[0].dialect : null
  return {
    columns,
    currency: plain[columns.indexOf('amount')]?.currency ?? null,
    dialect,
    ...(dialect ? usual[dialect] : { source: '', medium: '' })
  }
}

/** `Расход, руб. (с НДС)` → `расход` and RUB. */
function nameOf(cell: string): { name: string; currency: string | null } {
  const text = cell
    .toLowerCase()
    .replace(/ё/g, 'е')
    .replace(/[\u0000\ufeff"]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const units = /^(.*?)\s*(?:[,;]\s*([^,;()]+))?(?:\(([^)]*)\))?$/.exec(text)
  const name = (units?.[1] ?? text).trim()
  return { name, currency: readCurrency(units?.[2] ?? '') ?? readCurrency(units?.[3] ?? '') }
}
