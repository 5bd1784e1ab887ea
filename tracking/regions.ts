/** Where a Russian number is at home, by the numbering plan. Ported numbers keep the region of their code. */
export interface Region {
  /** First letters of the ISO 3166-2:RU code, or the kind of number that has no region. */
  readonly id: string
  readonly ru: string
  readonly en: string
}

/**
 * Codes ABC of Russia's geographic numbers, one region a line: `codes | id | ru | en`. A code of more than three
 * digits is a part of an area that belongs to another region than the rest; the longest code wins.
 */
const plan = `
301|BU|Бурятия|Buryatia
302|ZAB|Забайкальский край|Zabaykalsky Krai
341|UD|Удмуртия|Udmurtia
342|PER|Пермский край|Perm Krai
343|SVE|Свердловская область|Sverdlovsk Oblast
345|TYU|Тюменская область|Tyumen Oblast
346|KHM|Ханты-Мансийский АО — Югра|Khanty-Mansi Autonomous Okrug
347|BA|Башкортостан|Bashkortostan
349|YAN|Ямало-Ненецкий АО|Yamalo-Nenets Autonomous Okrug
351|CHE|Челябинская область|Chelyabinsk Oblast
352|KGN|Курганская область|Kurgan Oblast
353|ORE|Оренбургская область|Orenburg Oblast
365|CR|Крым|Crimea
381|OMS|Омская область|Omsk Oblast
382|TOM|Томская область|Tomsk Oblast
383|NVS|Новосибирская область|Novosibirsk Oblast
384|KEM|Кемеровская область|Kemerovo Oblast
385|ALT|Алтайский край|Altai Krai
388|AL|Республика Алтай|Altai Republic
390|KK|Хакасия|Khakassia
391|KYA|Красноярский край|Krasnoyarsk Krai
394|TY|Тыва|Tuva
395|IRK|Иркутская область|Irkutsk Oblast
401|KGD|Калининградская область|Kaliningrad Oblast
411|SA|Якутия|Yakutia
413|MAG|Магаданская область|Magadan Oblast
415|KAM|Камчатский край|Kamchatka Krai
416|AMU|Амурская область|Amur Oblast
421|KHA|Хабаровский край|Khabarovsk Krai
423|PRI|Приморский край|Primorsky Krai
424|SAK|Сахалинская область|Sakhalin Oblast
426|YEV|Еврейская АО|Jewish Autonomous Oblast
427|CHU|Чукотский АО|Chukotka Autonomous Okrug
471|KRS|Курская область|Kursk Oblast
472|BEL|Белгородская область|Belgorod Oblast
473|VOR|Воронежская область|Voronezh Oblast
474|LIP|Липецкая область|Lipetsk Oblast
475|TAM|Тамбовская область|Tambov Oblast
481|SMO|Смоленская область|Smolensk Oblast
482|TVE|Тверская область|Tver Oblast
483|BRY|Брянская область|Bryansk Oblast
484|KLU|Калужская область|Kaluga Oblast
485|YAR|Ярославская область|Yaroslavl Oblast
486|ORL|Орловская область|Oryol Oblast
487|TUL|Тульская область|Tula Oblast
491|RYA|Рязанская область|Ryazan Oblast
492|VLA|Владимирская область|Vladimir Oblast
493|IVA|Ивановская область|Ivanovo Oblast
494|KOS|Костромская область|Kostroma Oblast
495,499|MOW|Москва|Moscow
496,498|MOS|Московская область|Moscow Oblast
811|PSK|Псковская область|Pskov Oblast
812|SPE|Санкт-Петербург|Saint Petersburg
813|LEN|Ленинградская область|Leningrad Oblast
814|KR|Карелия|Karelia
815|MUR|Мурманская область|Murmansk Oblast
816|NGR|Новгородская область|Novgorod Oblast
817,820|VLG|Вологодская область|Vologda Oblast
818|ARK|Архангельская область|Arkhangelsk Oblast
81853|NEN|Ненецкий АО|Nenets Autonomous Okrug
821|KO|Коми|Komi
831|NIZ|Нижегородская область|Nizhny Novgorod Oblast
833|KIR|Кировская область|Kirov Oblast
834|MO|Мордовия|Mordovia
835|CU|Чувашия|Chuvashia
836|ME|Марий Эл|Mari El
841|PNZ|Пензенская область|Penza Oblast
842|ULY|Ульяновская область|Ulyanovsk Oblast
843,855|TA|Татарстан|Tatarstan
844|VGG|Волгоградская область|Volgograd Oblast
845|SAR|Саратовская область|Saratov Oblast
846,848|SAM|Самарская область|Samara Oblast
847|KL|Калмыкия|Kalmykia
851|AST|Астраханская область|Astrakhan Oblast
861,862|KDA|Краснодарский край|Krasnodar Krai
863|ROS|Ростовская область|Rostov Oblast
865,879|STA|Ставропольский край|Stavropol Krai
866|KB|Кабардино-Балкария|Kabardino-Balkaria
867|SE|Северная Осетия|North Ossetia
869|SEV|Севастополь|Sevastopol
871|CE|Чечня|Chechnya
872|DA|Дагестан|Dagestan
873|IN|Ингушетия|Ingushetia
877|AD|Адыгея|Adygea
878|KC|Карачаево-Черкесия|Karachay-Cherkessia
`

const mobile: Region = { id: 'mobile', ru: 'Мобильный', en: 'Mobile' }
const tollFree: Region = { id: 'tollFree', ru: 'Бесплатный вызов', en: 'Toll-free' }

const byCode: ReadonlyMap<string, Region> = new Map(
  plan
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [codes = '', id = '', ru = '', en = ''] = line.split('|')
      return codes.split(',').map((code): [string, Region] => [code, { id, ru, en }])
    })
)

/** All regions of the plan, for filters and tests. */
export const regions: readonly Region[] = [
  ...new Map([...byCode.values()].map((region) => [region.id, region])).values()
]

/**
 * The region of a Russian number by its code.
 * @param e164 such as `+74951234567`
 * @returns null for other countries and for codes that name no region. Mobile numbers give `mobile`: their
 *   region is in no published plan of codes that holds for ported numbers.
 */
export function regionOf(e164: string): Region | null {
  if (!/^\+7[3489]\d{9}$/.test(e164)) return null
  const national = e164.slice(2)
  if (national.startsWith('9')) return mobile
  if (national.startsWith('800') || national.startsWith('804')) return tollFree
  return byCode.get(national.slice(0, 5)) ?? byCode.get(national.slice(0, 3)) ?? null
}
