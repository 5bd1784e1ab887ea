import { regionOf } from '../../tracking/regions.ts'
import { normalise } from '../../tracking/phones.ts'
import type { Hours } from '../policy/hours.ts'

/** Time zones of Russia's regions; those not named here live by Moscow's clock. */
const zoneOfRegion: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    'Europe/Kaliningrad': ['KGD'],
    'Europe/Samara': ['SAM', 'UD'],
    'Europe/Saratov': ['SAR'],
    'Europe/Ulyanovsk': ['ULY'],
    'Europe/Astrakhan': ['AST'],
    'Asia/Yekaterinburg': ['BA', 'CHE', 'KGN', 'KHM', 'ORE', 'PER', 'SVE', 'TYU', 'YAN'],
    'Asia/Omsk': ['OMS'],
    'Asia/Barnaul': ['AL', 'ALT'],
    'Asia/Novosibirsk': ['NVS'],
    'Asia/Tomsk': ['TOM'],
    'Asia/Novokuznetsk': ['KEM'],
    'Asia/Krasnoyarsk': ['KK', 'KYA', 'TY'],
    'Asia/Irkutsk': ['BU', 'IRK'],
    'Asia/Chita': ['ZAB'],
    'Asia/Yakutsk': ['AMU', 'SA'],
    'Asia/Vladivostok': ['KHA', 'PRI', 'YEV'],
    'Asia/Magadan': ['MAG'],
    'Asia/Sakhalin': ['SAK'],
    'Asia/Kamchatka': ['CHU', 'KAM']
  }).flatMap(([zone, ids]) => ids.map((id) => [id, zone]))
)

/** Countries that live by one clock. */
const zoneOfCountry: Readonly<Record<string, string>> = {
  AM: 'Asia/Yerevan',
  AT: 'Europe/Vienna',
  AZ: 'Asia/Baku',
  BY: 'Europe/Minsk',
  CH: 'Europe/Zurich',
  CZ: 'Europe/Prague',
  DE: 'Europe/Berlin',
  EE: 'Europe/Tallinn',
  FI: 'Europe/Helsinki',
  FR: 'Europe/Paris',
  GB: 'Europe/London',
  GE: 'Asia/Tbilisi',
  IL: 'Asia/Jerusalem',
  IT: 'Europe/Rome',
  KG: 'Asia/Bishkek',
  KZ: 'Asia/Almaty',
  LT: 'Europe/Vilnius',
  LV: 'Europe/Riga',
  MD: 'Europe/Chisinau',
  PL: 'Europe/Warsaw',
  RS: 'Europe/Belgrade',
  TJ: 'Asia/Dushanbe',
  TM: 'Asia/Ashgabat',
  TR: 'Europe/Istanbul',
  UA: 'Europe/Kyiv',
  UZ: 'Asia/Tashkent'
}

/**
 * The time zone in which a client lives, by their number.
 * @returns null where it does not tell: mobile and toll-free numbers, countries of several zones
 */
export function clientTimeZone(e164: string): string | null {
  const region = regionOf(e164)
  if (region) {
    if (region.id === 'mobile' || region.id === 'tollFree') return null
    return zoneOfRegion[region.id] ?? 'Europe/Moscow'
  }
  const country = normalise(e164)?.country
  return country ? (zoneOfCountry[country] ?? null) : null
}

/** Nobody is called by a list before nine or after eight in the evening, whatever the company's hours are. */
const politeDay = [['09:00', '20:00']] as [string, string][]
const politeWeek = {
  ...{ mon: politeDay, tue: politeDay, wed: politeDay, thu: politeDay },
  ...{ fri: politeDay, sat: politeDay, sun: politeDay }
}

/** Polite hours where the client lives, or where the company does when that is not known. */
export const politeHours = (e164: string, companyZone: string): Hours => ({
  timeZone: clientTimeZone(e164) ?? companyZone,
  hours: politeWeek,
  holidays: []
})
