const ones = ['', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять']
const teens = [
  ...['десять', 'одиннадцать', 'двенадцать', 'тринадцать', 'четырнадцать'],
  ...['пятнадцать', 'шестнадцать', 'семнадцать', 'восемнадцать', 'девятнадцать']
]
const tens = [
  ...['', '', 'двадцать', 'тридцать', 'сорок', 'пятьдесят'],
  ...['шестьдесят', 'семьдесят', 'восемьдесят', 'девяносто']
]
const hundreds = [
  ...['', 'сто', 'двести', 'триста', 'четыреста'],
  ...['пятьсот', 'шестьсот', 'семьсот', 'восемьсот', 'девятьсот']
]
type Forms = readonly [one: string, few: string, many: string]
const groups: readonly { forms: Forms; isFeminine: boolean }[] = [
  { forms: ['рубль', 'рубля', 'рублей'], isFeminine: false },
  { forms: ['тысяча', 'тысячи', 'тысяч'], isFeminine: true },
  { forms: ['миллион', 'миллиона', 'миллионов'], isFeminine: false },
  { forms: ['миллиард', 'миллиарда', 'миллиардов'], isFeminine: false }
]

function formOf(count: number, [one, few, many]: Forms): string {
  if (count % 100 >= 11 && count % 100 <= 14) return many
  if (count % 10 === 1) return one
  return count % 10 >= 2 && count % 10 <= 4 ? few : many
}

function below1000(count: number, isFeminine: boolean): string[] {
  const rest = count % 100
  const one = count % 10
  const last = isFeminine && one === 1 ? 'одна' : isFeminine && one === 2 ? 'две' : (ones[one] ?? '')
  const words =
    rest >= 10 && rest <= 19 ? [teens[rest - 10] ?? ''] : [tens[Math.floor(rest / 10)] ?? '', last]
  return [hundreds[Math.floor(count / 100)] ?? '', ...words].filter((word) => word !== '')
}

/** A sum of roubles as contracts write it: «сто двадцать пять рублей 50 копеек». Pure; below a thousand billions. */
export function roublesInWords(amount: number): string {
  const kopecks = Math.round(amount * 100)
  const whole = Math.floor(kopecks / 100)
  const words: string[] = []
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    const group = groups[index]
    const count = Math.floor(whole / 1000 ** index) % 1000
    if (!group || (count === 0 && index > 0)) continue
    words.push(...below1000(count, group.isFeminine), formOf(count, group.forms))
  }
  const said = whole === 0 ? ['ноль', 'рублей'] : words
  const rest = kopecks % 100
  return [...said, String(rest).padStart(2, '0'), formOf(rest, ['копейка', 'копейки', 'копеек'])].join(' ')
}
