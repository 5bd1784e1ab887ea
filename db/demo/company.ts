/**
 * The demo company, in words: a furniture shop in Moscow. Its domains end in `.example`, and its numbers and those of
 * its callers stand in ranges that no operator serves, so that nobody real is ever called.
 */
export interface DemoUser {
  readonly login: string
  readonly name: string
  readonly role: 'supervisor' | 'operator' | 'marketer'
}
export interface DemoSource {
  readonly key: string
  readonly name: string
  readonly inquiryChannel: string
  readonly medium: string | null
  readonly campaign: string | null
  readonly keyword: string | null
}
export interface DemoNumber {
  readonly e164: string
  readonly label: string
  readonly source: string
  readonly site: 'shop' | 'kitchens' | null
  readonly scheme: 'shop' | 'kitchens' | 'delivery'
  /** Its share of the calls. */
  readonly weight: number
}

export const users: readonly DemoUser[] = [
  { login: 'marina', name: 'Марина Соколова', role: 'supervisor' },
  { login: 'dmitry', name: 'Дмитрий Орлов', role: 'marketer' },
  { login: 'anna', name: 'Анна Кузнецова', role: 'operator' },
  { login: 'boris', name: 'Борис Лебедев', role: 'operator' },
  { login: 'viktor', name: 'Виктор Павлов', role: 'operator' },
  { login: 'galina', name: 'Галина Фёдорова', role: 'operator' }
]

export const groups = {
  sales: { name: 'Отдел продаж', tone: 'bright', members: ['anna', 'boris', 'viktor'] },
  service: { name: 'Доставка и сервис', tone: 'low', members: ['galina', 'viktor'] }
} as const

export const sites = {
  shop: { name: 'Уютный дом', domain: 'uyutny-dom.example' },
  kitchens: { name: 'Кухни «Уют»', domain: 'kuhni-uyut.example' }
} as const

export const schemeNames = {
  shop: 'Магазин: часы и меню',
  kitchens: 'Кухни: сразу к продавцам',
  delivery: 'Доставка и сервис'
} as const

export const sources: readonly DemoSource[] = [
  source(
    'direct-kitchens',
    'Яндекс.Директ: кухни',
    'paid',
    'cpc',
    'Кухни на заказ — Москва',
    'кухни на заказ москва'
  ),
  source(
    'direct-sofas',
    'Яндекс.Директ: диваны',
    'paid',
    'cpc',
    'Диваны — поиск',
    'купить диван с доставкой'
  ),
  source('google', 'Google Ads', 'paid', 'cpc', 'Мебель — бренд', 'уютный дом мебель'),
  source('organic', 'Поиск Яндекса', 'organic', 'organic', null, null),
  source('vk', 'VK Реклама', 'social', 'cpc', 'Осенняя распродажа', null),
  source('2gis', '2ГИС', 'referral', 'card', 'Карточка компании', null),
  source('avito', 'Авито', 'referral', 'listing', 'Объявления: кресла', null),
  source('billboard', 'Щит на Варшавском шоссе', 'offline', 'billboard', 'Осень', null),
  source('radio', 'Радио', 'offline', 'radio', 'Утренний эфир', null),
  source('site', 'Прямые заходы', 'direct', null, null, null)
]

export const numbers: readonly DemoNumber[] = [
  number('+74950102030', 'Сайт «Уютный дом»', 'site', 'shop', 'shop', 12),
  number('+74950102031', 'Кухни, Директ', 'direct-kitchens', 'kitchens', 'kitchens', 20),
  number('+74950102032', 'Диваны, Директ', 'direct-sofas', 'shop', 'shop', 16),
  number('+74950102033', 'Google Ads', 'google', 'shop', 'shop', 9),
  number('+74950102034', 'Поиск', 'organic', 'shop', 'shop', 15),
  number('+74950102035', 'VK', 'vk', 'kitchens', 'kitchens', 6),
  number('+74950102036', '2ГИС', '2gis', null, 'shop', 8),
  number('+74950102037', 'Авито', 'avito', null, 'kitchens', 6),
  number('+74950102038', 'Щит', 'billboard', null, 'shop', 3),
  number('+74950102039', 'Радио', 'radio', null, 'shop', 2),
  number('+78000102030', 'Бесплатный: доставка', 'site', 'shop', 'delivery', 8)
]

const firstNames: readonly (readonly [man: string, woman: string])[] = [
  ['Александр', 'Елена'],
  ['Сергей', 'Ольга'],
  ['Андрей', 'Наталья'],
  ['Алексей', 'Татьяна'],
  ['Михаил', 'Ирина'],
  ['Иван', 'Светлана'],
  ['Павел', 'Юлия'],
  ['Николай', 'Екатерина'],
  ['Роман', 'Мария'],
  ['Артём', 'Дарья']
]
const lastNames = [
  'Смирнов',
  'Иванов',
  'Попов',
  'Новиков',
  'Морозов',
  'Волков',
  'Зайцев',
  'Егоров',
  'Козлов',
  'Громов'
]
const companies = [
  'ООО «Ремонт и Ко»',
  'Студия «Интерьер»',
  'ИП Белова',
  'Гостиница «Берёзка»',
  'Кафе «Пряник»'
]

export interface DemoContact {
  readonly name: string
  readonly company: string | null
  readonly phone: string
}

/** Sixty clients, no two of one name. */
export const contacts: readonly DemoContact[] = Array.from({ length: 60 }, (_, index) => {
  const isWoman = index % 2 === 1
  const pair = firstNames[index % firstNames.length] ?? ['Александр', 'Елена']
  const last = lastNames[(index + Math.floor(index / 10) * 3) % lastNames.length] ?? 'Смирнов'
  return {
    name: isWoman ? `${pair[1]} ${last}а` : `${pair[0]} ${last}`,
    company: index % 7 === 3 ? (companies[Math.floor(index / 7) % companies.length] ?? null) : null,
    phone: phoneOf(index)
  }
})

/** Mobile numbers mostly, and some of towns, in ranges that nobody has. */
export function phoneOf(index: number): string {
  const town = ['812', '843', '831', '495', '4852'][index % 5] ?? '495'
  if (index % 6 === 5) return `+7${town}${String(10_000 + index * 7).padStart(10 - town.length, '0')}`
  return `+794${5 + (index % 4)}${String((index * 7_654_321 + 1_203_044) % 10_000_000).padStart(7, '0')}`
}

function source(
  key: string,
  name: string,
  inquiryChannel: string,
  medium: string | null,
  campaign: string | null,
  keyword: string | null
): DemoSource {
  return { key, name, inquiryChannel, medium, campaign, keyword }
}

function number(
  e164: string,
  label: string,
  sourceKey: string,
  site: DemoNumber['site'],
  scheme: DemoNumber['scheme'],
  weight: number
): DemoNumber {
  return { e164, label, source: sourceKey, site, scheme, weight }
}
