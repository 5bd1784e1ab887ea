import dayjs from 'dayjs'
import 'dayjs/locale/ru.js'

/** Grouping of the national part after each country code, for the countries our users see daily. */
const groupings: readonly { code: string; length: number; groups: readonly number[] }[] = [
  { code: '375', length: 9, groups: [2, 3, 2, 2] },
  { code: '380', length: 9, groups: [2, 3, 2, 2] },
  { code: '998', length: 9, groups: [2, 3, 2, 2] },
  { code: '374', length: 8, groups: [2, 3, 3] },
  { code: '995', length: 9, groups: [3, 2, 2, 2] },
  { code: '996', length: 9, groups: [3, 3, 3] },
  { code: '44', length: 10, groups: [4, 3, 3] },
  { code: '49', length: 11, groups: [4, 3, 4] },
  { code: '1', length: 10, groups: [3, 3, 4] }
]

/** A number in E.164 as people of its country write it: `+74951234567` → `8 (495) 123-45-67`. Other text comes back as it is. */
export function formatPhone(number: string | null | undefined): string {
  if (!number) return ''
  const digits = /^\+(\d{5,15})$/.exec(number)?.[1]
  if (!digits) return number
  if (digits.startsWith('7') && digits.length === 11) {
    const [, a, b, c, d] = /^7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits) ?? []
    return digits.startsWith('77') ? `+7 ${a} ${b}-${c}-${d}` : `8 (${a}) ${b}-${c}-${d}`
  }
  const known = groupings.find(
    (row) => digits.startsWith(row.code) && digits.length === row.code.length + row.length
  )
  if (!known) return number
  const parts: string[] = []
  let at = known.code.length
  for (const size of known.groups) {
    parts.push(digits.slice(at, at + size))
    at += size
  }
  return `+${known.code} ${parts.join(' ')}`
}

/** A country's name in the reader's language from its two letters; other text comes back as it is. */
export function countryName(code: string | null | undefined): string {
  if (!code) return ''
  if (!/^[A-Z]{2}$/.test(code)) return code
  return new Intl.DisplayNames([dayjs.locale()], { type: 'region' }).of(code) ?? code
}

/** Places as the server names them, in English: those that most numbers are from, and words that are no names. */
const places: Readonly<Record<string, string>> = {
  Мобильный: 'Mobile',
  'Бесплатный вызов': 'Toll-free',
  Москва: 'Moscow',
  'Московская область': 'Moscow Region',
  'Санкт-Петербург': 'Saint Petersburg',
  'Ленинградская область': 'Leningrad Region',
  Казань: 'Kazan',
  Татарстан: 'Tatarstan',
  Екатеринбург: 'Yekaterinburg',
  'Свердловская область': 'Sverdlovsk Region',
  Новосибирск: 'Novosibirsk',
  'Новосибирская область': 'Novosibirsk Region',
  'Нижний Новгород': 'Nizhny Novgorod',
  'Нижегородская область': 'Nizhny Novgorod Region',
  Самара: 'Samara',
  'Самарская область': 'Samara Region',
  Краснодар: 'Krasnodar',
  'Краснодарский край': 'Krasnodar Territory',
  'Ростов-на-Дону': 'Rostov-on-Don',
  'Ростовская область': 'Rostov Region',
  Челябинск: 'Chelyabinsk',
  'Челябинская область': 'Chelyabinsk Region',
  Уфа: 'Ufa',
  Башкортостан: 'Bashkortostan',
  Красноярск: 'Krasnoyarsk',
  'Красноярский край': 'Krasnoyarsk Territory',
  Пермь: 'Perm',
  'Пермский край': 'Perm Territory',
  Воронеж: 'Voronezh',
  'Воронежская область': 'Voronezh Region'
}

/** A region in the reader's language; null where only its Russian name is known and the reader reads no Russian. */
export function regionName(region: string | null | undefined): string | null {
  if (!region) return null
  if (dayjs.locale() === 'ru') return region
  return places[region] ?? (/[а-яё]/i.test(region) ? null : region)
}

/** Where a number is from: its region, with the country when that says more. */
export function placeName(region: string | null | undefined, country: string | null | undefined): string {
  const name = regionName(region)
  if (!name) return countryName(country)
  return country && country !== 'RU' ? `${name}, ${countryName(country)}` : name
}

/** Seconds as a clock: `0:07`, `12:40`, `1:02:03`. */
export function clock(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** Whole seconds from a moment to now, never below zero. */
export function secondsSince(iso: string, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1000))
}

export function timeOfDay(iso: string): string {
  return dayjs(iso).format('HH:mm')
}

export function exactTime(iso: string): string {
  return dayjs(iso).format('HH:mm:ss')
}

/** Day and month, with the year when it is not this one. */
export function dayOf(iso: string): string {
  const at = dayjs(iso)
  return at.isSame(dayjs(), 'year') ? at.format('D MMM') : at.format('D MMM YYYY')
}

export function fullTime(iso: string): string {
  return dayjs(iso).format('D MMMM YYYY, HH:mm:ss')
}

export function isToday(iso: string): boolean {
  return dayjs(iso).isSame(dayjs(), 'day')
}
