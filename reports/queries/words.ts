import type { Measures, OperatorLoad, ReportName } from './types.ts'

export type Locale = 'ru' | 'en'
/** In Russian, in English. */
type Both = readonly [string, string]

export const say = (words: Both, locale: Locale): string => words[locale === 'ru' ? 0 : 1]

/** Of files and mails, which nobody's browser translates; seconds and currencies stand in the heading. */
export const reportTitles: Record<ReportName, Both> = {
  sources: ['Источники', 'Sources'],
  missed: ['Пропущенные звонки', 'Missed calls'],
  hours: ['Часы', 'Hours'],
  operators: ['Операторы', 'Operators'],
  pools: ['Пулы номеров', 'Number pools'],
  'landing-pages': ['Страницы входа', 'Landing pages'],
  regions: ['Регионы', 'Regions']
}

export const keyTitles: Record<string, Both> = {
  inquiryChannel: ['Канал', 'Channel'],
  source: ['Источник', 'Source'],
  medium: ['Тип', 'Medium'],
  campaign: ['Кампания', 'Campaign'],
  keyword: ['Ключевое слово', 'Keyword'],
  day: ['День', 'Day'],
  hour: ['Час', 'Hour'],
  weekday: ['День недели', 'Weekday'],
  operator: ['Оператор', 'Operator'],
  pool: ['Пул', 'Pool'],
  landing: ['Страница входа', 'Landing page'],
  region: ['Регион', 'Region']
}

export const measureTitles: Record<keyof Measures, Both> = {
  visits: ['Визиты', 'Visits'],
  calls: ['Звонки', 'Calls'],
  firstCalls: ['Первичные', 'First-time'],
  uniqueCalls: ['Уникальные', 'Unique'],
  repeatCalls: ['Повторные', 'Repeat'],
  answered: ['Отвечены', 'Answered'],
  missed: ['Пропущены', 'Missed'],
  returned: ['Перезвонили', 'Returned'],
  returnSeconds: ['Время до перезвона, с', 'Time to return, s'],
  target: ['Целевые', 'Target'],
  waitSeconds: ['Ожидание, среднее, с', 'Mean wait, s'],
  talkSeconds: ['Разговор, средний, с', 'Mean talk, s'],
  totalTalkSeconds: ['Разговоры, всего, с', 'Talk in all, s'],
  rating: ['Оценка', 'Rating'],
  attributedShare: ['Связаны с визитом', 'Tied to a visit'],
  confidence: ['Уверенность', 'Confidence'],
  inquiries: ['Обращения', 'Inquiries'],
  deals: ['Сделки', 'Deals'],
  won: ['Успешные', 'Won'],
  revenue: ['Выручка', 'Revenue'],
  cost: ['Расходы', 'Cost'],
  cpl: ['Цена обращения', 'Cost per inquiry'],
  costPerTarget: ['Цена целевого', 'Cost per target call'],
  cac: ['Цена продажи', 'Cost per sale'],
  roi: ['ROI, окупаемость', 'ROI'],
  conversion: ['Конверсия', 'Conversion']
}

export const moneyMeasures: ReadonlySet<string> = new Set(['revenue', 'cost', 'cpl', 'costPerTarget', 'cac'])

export const loadTitles: Record<keyof OperatorLoad, Both> = {
  availableSeconds: ['Свободен, с', 'Available, s'],
  busySeconds: ['В разговоре, с', 'Busy, s'],
  wrapUpSeconds: ['Обработка, с', 'Wrap-up, s'],
  awaySeconds: ['Отошёл, с', 'Away, s'],
  occupancy: ['Занятость', 'Occupancy'],
  rings: ['Вызовы оператору', 'Rings'],
  missedRings: ['Не взял трубку', 'Rings missed'],
  outCalls: ['Исходящие', 'Calls out']
}

export const words = {
  before: ['прежний период', 'period before'],
  total: ['Всего', 'Total'],
  notGiven: ['не задано', 'not given'],
  nobody: ['Никто', 'Nobody'],
  noPool: ['Без пула', 'No pool'],
  unknownRegion: ['Неизвестно', 'Unknown'],
  deletedOperator: ['Удалённый оператор', 'Deleted operator'],
  deletedPool: ['Удалённый пул', 'Deleted pool'],
  notReturned: ['Ещё не перезвонили', 'Not returned yet'],
  medianReturn: ['Половине перезвонили за, с', 'Half returned within, s'],
  leases: ['Выдано номеров', 'Leases'],
  overflowed: ['Номера не хватило', 'Without a number'],
  stolen: ['Из карантина', 'From quarantine'],
  coverage: ['Покрытие', 'Coverage']
} satisfies Record<string, Both>

const weekdays: readonly Both[] = [
  ['Понедельник', 'Monday'],
  ['Вторник', 'Tuesday'],
  ['Среда', 'Wednesday'],
  ['Четверг', 'Thursday'],
  ['Пятница', 'Friday'],
  ['Суббота', 'Saturday'],
  ['Воскресенье', 'Sunday']
]
/** @param number 1 = Monday */
export const weekday = (number: number, locale: Locale): string => {
  const names = weekdays[number - 1]
  return names ? say(names, locale) : ''
}

/** As the screens call them. */
export const channelNames: Readonly<Record<string, Both>> = {
  paid: ['Реклама', 'Ads'],
  organic: ['Поиск', 'Search'],
  direct: ['Прямой заход', 'Direct'],
  referral: ['Ссылка', 'Referral'],
  social: ['Соцсети', 'Social'],
  email: ['Почта', 'Email'],
  messenger: ['Мессенджер', 'Messenger'],
  display: ['Баннеры', 'Display'],
  affiliate: ['Партнёры', 'Affiliate'],
  internal: ['Внутренний', 'Internal'],
  recommendation: ['Рекомендации', 'Recommendation'],
  offline: ['Офлайн', 'Offline'],
  unknown: ['Источник не определён', 'Unattributed']
}
