interface Holiday {
  date: string
  name: string
  nameEn: string
}

/** Days off of every year: article 112 of the Labour Code of Russia. */
const everyYear: readonly [from: string, to: string, name: string, nameEn: string][] = [
  ['01-01', '01-06', 'Новогодние каникулы', 'New Year holidays'],
  ['01-07', '01-07', 'Рождество Христово', 'Orthodox Christmas'],
  ['01-08', '01-08', 'Новогодние каникулы', 'New Year holidays'],
  ['02-23', '02-23', 'День защитника Отечества', 'Defender of the Fatherland Day'],
  ['03-08', '03-08', 'Международный женский день', 'International Women’s Day'],
  ['05-01', '05-01', 'Праздник Весны и Труда', 'Spring and Labour Day'],
  ['05-09', '05-09', 'День Победы', 'Victory Day'],
  ['06-12', '06-12', 'День России', 'Russia Day'],
  ['11-04', '11-04', 'День народного единства', 'Unity Day']
]

/** To which days the government has moved weekend days that fall on holidays; other years stay as the law has them. */
const transfers: Readonly<Record<number, readonly string[]>> = {
  2026: ['2026-01-09', '2026-12-31']
}
const moved = { name: 'Перенос выходного дня', nameEn: 'Day off moved here' }
const dayMs = 86_400_000

/**
 * Days on which offices in Russia are closed beside weekends. A holiday on a weekend gives the next working day off,
 * but for those of January, which the government moves as it likes.
 */
export function russianHolidays(year: number): { items: Holiday[]; isComplete: boolean } {
  const found = new Map<string, Holiday>()
  const add = (date: string, name: string, nameEn: string): unknown => found.set(date, { date, name, nameEn })
  for (const [from, to, name, nameEn] of everyYear)
    for (let date = `${year}-${from}`; date <= `${year}-${to}`; date = dayAfter(date)) add(date, name, nameEn)
  const onWeekends = [...found.values()].filter(({ date }) => isWeekend(date) && !date.includes('-01-'))
  for (const { date, name, nameEn } of onWeekends) {
    let next = dayAfter(date)
    while (isWeekend(next) || found.has(next)) next = dayAfter(next)
    add(next, `${name}: ${moved.name.toLowerCase()}`, `${nameEn}: ${moved.nameEn.toLowerCase()}`)
  }
  for (const date of transfers[year] ?? []) add(date, moved.name, moved.nameEn)
  const items = [...found.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1))
  return { items, isComplete: year in transfers }
}

const isWeekend = (date: string): boolean => [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())
const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
