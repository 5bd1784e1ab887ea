/** What a template may name, with what a test of it shows. `lines` repeats what stands between its two marks. */
export const placeholders = {
  today: { ru: '22 ноября 2026 г.', en: 'November 22, 2026' },
  'deal.title': { ru: 'Остекление балкона', en: 'Balcony glazing' },
  'deal.number': { ru: '7F3A21', en: '7F3A21' },
  'deal.amount': { ru: '125 400,50', en: '125,400.50' },
  'deal.currency': { ru: 'RUB', en: 'RUB' },
  'deal.amountWords': {
    ru: 'сто двадцать пять тысяч четыреста рублей 50 копеек',
    en: '125,400.50 RUB'
  },
  'deal.stage': { ru: 'Договор', en: 'Contract' },
  'deal.created': { ru: '3 ноября 2026 г.', en: 'November 3, 2026' },
  'deal.note': { ru: 'Замер во вторник', en: 'Measuring on Tuesday' },
  'client.name': { ru: 'Анна Петрова', en: 'Ann Brown' },
  'client.phone': { ru: '+7 495 123-45-67', en: '+7 495 123-45-67' },
  'client.email': { ru: 'anna@example.com', en: 'ann@example.com' },
  'client.company': { ru: 'ООО «Ромашка»', en: 'Daisy Ltd' },
  'client.taxNumber': { ru: '7701234567', en: '7701234567' },
  'responsible.name': { ru: 'Иван Смирнов', en: 'John Smith' }
} as const satisfies Record<string, { ru: string; en: string }>

/** Of one line of the deal, between `{{#lines}}` and `{{/lines}}`. */
export const linePlaceholders = {
  'line.number': { ru: '1', en: '1' },
  'line.name': { ru: 'Окно 1200 × 1400', en: 'Window 1200 × 1400' },
  'line.quantity': { ru: '2', en: '2' },
  'line.price': { ru: '52 000,00', en: '52,000.00' },
  'line.discount': { ru: '5', en: '5' },
  'line.sum': { ru: '98 800,00', en: '98,800.00' }
} as const satisfies Record<string, { ru: string; en: string }>

export type Locale = 'ru' | 'en'
/** What a template is filled with. */
export type DocumentValues = Record<string, string | Record<string, string>[]>

/** Believable values, to see how a template looks. */
export function sampleValues(locale: Locale): DocumentValues {
  const of = (words: Record<string, { ru: string; en: string }>): Record<string, string> =>
    Object.fromEntries(Object.entries(words).map(([name, word]) => [name, word[locale]]))
  const line = of(linePlaceholders)
  return { ...of(placeholders), lines: [line, { ...line, 'line.number': '2' }] }
}
